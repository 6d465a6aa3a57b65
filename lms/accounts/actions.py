"""What is done to people and their accounts. One function a verb.

With `roles` the only writer of this room.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from lms import audit
from lms.accounts import queries
from lms.accounts.models import Account, Person, PersonEmail, StaffRole, UserSession
from lms.accounts.passwords import hash_password, needs_rehash, verify_password
from lms.accounts.roles import grant_role, keep_an_administrator
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line, search_key


def add_person(
    given_name: str,
    family_name: str,
    *,
    organisation_id: int | None,
    emails: Iterable[str] = (),
    by: int | None = None,
) -> Person:
    """Add a person, with any number of mail addresses."""
    person = Person(
        given_name=clean_line(given_name),
        family_name=clean_line(family_name),
        organisation_id=organisation_id,
        created_at=now(),
        added_by_id=by,
    )
    db.session.add(person)
    db.session.flush()
    for address in dict.fromkeys(email.strip().lower() for email in emails):
        db.session.add(PersonEmail(person_id=person.id, address=address))
    audit.record("person.added", person, actor_id=by)
    return person


def edit_person(
    person: Person,
    given_name: str,
    family_name: str,
    *,
    organisation_id: int | None,
    emails: Iterable[str],
    by: int | None,
) -> None:
    """Change a person. Enrolments and certificates keep name and organisation of their time."""
    before = rename(person, given_name, family_name, organisation_id)
    wanted = dict.fromkeys(email.strip().lower() for email in emails)
    known = queries.emails_of([person.id])[person.id]
    db.session.execute(
        delete(PersonEmail).where(
            PersonEmail.person_id == person.id, PersonEmail.address.not_in(list(wanted))
        )
    )
    for address in wanted:
        if address not in known:
            db.session.add(PersonEmail(person_id=person.id, address=address))
    db.session.flush()
    audit.record("person.edited", person, actor_id=by, detail={"before": before})


def rename(
    person: Person, given_name: str, family_name: str, organisation_id: int | None
) -> dict[str, Any]:
    """Give `person` other names and organisation; returns what was there before and changed."""
    _refuse_erased(person)
    before = {"name": person.full_name, "organisation_id": person.organisation_id}
    person.given_name, person.family_name = clean_line(given_name), clean_line(family_name)
    person.search_key = search_key(f"{person.family_name} {person.given_name}")
    person.organisation_id = organisation_id
    after = {"name": person.full_name, "organisation_id": person.organisation_id}
    return {key: value for key, value in before.items() if after[key] != value}


def open_account(
    person: Person, login: str, password: str | None, *, by: int | None = None
) -> Account:
    """Give `person` an account; without a password it cannot sign in yet.

    A password given by somebody else (`by`) is to be replaced at the first sign-in.
    """
    login = free_login(login, None)
    account = Account(
        person_id=person.id,
        login=login,
        password_hash=hash_password(password) if password is not None else None,
        must_change_password=password is not None and by not in {None, person.id},
        created_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    audit.record("account.opened", account, actor_id=by)
    note(account.id, SecurityEvent.ACCOUNT_OPENED)
    return account


def open_account_for_provider(person: Person, *, language: str | None) -> Account:
    """Give `person` an account that has neither address nor password: a provider signs them in."""
    account = Account(person_id=person.id, language=language, created_at=now())
    db.session.add(account)
    db.session.flush()
    audit.record("account.opened", account, actor_id=person.id)
    note(account.id, SecurityEvent.ACCOUNT_OPENED)
    return account


def set_account(person: Person, login: str, password: str, *, by: int) -> Account:
    """Open the person's account or change it, as staff; a new password signs the person out.

    An empty password changes none. The accounts of staff are the administrators' business, or an
    organiser could make herself administrator by setting an administrator's password.
    """
    demand_authority(person, by)
    account = queries.account_of(person.id)
    if account is None:
        return open_account(person, login, password or None, by=by)
    login = free_login(login, account)
    if login != account.login:
        before, account.login, account.login_confirmed_at = account.login, login, None
        audit.record("account.login_changed", account, actor_id=by)
        detail = {"before": before, "after": login}
        note(account.id, SecurityEvent.LOGIN_CHANGED, detail=detail, also_to=before)
    if password:
        account.password_hash = hash_password(password)
        account.must_change_password = by != person.id
        end_sessions(account.id)
        audit.record("account.password_set", account, actor_id=by)
        note(account.id, SecurityEvent.PASSWORD_SET)
    db.session.flush()
    return account


def disable_account(person: Person, *, by: int) -> None:
    """Sign the person out everywhere and let them in no more. 409 if it is not to be done."""
    demand_authority(person, by)
    if person.id == by:
        raise UserError(_("You cannot disable your own account."), 409)
    keep_an_administrator(without=person.id)
    account = _account(person)
    if not account.is_active:
        return
    account.is_active = False
    end_sessions(account.id)
    audit.record("account.disabled", account, actor_id=by)
    note(account.id, SecurityEvent.ACCOUNT_DISABLED)


def enable_account(person: Person, *, by: int) -> None:
    """Let the person sign in again (sessions that were ended stay ended)."""
    demand_authority(person, by)
    account = _account(person)
    if not account.is_active:
        account.is_active = True
        audit.record("account.enabled", account, actor_id=by)
        note(account.id, SecurityEvent.ACCOUNT_ENABLED)


def change_own_password(account_id: int, current: str, new: str, *, session_id: int) -> None:
    """Replace one's own password and sign out every other browser.

    UserError when `current` is not the password in use. Ends the transaction it finds (as
    `authenticate` does), so it comes first in a request.
    """
    stored = prove_password(account_id, current)
    if new == current:
        raise UserError(_("This is the password in use: choose another."))
    new_hash = hash_password(new)
    account = db.session.get_one(Account, account_id, populate_existing=True)
    if account.password_hash != stored:
        raise UserError(_("The password was changed meanwhile: try again."), 409)
    account.password_hash, account.must_change_password = new_hash, False
    end_sessions(account.id, keep=session_id)
    audit.record("account.password_changed", account, actor_id=account.person_id)
    note(account.id, SecurityEvent.PASSWORD_CHANGED)


def prove_password(account_id: int, password: str) -> str | None:
    """The stored hash, when `password` is the one in use; else UserError. Ends the transaction."""
    stored = db.session.scalar(select(Account.password_hash).where(Account.id == account_id))
    db.session.rollback()
    if not verify_password(stored, password):
        raise UserError(_("The password in use is not this one."))
    return stored


def authenticate(login: str, password: str) -> Account | None:
    """The active account with this login and password, else None; even time either way.

    Ends the transaction it finds: hashing takes its time, and on SQLite everybody who writes would
    wait behind it. So it comes first in a request.
    """
    account = queries.account_by_login(clean_line(login).lower())
    account_id, stored = (account.id, account.password_hash) if account else (None, None)
    db.session.rollback()
    right = verify_password(stored, password)
    new_hash = hash_password(password) if right and stored and needs_rehash(stored) else None
    if not right or account_id is None:
        return None
    account = db.session.get_one(Account, account_id, populate_existing=True)
    if not account.is_active or account.password_hash != stored:
        return None
    if new_hash:
        account.password_hash = new_hash
    return account


def end_sessions(account_id: int, *, keep: int | None = None) -> None:
    """Sign every browser of this account out, but for the session `keep`."""
    db.session.execute(
        update(UserSession)
        .where(
            UserSession.account_id == account_id,
            UserSession.ended_at.is_(None),
            UserSession.id.is_distinct_from(keep),
        )
        .values(ended_at=now())
    )


def create_admin(given_name: str, family_name: str, email: str, password: str) -> Person:
    """Add the person who sets everything up. UserError when the address has an account already."""
    person = add_person(given_name, family_name, organisation_id=None, emails=[email])
    open_account(person, email, password)
    grant_role(person, StaffRole.ADMINISTRATOR, by=None)
    return person


def _account(person: Person) -> Account:
    account = queries.account_of(person.id)
    if account is None:
        raise UserError(_("This person has no account."), 409)
    return account


def free_login(login: str, own: Account | None) -> str:
    """`login` as it is kept; UserError (409) when it signs somebody else in."""
    wanted = clean_line(login).lower()
    known = queries.account_by_login(wanted)
    if known is not None and known is not own:
        raise UserError(_("%(login)s already signs somebody else in.", login=wanted), 409)
    return wanted


def _refuse_erased(person: Person) -> None:
    if person.erased_at is not None:
        raise UserError(_("This person's data are erased: they stay as they are."), 409)


def demand_authority(person: Person, by: int) -> None:
    """UserError (403) unless `by` may change this person's account: staff's is administrators'."""
    _refuse_erased(person)
    if person.merged_into_id is not None:
        raise UserError(_("This record is united with another: that one signs in."), 409)
    roles = queries.open_roles([person.id, by])
    if roles[person.id] and StaffRole.ADMINISTRATOR not in roles[by]:
        raise UserError(_("Only an administrator may change the account of staff."), 403)
