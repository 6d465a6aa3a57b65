"""What organisers decide about bodies: the queue of proposals, ends, opening again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.errors import UserError
from lms.lists import page_of
from lms.organisations import actions_life, followers, queries, similar
from lms.organisations.forms_deciding import CLOSED, CONFIRM, MERGED, REFUSE, EndForm, ProposalForm
from lms.organisations.models import Organisation, OrganisationStatus
from lms.organisations.views import blueprint


@blueprint.get("/enti/proposti")
def proposals() -> str:
    """Bodies typed by people that wait for an organiser."""
    page = page_of(queries.proposals())
    counts = followers.counts([body.id for body in page.items])
    return render_template(
        "organisations/proposals.html", page=page, counts=counts, labels=followers.labels()
    )


@blueprint.route("/enti/<int:organisation_id>/decidi", methods=["GET", "POST"])
def decide(**_address: int) -> str | Response | tuple[str, int]:
    """Decide about one proposal, its near namesakes in view."""
    body = access.subject(Organisation)
    if body.status is not OrganisationStatus.PROPOSED:
        return _to(body)
    near = similar.near(body)
    form = ProposalForm(near)
    if form.validate_on_submit():
        try:
            _carry_out(form, body)
        except UserError as error:
            return _decide_page(form, body, near, error)
        flash(_("“%(name)s” is decided.", name=body.name), "success")
        return redirect(url_for("organisations.proposals"), 303)
    return _decide_page(form, body, near)


def _carry_out(form: ProposalForm, body: Organisation) -> None:
    by = current_user.person_id
    if form.decision.data == CONFIRM:
        actions_life.confirm(body, by=by)
    elif form.decision.data == REFUSE:
        actions_life.refuse(body, form.reason.data or "", by=by)
    else:
        into = form.into
        if into is None:
            raise UserError(_("Choose another organisation, one that has not ended."))
        actions_life.unite(body, into, by=by)


def _decide_page(
    form: ProposalForm, body: Organisation, near: list[Organisation], error: UserError | None = None
) -> tuple[str, int]:
    counts = followers.counts([body.id])[body.id]
    page = _render("decide", form, error, body=body, near=near, counts=counts)
    return page, error.status if error else 422 if form.is_submitted() else 200


@blueprint.route("/enti/<int:organisation_id>/chiudi", methods=["GET", "POST"])
def end(**_address: int) -> str | Response | tuple[str, int]:
    """End a body: merged, closed, or written twice."""
    body = access.subject(Organisation)
    if body.status is not OrganisationStatus.CONFIRMED:
        return _to(body)
    form = EndForm(body)
    if form.validate_on_submit():
        try:
            _end(form, body)
        except UserError as error:
            return _render("end", form, error, body=body), error.status
        flash(_("The organisation is offered no more."), "success")
        return _to(body)
    return _render("end", form, body=body), 422 if form.is_submitted() else 200


def _end(form: EndForm, body: Organisation) -> None:
    by = current_user.person_id
    if form.how.data == CLOSED:
        return actions_life.close(body, form.day, by=by)
    into = queries.offered(form.organisation_id or 0)
    if into is None:
        raise UserError(_("Choose another organisation, one that has not ended."))
    if form.how.data == MERGED:
        return actions_life.merge(body, into, form.day, by=by)
    return actions_life.unite(body, into, by=by)


@blueprint.post("/enti/<int:organisation_id>/riapri")
def reopen(**_address: int) -> Response:
    """Open a closed or refused body again."""
    body = access.subject(Organisation)
    actions_life.reopen(body, by=current_user.person_id)
    flash(_("The organisation is active again."), "success")
    return _to(body)


def _to(body: Organisation) -> Response:
    return redirect(url_for("organisations.organisation", organisation_id=body.id), 303)


def _render(page: str, form: FlaskForm, error: UserError | None = None, **more: object) -> str:
    if error is not None:
        form.form_errors.append(error.message)
    return render_template(f"organisations/{page}.html", form=form, **more)
