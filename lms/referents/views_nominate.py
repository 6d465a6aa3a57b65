"""Nominating: the cycles open to it, people ticked or pasted, and taking a nomination back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.models import Person
from lms.clock import now
from lms.enrolment import nominating
from lms.enrolment.forms import PastedForm, chosen_ids
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.planning import Among, Outcome, Plan, plan
from lms.enrolment.queries import facts_of, last_notes, people_by_id
from lms.enrolment.rules import against_nominating
from lms.enrolment.words import refusal_in_words
from lms.errors import UserError
from lms.extensions import db
from lms.lists import page_of, search_text
from lms.organisations.models import Organisation
from lms.referents import queries
from lms.referents.forms import NominateForm, TakeBackForm
from lms.referents.loading import OrganisationCycle
from lms.referents.views import blueprint

Answer = str | Response | tuple[str, int]


@blueprint.get("/referente/<int:organisation_id>/designazioni")
def nominations(**_address: int) -> str:
    """What was nominated and not yet accepted, and the cycles into which one can nominate."""
    body, text = access.subject(Organisation), search_text()
    page = page_of(queries.nominations(body.id, text))
    cycles = db.session.execute(queries.open_cycles(body.id, now(), "")).all()
    return render_template(
        "referents/nominations.html",
        body=body,
        page=page,
        text=text,
        notes=last_notes([row.id for row in page.items]),
        cycles=cycles,
    )


@blueprint.route(
    "/referente/<int:organisation_id>/cicli/<cycle_slug>/designa", methods=["GET", "POST"]
)
def nominate(**_address: int | str) -> Answer:
    """Tick people of the organisation and nominate them."""
    subject, text, form = access.subject(OrganisationCycle), search_text(), NominateForm()
    body, cycle, status = subject.organisation, subject.cycle, 200
    if form.validate_on_submit():
        try:
            chosen = people_by_id(chosen_ids("person"), Person.organisation_id == body.id)
            if not chosen:
                raise UserError(_("Choose at least one person."))
            done = nominating.nominate(
                cycle.id, list(chosen.values()), body,
                by=current_user.person_id, note=form.note.data or "",
            )  # fmt: skip
        except UserError as error:
            form.form_errors.append(error.message)
            status = error.status
        else:
            return _done(body, len(done))
    elif form.is_submitted():
        status = 422
    page = page_of(queries.to_nominate(body.id, cycle.id, text))
    rendered = render_template(
        "referents/nominate.html", body=body, cycle=cycle, form=form, page=page, text=text,
        chosen=chosen_ids("person"), **_state(subject),
    )  # fmt: skip
    return rendered, status


def _state(subject: OrganisationCycle) -> dict[str, Any]:
    facts = facts_of(subject.cycle)
    against = against_nominating(facts, now())
    return {
        "facts": facts,
        "refusal": refusal_in_words(against[0], facts) if against else None,
    }


def _done(body: Organisation, count: int) -> Response:
    said = ngettext("%(num)d person nominated.", "%(num)d people nominated.", count)
    flash(said + " " + _("The organisers decide; you find the answer here."), "success")
    return redirect(url_for("referents.nominations", organisation_id=body.id), 303)


@blueprint.route(
    "/referente/<int:organisation_id>/cicli/<cycle_slug>/elenco", methods=["GET", "POST"]
)
def paste(**_address: int | str) -> Answer:
    """Paste a list of people of the organisation; what saving would do is shown first."""
    subject, form = access.subject(OrganisationCycle), PastedForm()
    body, cycle = subject.organisation, subject.cycle
    if not form.validate_on_submit():
        return _paste_page(subject, form, None, 422 if form.is_submitted() else 200)
    shown = form.shown.data
    if not shown:
        return _paste_page(subject, form, plan(cycle.id, form.lines, Among(body)), 200)
    try:
        done = nominating.nominate_list(
            cycle.id, form.lines, body, shown=shown, by=current_user.person_id
        )
    except UserError as error:
        form.form_errors.append(error.message)
        db.session.rollback()  # or the people half added would look like people known
        return _paste_page(subject, form, plan(cycle.id, form.lines, Among(body)), error.status)
    if done is None:
        flash(_("Something has changed since you looked: look again, then save."), "warning")
        return _paste_page(subject, form, plan(cycle.id, form.lines, Among(body)), 200)
    return _done(body, len(done))


def _paste_page(
    subject: OrganisationCycle, form: PastedForm, planned: Plan | None, status: int
) -> tuple[str, int]:
    form.shown.data = planned.digest if planned else ""
    page = render_template(
        "referents/paste.html", body=subject.organisation, cycle=subject.cycle, form=form,
        plan=planned, outcomes=list(Outcome), **_state(subject),
    )  # fmt: skip
    return page, status


@blueprint.route(
    "/referente/<int:organisation_id>/designazioni/<int:enrolment_id>/ritira",
    methods=["GET", "POST"],
)
def take_back(organisation_id: int, **_address: int) -> Answer:
    """Take back a nomination that waits for its answer."""
    enrolment, form = access.subject(Enrolment), TakeBackForm()
    back = redirect(url_for("referents.nominations", organisation_id=organisation_id), 303)
    if enrolment.status is not EnrolmentStatus.REQUESTED:
        flash(_("This nomination has been decided already."), "info")
        return back
    if not form.validate_on_submit():
        page = render_template(
            "referents/take_back.html", enrolment=enrolment, form=form,
            organisation_id=organisation_id,
        )  # fmt: skip
        return page, 422 if form.is_submitted() else 200
    nominating.take_back(enrolment, reason=form.reason.data or "", by=current_user.person_id)
    flash(_("The nomination of %(name)s is taken back.", name=enrolment.full_name), "success")
    return back
