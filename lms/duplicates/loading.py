"""How two people, and a union, are loaded for `lms.access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.access import Subject, loader
from lms.accounts.models import Person
from lms.duplicates.models import PersonMerge
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Two records, in the order of the address."""

    person: Person
    other: Person


@loader("two_people")
def _two_people(person_id: int, other_id: int, **_rest: Any) -> Subject | None:
    rows = db.session.scalars(select(Person).where(Person.id.in_([person_id, other_id]))).unique()
    found = {row.id: row for row in rows}
    if len(found) < 2:
        return None
    return Subject(TwoPeople(found[person_id], found[other_id]))


@loader("person_merge")
def _person_merge(merge_id: int, **_rest: Any) -> Subject | None:
    merge = db.session.get(PersonMerge, merge_id)
    return Subject(merge) if merge else None
