"""Organisations, for the organisers: list, add, edit."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.errors import UserError
from lms.lists import page_of, search_text
from lms.organisations import actions, queries
from lms.organisations.forms import OrganisationForm
from lms.organisations.models import Organisation
from lms.organisations.words import kind_in_words, told_apart

blueprint = Blueprint("organisations", __name__)
blueprint.add_app_template_filter(kind_in_words)
blueprint.add_app_template_filter(told_apart)


@blueprint.get("/enti")
def index() -> str:
    """The organisations known, searched by name or code."""
    text = search_text()
    page = page_of(queries.searched(text))
    return render_template("organisations/index.html", page=page, text=text)


@blueprint.route("/enti/nuovo", methods=["GET", "POST"])
def add() -> str | Response | tuple[str, int]:
    """Add an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            actions.add_organisation(
                form.name.data or "", form.chosen_kind, by=current_user.person_id, **form.codes()
            )
        except UserError as error:
            return _page(form, "", error)
        return _saved()
    return _page(form, "")


@blueprint.route("/enti/<int:organisation_id>/modifica", methods=["GET", "POST"])
def edit(**_address: int) -> str | Response | tuple[str, int]:
    """Change an organisation."""
    organisation = access.subject(Organisation)
    form = OrganisationForm(obj=organisation)
    if form.validate_on_submit():
        try:
            actions.edit_organisation(
                organisation, form.name.data or "", form.chosen_kind,
                by=current_user.person_id, **form.codes(),
            )  # fmt: skip
        except UserError as error:
            return _page(form, organisation.name, error, organisation.id)
        return _saved()
    return _page(form, organisation.name, organisation_id=organisation.id)


def _saved() -> Response:
    flash(_("The organisation is saved."), "success")
    return redirect(url_for("organisations.index"), 303)


def _page(
    form: OrganisationForm,
    name: str,
    error: UserError | None = None,
    organisation_id: int | None = None,
) -> tuple[str, int]:
    if error is not None:
        form.form_errors.append(error.message)
    status = error.status if error else 422 if form.is_submitted() else 200
    page = render_template(
        "organisations/edit.html", form=form, name=name, organisation_id=organisation_id
    )
    return page, status
