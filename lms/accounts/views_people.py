"""People and their accounts, for organisers and administrators; each sees those within reach."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.access import Subject
from lms.accounts import actions, queries, scopes
from lms.accounts.forms import AccountForm, NewPersonForm, PersonForm
from lms.accounts.models import Person
from lms.errors import UserError
from lms.lists import page_of, search_text
from lms.organisations.actions import add_organisation
from lms.permissions import ORGANISING

blueprint = Blueprint("people", __name__)


@blueprint.get("/persone")
def index() -> str:
    """Everybody within reach, searched by name, mail address or organisation."""
    text = search_text()
    page = page_of(queries.searched(text).where(scopes.people_within_reach()))
    ids = [person.id for person in page.items]
    return render_template(
        "accounts/people.html",
        page=page,
        text=text,
        emails=queries.emails_of(ids),
        accounts=queries.accounts_of(ids),
        held=queries.open_roles(ids),
        everybody=scopes.organised().everything,
        administers=access.holds(access.Role.ADMINISTRATOR),
    )


@blueprint.route("/persone/nuova", methods=["GET", "POST"])
def add() -> str | Response | tuple[str, int]:
    """Add a person; with an account, if one may give accounts."""
    form = NewPersonForm()
    if not access.holds_any(ORGANISING, Subject(None)):
        form.without_account()
    if not form.validate_on_submit():
        return _new_person_page(form)
    names = (form.given_name.data or "", form.family_name.data or "")
    if not form.really_new.data:
        found = queries.twins_of(names[1], names[0], form.addresses)
        form.twins = tuple(scopes.only_within_reach(found))
        if form.twins:
            form.form_errors.append(_("Somebody like this is already known: look before you add."))
            return _new_person_page(form)
    try:
        by = current_user.person_id
        organisation_id = _organisation_of(form)
        person = actions.add_person(
            *names, organisation_id=organisation_id, emails=form.addresses, by=by
        )
        if form.wants_account and form.password.data:
            actions.open_account(person, form.addresses[0], form.password.data, by=by)
    except UserError as error:
        form.form_errors.append(error.message)
        return _new_person_page(form)
    flash(_("%(name)s has been added.", name=person.full_name), "success")
    if form.wants_account and not form.password.data:
        return redirect(url_for("joining.invite", person_id=person.id), 303)
    return redirect(url_for("people.person", person_id=person.id), 303)


def _new_person_page(form: NewPersonForm) -> tuple[str, int]:
    page = render_template("accounts/new_person.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _organisation_of(form: PersonForm) -> int | None:
    if not form.wants_new:
        return form.organisation_id
    name = form.organisation.data or ""
    return add_organisation(name, form.new_kind, by=current_user.person_id).id


@blueprint.get("/persone/<int:person_id>")
def person(**_address: int) -> str:
    """One person: data, account, roles."""
    shown = access.subject(Person)
    return render_template(
        "accounts/person.html",
        person=shown,
        emails=queries.emails_of([shown.id])[shown.id],
        account=queries.account_of(shown.id),
        held=sorted(queries.open_roles([shown.id])[shown.id]),
        may_edit=access.holds_any(ORGANISING, Subject(shown, person_id=shown.id, whole=True)),
        may_change_account=access.holds_any(ORGANISING, Subject(shown)),
        may_change_roles=access.holds(access.Role.ADMINISTRATOR),
    )


@blueprint.route("/persone/<int:person_id>/modifica", methods=["GET", "POST"])
def edit(**_address: int) -> str | Response | tuple[str, int]:
    """Change a person's name, mail addresses and organisation."""
    shown = access.subject(Person)
    form = PersonForm(
        current=shown.organisation,
        given_name=shown.given_name,
        family_name=shown.family_name,
        emails="\n".join(queries.emails_of([shown.id])[shown.id]),
        organisation=shown.organisation.name if shown.organisation else "",
    )
    if not form.validate_on_submit():
        page = render_template("accounts/edit_person.html", form=form, person=shown)
        return page, 422 if form.is_submitted() else 200
    actions.edit_person(
        shown,
        form.given_name.data or "",
        form.family_name.data or "",
        organisation_id=_organisation_of(form),
        emails=form.addresses,
        by=current_user.person_id,
    )
    return _saved(shown)


@blueprint.route("/persone/<int:person_id>/accesso", methods=["GET", "POST"])
def account(**_address: int) -> str | Response | tuple[str, int]:
    """Open the person's account, change its address or set a new password."""
    shown = access.subject(Person)
    known = queries.account_of(shown.id)
    emails = queries.emails_of([shown.id])[shown.id]
    form = AccountForm(
        shown,
        has_password=known is not None and known.password_hash is not None,
        login=(known.login if known else None) or next(iter(emails), ""),
    )
    if form.validate_on_submit():
        try:
            actions.set_account(
                shown, form.login.data or "", form.password.data or "", by=current_user.person_id
            )
        except UserError as error:
            if error.status == 403:
                raise
            form.form_errors.append(error.message)
        else:
            return _saved(shown)
    page = render_template("accounts/account.html", form=form, person=shown, account=known)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/persone/<int:person_id>/accesso/sospendi", methods=["GET", "POST"])
def disable(**_address: int) -> str | Response:
    """Disable the person's account, after a confirmation."""
    shown, form = access.subject(Person), FlaskForm()
    if not form.validate_on_submit():
        return render_template("accounts/disable.html", person=shown, form=form)
    actions.disable_account(shown, by=current_user.person_id)
    flash(_("%(name)s can no longer sign in.", name=shown.full_name), "success")
    return redirect(url_for("people.person", person_id=shown.id), 303)


@blueprint.post("/persone/<int:person_id>/accesso/riattiva")
def enable(**_address: int) -> Response:
    """Enable the person's account again."""
    shown = access.subject(Person)
    actions.enable_account(shown, by=current_user.person_id)
    flash(_("%(name)s can sign in again.", name=shown.full_name), "success")
    return redirect(url_for("people.person", person_id=shown.id), 303)


def _saved(shown: Person) -> Response:
    flash(_("Saved."), "success")
    return redirect(url_for("people.person", person_id=shown.id), 303)
