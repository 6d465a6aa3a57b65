"""What a mailed link does once its button is pressed. A part of this room's actions.

A password is hashed before the transaction that writes: hashing takes its time, and on SQLite
everybody who writes would wait behind it.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts import actions as accounts
from lms.accounts.models import Account, Person, PersonEmail
from lms.accounts.passwords import hash_password
from lms.accounts.queries import account_by_login
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.joining.links import spend_all_of, use
from lms.joining.models import LoginChange, MailedLink, Registration
from lms.joining.notices import accept_notice
from lms.joining.queries import known_under, still_fits
from lms.joining.rules import LinkPurpose, whom_it_is_about
from lms.organisations.actions_life import propose
from lms.organisations.models import OrganisationKind


def complete_registration(link_id: int, password: str) -> Account:
    """Open the account of a confirmed registration, spend its link. Ends the transaction first."""
    link, new_hash = _hashed_for(link_id, password)
    row = link.registration
    if row is None or account_by_login(row.email) is not None:
        raise UserError(_("This address has an account already: sign in."), 409)
    use(link)
    person = _person_of(row)
    account = accounts.open_account(person, row.email, None, by=person.id)
    account.password_hash, account.language = new_hash, row.language
    account.login_confirmed_at = now()
    accept_notice(person.id, row.notice_version, at=row.asked_at)
    return account


def _person_of(row: Registration) -> Person:
    known = whom_it_is_about(row.given_name, row.family_name, known_under(row.email))
    if known is None:
        person = accounts.add_person(
            row.given_name, row.family_name, organisation_id=None, emails=[row.email]
        )
    else:
        person = db.session.get_one(Person, known)
    if person.organisation_id is None:
        person.organisation_id = _organisation_of(row, person)
    return person


def _organisation_of(row: Registration, person: Person) -> int | None:
    if not row.new_organisation:
        return row.organisation_id
    return propose(row.new_organisation, OrganisationKind(row.new_kind), by=person.id).id


def choose_password(link_id: int, password: str, *, notice: str | None = None) -> Account:
    """Set the password of a reset or an invitation; every browser is signed out.

    `notice`: the version of the privacy notice read on the way. Ends the transaction first.
    """
    link, new_hash = _hashed_for(link_id, password)
    account = link.account
    if account is None or not still_fits(link, account):
        raise UserError(_("This link opens nothing any more."), 409)
    use(link)
    account.password_hash, account.must_change_password = new_hash, False
    account.login_confirmed_at = now()
    accounts.end_sessions(account.id)
    spend_all_of(account.id)
    if notice:
        accept_notice(account.person_id, notice)
    audit.record("account.password_chosen", account, actor_id=account.person_id)
    invited = link.purpose is LinkPurpose.INVITATION
    note(account.id, SecurityEvent.INVITATION_ACCEPTED if invited else SecurityEvent.PASSWORD_RESET)
    return account


def _hashed_for(link_id: int, password: str) -> tuple[MailedLink, str]:
    db.session.rollback()
    new_hash = hash_password(password)
    return db.session.get_one(MailedLink, link_id, populate_existing=True), new_hash


def agree_to_login_change(link: MailedLink) -> bool:
    """One of the two mailboxes agrees. True when it was the second: the change is made."""
    change = db.session.scalars(
        select(LoginChange)
        .where(LoginChange.id == link.login_change_id)
        .with_for_update(of=LoginChange)
    ).one()
    account = change.account
    if change.ended_at is not None or not account.is_active or account.login != change.old_login:
        raise UserError(_("This change was called off or overtaken by another."), 409)
    use(link)
    if link.purpose is LinkPurpose.OLD_LOGIN:
        change.old_agreed_at = now()
    else:
        change.new_agreed_at = now()
    if change.old_agreed_at is None or change.new_agreed_at is None:
        return False
    _change_login(account, change)
    return True


def _change_login(account: Account, change: LoginChange) -> None:
    accounts.free_login(change.new_login, account)
    account.login, account.login_confirmed_at, change.ended_at = change.new_login, now(), now()
    rows = select(PersonEmail).where(PersonEmail.person_id == account.person_id)
    written = {row.address: row for row in db.session.scalars(rows)}
    if change.new_login not in written:
        if change.old_login in written:
            written[change.old_login].address = change.new_login
        else:
            db.session.add(PersonEmail(person_id=account.person_id, address=change.new_login))
    accounts.end_sessions(account.id)
    audit.record("account.login_changed", account, actor_id=account.person_id)
    detail = {"before": change.old_login, "after": change.new_login}
    note(account.id, SecurityEvent.LOGIN_CHANGED, detail=detail, also_to=change.old_login)
