"""Registering, accepting an invitation, choosing a new password. Open to everybody.

A link's address shows a page with a button; only the button does something, for mail scanners open
links and press nothing.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import signing_in
from lms.accounts.models import Account
from lms.accounts.signing_in import token_hash
from lms.errors import UserError
from lms.joining import asking, completing, limits, queries
from lms.joining.forms import AddressForm, InvitationForm, NewPasswordForm, RegistrationForm
from lms.joining.models import MailedLink
from lms.joining.notices import notice_in_force
from lms.joining.rules import LinkPurpose
from lms.organisations.models import OrganisationKind
from lms.pages import select_locale

blueprint = Blueprint("joining", __name__)

Page = str | Response | tuple[str, int]


def link_of(token: str, *purposes: LinkPurpose) -> MailedLink | None:
    """The link behind an address, if it is still good for one of `purposes`."""
    return queries.link_with(token_hash(token), frozenset(purposes))


def dead_link() -> tuple[str, int]:
    """One page for every link that opens nothing: used, expired, mistyped, another page's."""
    return render_template("joining/dead_link.html"), 404


def form_page(template: str, form: AddressForm, **values: object) -> tuple[str, int]:
    """The page of a form: 422 when it was sent and refused."""
    return render_template(template, form=form, **values), 422 if form.is_submitted() else 200


@blueprint.route("/registrati", methods=["GET", "POST"])
def register() -> Page:
    """Ask to join; the answer is the same whether the address is known or not."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    form = RegistrationForm(language=select_locale())
    if not form.validate_on_submit():
        return form_page("joining/register.html", form)
    wish = asking.Wish(
        given_name=form.given_name.data or "",
        family_name=form.family_name.data or "",
        email=form.email.data or "",
        organisation_id=form.organisation_id,
        new_organisation=_proposed_by(form),
        language=form.language.data,
        notice_version=notice_in_force(),
    )
    try:
        limits.count_mail(limits.REGISTRATIONS, wish.email, request.remote_addr)
    except UserError as error:
        form.form_errors.append(error.message)
        return form_page("joining/register.html", form)[0], error.status
    asking.ask_to_join(wish)
    return redirect(url_for("joining.check_mail"), 303)


def _proposed_by(form: RegistrationForm) -> tuple[str, OrganisationKind] | None:
    return (form.organisation.data or "", form.new_kind) if form.wants_new else None


@blueprint.get("/controlla-la-posta")
def check_mail() -> str:
    """What to do next: look for the message. It says nothing of any address."""
    return render_template("joining/check_mail.html")


@blueprint.route("/registrati/<registration_token>", methods=["GET", "POST"])
def confirm_registration(registration_token: str) -> Page:
    """Confirm the mailbox by choosing a password; then one is in."""
    link = link_of(registration_token, LinkPurpose.REGISTRATION)
    if link is None or link.registration is None:
        return dead_link()
    row = link.registration
    form = NewPasswordForm(row.given_name, row.family_name, row.email)
    if not form.validate_on_submit():
        return form_page("joining/confirm_registration.html", form, registration=row)
    link_id = link.id
    limits.count_use(token_hash(registration_token))
    account = completing.complete_registration(link_id, form.password.data or "")
    return _welcome(account)


@blueprint.route("/invito/<invitation_token>", methods=["GET", "POST"])
def accept_invitation(invitation_token: str) -> Page:
    """Accept an invitation by choosing a password; then one is in."""
    link = link_of(invitation_token, LinkPurpose.INVITATION)
    if link is None or link.account is None:
        return dead_link()
    person = link.account.person
    form = InvitationForm(person.given_name, person.family_name, link.address)
    if not form.validate_on_submit():
        return form_page("joining/accept_invitation.html", form, person=person, link=link)
    link_id = link.id
    limits.count_use(token_hash(invitation_token))
    account = completing.choose_password(
        link_id, form.password.data or "", notice=notice_in_force()
    )
    return _welcome(account)


def _welcome(account: Account) -> Response:
    flash_words = _("Welcome, %(name)s. Your account is open.", name=account.person.full_name)
    response = signing_in.enter(account, url_for("home.index"))
    flash(flash_words, "success")
    return response


@blueprint.route("/password-dimenticata", methods=["GET", "POST"])
def forgotten() -> Page:
    """Ask for a link to choose a new password; one answer for every address."""
    form = AddressForm()
    if not form.validate_on_submit():
        return form_page("joining/forgotten.html", form)
    try:
        limits.count_mail(limits.RESETS, form.email.data or "", request.remote_addr)
    except UserError as error:
        form.form_errors.append(error.message)
        return form_page("joining/forgotten.html", form)[0], error.status
    asking.ask_for_reset(form.email.data or "", select_locale())
    return redirect(url_for("joining.check_mail"), 303)


@blueprint.route("/password-dimenticata/<reset_token>", methods=["GET", "POST"])
def choose_password(reset_token: str) -> Page:
    """Choose a new password through a link; then sign in with it."""
    link = link_of(reset_token, LinkPurpose.RESET)
    if link is None or link.account is None:
        return dead_link()
    person = link.account.person
    form = NewPasswordForm(person.given_name, person.family_name, link.address)
    if not form.validate_on_submit():
        return form_page("joining/choose_password.html", form, link=link)
    link_id = link.id
    limits.count_use(token_hash(reset_token))
    completing.choose_password(link_id, form.password.data or "")
    flash(_("Your new password is in force: sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
