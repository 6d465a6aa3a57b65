"""What the office decides: requests to be erased, legal holds."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from lms import access
from lms.accounts.models import Person
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.lists import page_of, search_text
from lms.permissions import ADMINISTERING
from lms.privacy import actions, queries
from lms.privacy.forms import ERASE, DecisionForm, OfficeForm, ReasonForm
from lms.privacy.models import ErasureRequest, LegalHold, RequestStatus
from lms.privacy.views import Page, blueprint


@blueprint.app_template_global()
def hold_on(*, person_id: int | None = None, cycle_id: int | None = None) -> LegalHold | None:
    """The legal hold that stands on a person or a cycle, for their pages."""
    return queries.open_hold(person_id=person_id, cycle_id=cycle_id)


@blueprint.app_template_global()
def may_hold() -> bool:
    """Whether who looks sets and lifts legal holds."""
    return access.holds_any(ADMINISTERING)


@blueprint.get("/privacy/richieste")
def requests() -> str:
    """Requests that wait; or those decided."""
    text, decided = search_text(), request.args.get("status") == "decided"
    return render_template(
        "privacy/requests.html",
        page=page_of(queries.requests(text, decided=decided)),
        text=text,
        decided=decided,
    )


@blueprint.route("/privacy/richieste/<int:request_id>", methods=["GET", "POST"])
def decide(**_address: int) -> Page:
    """Erase or refuse, with what stands in the way in view."""
    row, form = access.subject(ErasureRequest), DecisionForm()
    error = None
    if form.validate_on_submit():
        try:
            return _carry_out(row, form)
        except UserError as refused:
            error = refused
            form.form_errors.append(refused.message)
    page = render_template(
        "privacy/decide.html",
        row=row,
        form=form,
        against=queries.obstacles_of(queries.survivor(row.person)),
        RequestStatus=RequestStatus,
    )
    return page, error.status if error else 422 if form.is_submitted() else 200


def _carry_out(row: ErasureRequest, form: DecisionForm) -> Page:
    by, reason = current_user.person_id, form.reason.data or ""
    if form.decision.data == ERASE:
        actions.erase(row, reason, by=by)
        flash(_("The person's data are erased."), "success")
    else:
        actions.refuse(row, reason, by=by)
        flash(_("The request is refused, and the person is told."), "success")
    return redirect(url_for("privacy.requests"), 303)


@blueprint.route("/persone/<int:person_id>/cancellazione", methods=["GET", "POST"])
def request_for(**_address: int) -> Page:
    """Write down a wish that reached the office by letter or in person."""
    person, form = access.subject(Person), OfficeForm()
    error = None
    if form.validate_on_submit():
        try:
            row = actions.ask_erasure(person, form.note.data or "", by=current_user.person_id)
        except UserError as refused:
            error = refused
            form.form_errors.append(refused.message)
        else:
            return redirect(url_for("privacy.decide", request_id=row.id), 303)
    page = render_template("privacy/request_for.html", person=person, form=form)
    return page, error.status if error else 422 if form.is_submitted() else 200


@blueprint.get("/privacy/vincoli")
def holds() -> str:
    """Every legal hold, those that stand first."""
    text = search_text()
    return render_template("privacy/holds.html", page=page_of(queries.holds(text)), text=text)


@blueprint.route("/persone/<int:person_id>/vincolo", methods=["GET", "POST"])
def hold_person(**_address: int) -> Page:
    """Protect one person's data."""
    person = access.subject(Person)
    return _hold(person.full_name, url_for("people.person", person_id=person.id), person=person)


@blueprint.route("/cicli/<cycle_slug>/vincolo", methods=["GET", "POST"])
def hold_cycle(**_address: str) -> Page:
    """Protect a cycle's data and its people's."""
    cycle = access.subject(Cycle)
    back = url_for("catalogue.manage_cycle", cycle_slug=cycle.slug)
    return _hold(cycle.title, back, cycle=cycle)


def _hold(
    name: str, back: str, *, person: Person | None = None, cycle: Cycle | None = None
) -> Page:
    form, error = ReasonForm(), None
    if form.validate_on_submit():
        try:
            actions.set_hold(
                form.reason.data or "", by=current_user.person_id, person=person, cycle=cycle
            )
        except UserError as refused:
            error = refused
            form.form_errors.append(refused.message)
        else:
            flash(_("The legal hold stands."), "success")
            return redirect(url_for("privacy.holds"), 303)
    page = render_template(
        "privacy/hold.html", name=name, back=back, form=form, of_cycle=cycle is not None
    )
    return page, error.status if error else 422 if form.is_submitted() else 200


@blueprint.route("/privacy/vincoli/<int:hold_id>/togli", methods=["GET", "POST"])
def lift_hold(**_address: int) -> Page:
    """End a legal hold."""
    row, form = access.subject(LegalHold), ReasonForm()
    error = None
    if form.validate_on_submit():
        try:
            actions.lift_hold(row, form.reason.data or "", by=current_user.person_id)
        except UserError as refused:
            error = refused
            form.form_errors.append(refused.message)
        else:
            flash(_("The legal hold is lifted."), "success")
            return redirect(url_for("privacy.holds"), 303)
    page = render_template("privacy/lift_hold.html", row=row, form=form)
    return page, error.status if error else 422 if form.is_submitted() else 200
