"""Changing the address one signs in with, and inviting somebody at theirs."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import actions as accounts
from lms.accounts import throttle
from lms.accounts.models import Account, Person
from lms.accounts.queries import account_of, emails_of
from lms.errors import UserError
from lms.extensions import db
from lms.joining import asking, completing, limits, queries
from lms.joining.forms import AddressForm, ChangeLoginForm
from lms.joining.rules import LinkPurpose
from lms.joining.views import Page, blueprint, dead_link, form_page, link_of


@blueprint.route("/profilo/indirizzo", methods=["GET", "POST"])
def change_login() -> Page:
    """Ask to sign in with another address; both mailboxes must agree."""
    account = current_user.account
    if account.login is None:
        raise UserError(
            _(
                "You sign in with a digital identity. To sign in with an e-mail address too, ask "
                "the organisers for an invitation."
            ),
            409,
        )
    account_id, login = account.id, account.login
    form = ChangeLoginForm(login, has_password=account.password_hash is not None)
    if form.validate_on_submit():
        try:
            _begin_change(account_id, login, form)
        except UserError as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Two messages are on their way: confirm in both."), "success")
            return redirect(url_for("joining.change_login"), 303)
    change = queries.change_under_way(account_id)
    return form_page("joining/change_login.html", form, login=login, change=change)


def _begin_change(account_id: int, login: str, form: ChangeLoginForm) -> None:
    attempt: list[int] = []
    if form.has_password:
        attempt = throttle.begin(login, request.remote_addr) or []
        if not attempt:
            raise UserError(_("Too many attempts: wait a few minutes, then try again."), 429)
        accounts.prove_password(account_id, form.current.data or "")
    limits.count_mail(limits.LOGIN_CHANGES, login, request.remote_addr)
    throttle.take_back(attempt)
    asking.ask_for_login_change(db.session.get_one(Account, account_id), form.email.data or "")


@blueprint.post("/profilo/indirizzo/annulla")
def cancel_login_change() -> Response:
    """Call a change of address off."""
    asking.call_off_login_change(current_user.account)
    flash(_("The change is called off: your address stays as it is."), "success")
    return redirect(url_for("joining.change_login"), 303)


@blueprint.route("/indirizzo/<address_token>", methods=["GET", "POST"])
def confirm_login(address_token: str) -> Page:
    """One of the two mailboxes agrees to a change of address."""
    link = link_of(address_token, LinkPurpose.OLD_LOGIN, LinkPurpose.NEW_LOGIN)
    if link is None or link.login_change is None:
        return dead_link()
    if request.method != "POST":
        leaving = link.purpose is LinkPurpose.OLD_LOGIN
        return render_template(
            "joining/confirm_login.html", change=link.login_change, leaving=leaving
        )
    if completing.agree_to_login_change(link):
        flash(_("Your address is changed: sign in with the new one."), "success")
    else:
        flash(_("Confirmed. The change waits for the other address to confirm."), "success")
    return redirect(url_for("home.index"), 303)


@blueprint.route("/persone/<int:person_id>/invito", methods=["GET", "POST"])
def invite(**_address: int) -> Page:
    """Send a person a link to choose their own password."""
    person = access.subject(Person)
    known = account_of(person.id)
    login = known.login if known else next(iter(emails_of([person.id])[person.id]), "")
    form = AddressForm(email=login)
    if form.validate_on_submit():
        try:
            asking.invite(person, form.email.data or "", by=current_user.person_id)
        except UserError as error:
            if error.status == 403:
                raise
            form.form_errors.append(error.message)
        else:
            flash(
                _("The invitation is on its way to %(address)s.", address=form.email.data),
                "success",
            )
            return redirect(url_for("people.person", person_id=person.id), 303)
    return form_page("joining/invite.html", form, person=person)
