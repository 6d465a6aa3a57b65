"""The organisers' pages of a cycle: who is entitled, issuing, how far the documents are."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.issuance import actions, codes, making, overview, queries, queries_tasks, words
from lms.issuance.actions import Issued
from lms.issuance.blueprint import blueprint
from lms.issuance.forms import IssueForm
from lms.issuance.overview import DryRun, Extra, Group
from lms.issuance.queries import Candidate
from lms.lists import search_text
from lms.pages import page_number, paginate

Answer = str | Response | tuple[str, int]
MAXIMUM_NAMED = 10

blueprint.add_app_template_filter(words.status, "certificate_status")
blueprint.add_app_template_filter(words.event, "certificate_event")
blueprint.add_app_template_filter(codes.grouped, "code_in_groups")
blueprint.add_app_template_global(words.group, "certificate_group")
blueprint.add_app_template_global(words.layout, "certificate_layout")


@blueprint.get("/cicli/<cycle_slug>/attestati")
def cycle_certificates(**_address: str) -> str:
    """Everybody of the cycle with their answer, counted; `?soglia=` tries another threshold."""
    cycle, which, text = access.subject(Cycle), _filter(), search_text()
    everybody = queries.candidates(cycle)
    trial = _trial(everybody)
    counted = overview.overview(everybody, queries_tasks.kept_in(cycle.id))
    shown = overview.selected(counted, text, which, trial)
    return render_template(
        "issuance/cycle_certificates.html",
        cycle=cycle,
        overview=counted,
        preparation=queries.preparation(cycle.id),
        page=paginate(shown, page_number()),
        text=text,
        which=which,
        trial=trial,
        group_of=overview.group_of,
        Group=Group,
        Extra=Extra,
    )


def _filter() -> Group | Extra | None:
    chosen = request.args.get("stato", "")
    for kind in (Group, Extra):
        if chosen in list(kind):
            return kind(chosen)
    return None


def _trial(everybody: list[Candidate]) -> DryRun | None:
    """The dry run that `?soglia=` asks for; nonsense asks for none."""
    typed = request.args.get("soglia", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 3 and 1 <= int(typed) <= 100):
        return None
    return overview.try_threshold(everybody, int(typed))


@blueprint.route("/cicli/<cycle_slug>/attestati/rilascio", methods=["GET", "POST"])
def issue(**_address: str) -> Answer:
    """Say what will happen, then issue to everybody entitled in one act."""
    cycle, form = access.subject(Cycle), IssueForm()
    if not form.validate_on_submit():
        return _confirmation(cycle, form, making.lacking(cycle))
    try:
        told = form.tell_holders.data
        issued = actions.issue(cycle, by=current_user.person_id, tell_holders=told)
    except UserError as error:
        return _confirmation(cycle, form, error.message), error.status
    _tell(issued)
    onwards = "issuance.preparation" if issued.count else "issuance.cycle_certificates"
    return redirect(url_for(onwards, cycle_slug=cycle.slug), 303)


def _confirmation(cycle: Cycle, form: IssueForm, problem: str | None) -> str:
    return render_template(
        "issuance/issue.html",
        cycle=cycle,
        form=form,
        problem=problem,
        overview=overview.overview(queries.candidates(cycle)),
        first=queries.last_number(cycle.id) + 1,
    )


def _tell(issued: Issued) -> None:
    if issued.count:
        words_of_count = ngettext(
            "%(num)d certificate issued.", "%(num)d certificates issued.", issued.count
        )
        flash(words_of_count, "success")
    elif not issued.unprintable:
        flash(_("There was nothing to issue: whoever is entitled has a certificate already."))
    for person in issued.unprintable[:MAXIMUM_NAMED]:
        flash(f"{person.name}: {person.why}", "warning")
    more = len(issued.unprintable) - MAXIMUM_NAMED
    if more > 0:
        flash(_("%(count)d more could not be printed.", count=more), "warning")


@blueprint.get("/cicli/<cycle_slug>/attestati/preparazione")
def preparation(**_address: str) -> str:
    """How far the documents are; the page renews itself while they are being made."""
    cycle = access.subject(Cycle)
    state = queries.preparation(cycle.id)
    return render_template("issuance/preparation.html", cycle=cycle, preparation=state)


@blueprint.get("/cicli/<cycle_slug>/attestati/preparazione.json")
def preparation_state(**_address: str) -> FlaskResponse:
    """The same for the script: `{"done", "total", "running"}`."""
    state = queries.preparation(access.subject(Cycle).id)
    return jsonify(done=state.done, total=state.total, running=state.running)


@blueprint.post("/cicli/<cycle_slug>/attestati/preparazione")
def prepare_again(**_address: str) -> Response:
    """Try again to make the documents that are missing."""
    cycle = access.subject(Cycle)
    if actions.prepare_again(cycle, by=current_user.person_id) is not None:
        flash(_("The missing documents are being prepared again."), "success")
    return redirect(url_for("issuance.preparation", cycle_slug=cycle.slug), 303)
