"""The people of a cycle, for its organisers and trainers: list, export, adding, one enrolment."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import queries as people
from lms.accounts.scopes import findable, only_within_reach
from lms.accounts.tax_codes import people_with_tax_code
from lms.catalogue.models import Cycle, TaxCodePolicy
from lms.enrolment import actions, queries
from lms.enrolment.forms import PastedForm, chosen_ids
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.planning import Among, Outcome, Plan, plan
from lms.enrolment.views import blueprint
from lms.enrolment.words import doubt_in_words, outcome_in_words, status_in_words
from lms.errors import UserError
from lms.extensions import db
from lms.lists import page_of, search_text
from lms.pages import local_date
from lms.permissions import ORGANISING
from lms.spreadsheets import csv_response

blueprint.add_app_template_filter(doubt_in_words)
blueprint.add_app_template_filter(outcome_in_words)
WITHIN_REACH = Among(seen=only_within_reach)
OUTCOMES = [each for each in Outcome if each is not Outcome.WAITING]  # an organiser's list decides


def _asked_status() -> EnrolmentStatus | None:
    asked = request.args.get("status", "")
    return EnrolmentStatus(asked) if asked in set(EnrolmentStatus) else None


@blueprint.get("/cicli/<cycle_slug>/iscritti")
def participants(**_address: str) -> str:
    """Who is enrolled; mail addresses are for the organisers only."""
    cycle, text, status = access.subject(Cycle), search_text(), _asked_status()
    page = page_of(queries.participants(cycle.id, text, status))
    organising = access.allowed_to(ORGANISING)
    ids = [row.person_id for row in page.items]
    return render_template(
        "enrolment/participants.html",
        cycle=cycle,
        page=page,
        text=text,
        status=status,
        statuses=list(EnrolmentStatus),
        counts=queries.counts_by_status(cycle.id),
        organising=organising,
        emails=people.emails_of(ids) if organising else {},
        without_code=_without_tax_code(cycle, ids) if organising else set(),
        stale={row.id for row in page.items if queries.is_out_of_date(row)},
    )


def _without_tax_code(cycle: Cycle, person_ids: list[int]) -> set[int]:
    """Of these people, those who lack a tax code that the cycle requires."""
    if cycle.tax_code_policy is not TaxCodePolicy.REQUIRED:
        return set()
    return set(person_ids) - people_with_tax_code(person_ids)


@blueprint.get("/cicli/<cycle_slug>/iscritti.csv")
def export(**_address: str) -> Response:
    """The same list as a file; what is searched for narrows it too."""
    cycle = access.subject(Cycle)
    found = queries.participants(cycle.id, search_text(), _asked_status())
    enrolments = db.session.scalars(found).all()
    header = [_("Family name"), _("Given name"), _("Organisation"), _("Status"), _("Enrolled on")]
    rows: list[list[object]] = [
        [
            row.family_name, row.given_name, row.organisation_name,
            status_in_words(row.status), local_date(row.enrolled_at, style="short"),
        ]
        for row in enrolments
    ]  # fmt: skip
    if access.allowed_to(ORGANISING):
        header.append(_("E-mail"))
        emails = queries.emails_in(cycle.id)
        for row, line in zip(enrolments, rows, strict=True):
            line.append(", ".join(emails[row.person_id]))
    return csv_response(f"{cycle.slug}.csv", header, rows)


@blueprint.route("/cicli/<cycle_slug>/iscritti/aggiungi", methods=["GET", "POST"])
def add(**_address: str) -> str | Response | tuple[str, int]:
    """Choose people we know, by search, several at a time."""
    cycle, text, form = access.subject(Cycle), search_text(), FlaskForm()
    if form.validate_on_submit():
        try:
            return _enrol_chosen(cycle)
        except UserError as error:
            form.form_errors.append(error.message)
    found = queries.not_enrolled(cycle.id, people.searched(text).where(findable(text)))
    page = page_of(found)
    rendered = render_template(
        "enrolment/add.html", cycle=cycle, form=form, page=page, text=text,
        emails=people.emails_of([person.id for person in page.items]),
    )  # fmt: skip
    return rendered, 422 if form.is_submitted() else 200


def _enrol_chosen(cycle: Cycle) -> Response:
    found = queries.people_by_id(chosen_ids("person"), findable(search_text()))
    if not found:
        raise UserError(_("Choose at least one person."))
    enrolled = actions.enrol_people(cycle.id, list(found.values()), by=current_user.person_id)
    return _done(cycle, len(enrolled))


def _done(cycle: Cycle, count: int) -> Response:
    flash(_("People enrolled: %(count)s.", count=count), "success")
    return redirect(url_for("enrolment.participants", cycle_slug=cycle.slug), 303)


@blueprint.route("/cicli/<cycle_slug>/iscritti/elenco", methods=["GET", "POST"])
def paste(**_address: str) -> str | Response | tuple[str, int]:
    """Paste a list; what saving would do is shown first, line by line."""
    cycle, form = access.subject(Cycle), PastedForm()
    if not form.validate_on_submit():
        return _paste_page(cycle, form, None, 422 if form.is_submitted() else 200)
    shown = form.shown.data
    if not shown:
        return _paste_page(cycle, form, plan(cycle.id, form.lines, WITHIN_REACH), 200)
    try:
        enrolled = actions.enrol_list(
            cycle.id, form.lines, shown=shown, by=current_user.person_id, among=WITHIN_REACH
        )
    except UserError as error:
        form.form_errors.append(error.message)
        db.session.rollback()  # or the people half added would look like people known
        return _paste_page(cycle, form, plan(cycle.id, form.lines, WITHIN_REACH), error.status)
    if enrolled is None:
        flash(_("Something has changed since you looked: look again, then save."), "warning")
        return _paste_page(cycle, form, plan(cycle.id, form.lines, WITHIN_REACH), 200)
    return _done(cycle, len(enrolled))


def _paste_page(
    cycle: Cycle, form: PastedForm, planned: Plan | None, status: int
) -> tuple[str, int]:
    form.shown.data = planned.digest if planned else ""
    page = render_template(
        "enrolment/paste.html", cycle=cycle, form=form, plan=planned, outcomes=OUTCOMES,
        facts=queries.facts_of(cycle),
    )  # fmt: skip
    return page, status


@blueprint.get("/iscrizioni/<int:enrolment_id>")
def enrolment(**_address: int) -> str:
    """One enrolment: what it copied, how it stands, its history."""
    shown = access.subject(Enrolment)
    return render_template(
        "enrolment/enrolment.html",
        enrolment=shown,
        stale=queries.is_out_of_date(shown),
        history=queries.history(shown.id),
    )


@blueprint.post("/iscrizioni/<int:enrolment_id>/ripristino")
def restore(**_address: int) -> Response:
    """Enrol somebody again who has withdrawn."""
    shown = access.subject(Enrolment)
    actions.enrol_people(shown.cycle_id, [shown.person], by=current_user.person_id)
    flash(_("%(name)s is enrolled again.", name=shown.full_name), "success")
    return redirect(url_for("enrolment.enrolment", enrolment_id=shown.id), 303)


@blueprint.route("/iscrizioni/<int:enrolment_id>/aggiorna", methods=["GET", "POST"])
def update_copies(**_address: int) -> str | Response:
    """Take over a corrected name or organisation, after seeing both."""
    shown, form = access.subject(Enrolment), FlaskForm()
    if not form.validate_on_submit():
        return render_template("enrolment/update_copies.html", enrolment=shown, form=form)
    actions.update_copies(shown, by=current_user.person_id)
    flash(_("The enrolment carries the present name and organisation."), "success")
    return redirect(url_for("enrolment.enrolment", enrolment_id=shown.id), 303)
