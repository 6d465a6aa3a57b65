"""How people and their roles are loaded for `lms.access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.access import Subject, loader
from lms.accounts.models import Person, StaffRole, UserSession
from lms.extensions import db


@dataclass(frozen=True)
class RoleOfPerson:
    """One role of one person, held or not: what is given and ended."""

    person: Person
    role: StaffRole


@loader("person")
def _person(person_id: int, **_rest: Any) -> Subject | None:
    person = db.session.get(Person, person_id)
    return Subject(person, person_id=person.id) if person else None


@loader("role_grant")
def _role_grant(person_id: int, role: str, **_rest: Any) -> Subject | None:
    person = db.session.get(Person, person_id)
    if person is None or role not in set(StaffRole):
        return None
    return Subject(RoleOfPerson(person, StaffRole(role)), person_id=person.id)


@loader("user_session")
def _user_session(session_id: int, **_rest: Any) -> Subject | None:
    row = db.session.get(UserSession, session_id)
    return Subject(row, person_id=row.account.person_id) if row else None
