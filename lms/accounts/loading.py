"""How people and their roles are loaded for `lms.access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.access import Subject, loader
from lms.accounts import scopes as _scopes  # noqa: F401 - declares who holds which role
from lms.accounts.models import Person, RoleGrant, StaffRole, UserSession
from lms.extensions import db


@dataclass(frozen=True)
class RoleOfPerson:
    """One role of one person, held or not: what is given."""

    person: Person
    role: StaffRole


@loader("all_tracks")
def _all_tracks(**_rest: Any) -> Subject:
    """What belongs to no track: only who organises all of them may."""
    return Subject(None)


@loader("person")
def _person(person_id: int, **_rest: Any) -> Subject | None:
    person = db.session.get(Person, person_id)
    return Subject(person, person_id=person.id) if person else None


@loader("person_record")
def _person_record(person_id: int, **_rest: Any) -> Subject | None:
    """Who a person is, which every track that knows them counts on."""
    person = db.session.get(Person, person_id)
    return Subject(person, person_id=person.id, whole=True) if person else None


@loader("person_account")
def _person_account(person_id: int, **_rest: Any) -> Subject | None:
    """A person's account belongs to no track."""
    person = db.session.get(Person, person_id)
    return Subject(person) if person else None


@loader("role_of_person")
def _role_of_person(person_id: int, role: str, **_rest: Any) -> Subject | None:
    person = db.session.get(Person, person_id)
    if person is None or role not in set(StaffRole):
        return None
    return Subject(RoleOfPerson(person, StaffRole(role)), person_id=person.id)


@loader("user_session")
def _user_session(session_id: int, **_rest: Any) -> Subject | None:
    row = db.session.get(UserSession, session_id)
    return Subject(row, person_id=row.account.person_id) if row else None


@loader("role_grant")
def _role_grant(person_id: int, grant_id: int, **_rest: Any) -> Subject | None:
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None or grant.person_id != person_id:
        return None
    return Subject(grant, person_id=person_id)
