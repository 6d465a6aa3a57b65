"""What is done to people, accounts and roles. One function a verb; the only writer of this room."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from lms import audit
from lms.accounts.models import Account, Person, PersonEmail, RoleGrant, StaffRole
from lms.accounts.passwords import hash_password, needs_rehash, verify_password
from lms.clock import now
from lms.extensions import db
from lms.text import clean_line


def add_person(
    given_name: str, family_name: str, *, organisation_id: int | None, emails: Iterable[str] = ()
) -> Person:
    """Add a person, with any number of mail addresses."""
    person = Person(
        given_name=clean_line(given_name),
        family_name=clean_line(family_name),
        organisation_id=organisation_id,
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    for address in dict.fromkeys(email.strip().lower() for email in emails):
        db.session.add(PersonEmail(person_id=person.id, address=address))
    return person


def open_account(person: Person, login: str, password: str | None) -> Account:
    """Give `person` an account; without a password it cannot sign in yet."""
    account = Account(
        person_id=person.id,
        login=login.strip().lower(),
        password_hash=hash_password(password) if password is not None else None,
        created_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    return account


def authenticate(login: str, password: str) -> Account | None:
    """The active account with this login and password, else None; even time either way."""
    account = db.session.scalar(select(Account).where(Account.login == login.strip().lower()))
    stored = account.password_hash if account else None
    if not verify_password(stored, password) or account is None or not account.is_active:
        return None
    if stored is not None and needs_rehash(stored):
        account.password_hash = hash_password(password)
    return account


def grant_role(person: Person, role: StaffRole, *, by: int | None) -> RoleGrant:
    """Give a role; with an open grant already there, that one is returned."""
    known = db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.ended_at.is_(None)
        )
    )
    if known is not None:
        return known
    grant = RoleGrant(person_id=person.id, role=role, granted_at=now(), granted_by_id=by)
    db.session.add(grant)
    db.session.flush()
    audit.record("role.granted", grant, actor_id=by, detail={"role": role.value})
    return grant
