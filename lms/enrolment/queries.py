"""Every question to the tables of enrolments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.accounts.models import Person, PersonEmail
from lms.catalogue.models import Cycle
from lms.database import may_write
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.enrolment.rules import CycleFacts
from lms.extensions import db
from lms.lists import MAXIMUM_WORDS, has_words
from lms.text import search_key


def taken_places(cycle_id: int) -> int:
    """How many people are confirmed in the cycle."""
    counted = select(func.count(Enrolment.id)).where(
        Enrolment.cycle_id == cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED
    )
    return db.session.scalar(counted) or 0


def facts_of(cycle: Cycle) -> CycleFacts:
    """What the rules want to know of a cycle (people are counted only where places are limited)."""
    return CycleFacts(
        status=cycle.status,
        mode=cycle.enrolment_mode,
        opens_at=cycle.enrolment_opens_at,
        closes_at=cycle.enrolment_closes_at,
        places=cycle.places,
        taken=taken_places(cycle.id) if cycle.places is not None else 0,
    )


def enrolment_of(cycle_id: int, person_id: int) -> Enrolment | None:
    """The person's one enrolment in the cycle, whatever its status."""
    return db.session.scalar(
        select(Enrolment).where(Enrolment.cycle_id == cycle_id, Enrolment.person_id == person_id)
    )


def enrolments_of_people(cycle_id: int, person_ids: Collection[int]) -> dict[int, Enrolment]:
    """Enrolments in the cycle by person, whatever their status."""
    rows = db.session.scalars(
        select(Enrolment).where(Enrolment.cycle_id == cycle_id, Enrolment.person_id.in_(person_ids))
    )
    return {row.person_id: row for row in rows}


def requested(cycle_id: int, enrolment_ids: Collection[int]) -> list[Enrolment]:
    """Of these enrolments, those of the cycle that wait for an answer, with their people."""
    rows = (
        select(Enrolment)
        .options(joinedload(Enrolment.person, innerjoin=True))
        .where(
            Enrolment.cycle_id == cycle_id,
            Enrolment.id.in_(enrolment_ids),
            Enrolment.status == EnrolmentStatus.REQUESTED,
        )
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(rows))


def once_confirmed(enrolment_ids: Collection[int]) -> set[int]:
    """Of these enrolments, those that were confirmed at some time."""
    rows = select(EnrolmentEvent.enrolment_id).where(
        EnrolmentEvent.enrolment_id.in_(enrolment_ids),
        EnrolmentEvent.status == EnrolmentStatus.CONFIRMED,
    )
    return set(db.session.scalars(rows)) if enrolment_ids else set()


def enrolments_of(person_id: int) -> list[Enrolment]:
    """Every enrolment of a person with its cycle loaded, the latest first.

    Several rooms ask this for one page. Where the request only reads, the answer cannot change, so
    it is asked once.
    """
    if may_write.get():
        return _enrolments_of(person_id)
    known: dict[int, list[Enrolment]] = g.setdefault("enrolments_of", {})
    if person_id not in known:
        known[person_id] = _enrolments_of(person_id)
    return known[person_id]


def _enrolments_of(person_id: int) -> list[Enrolment]:
    rows = (
        select(Enrolment)
        .join(Enrolment.cycle)
        .options(contains_eager(Enrolment.cycle))
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    return list(db.session.scalars(rows))


def participants(cycle_id: int, text: str, status: EnrolmentStatus | None) -> Select[Any]:
    """Enrolments of a cycle with their people, by name.

    Every word of `text` stands in name, organisation or mail address.
    """
    found = (
        select(Enrolment)
        .options(joinedload(Enrolment.person, innerjoin=True))
        .where(Enrolment.cycle_id == cycle_id, Enrolment.united_into_id.is_(None))
        .order_by(Enrolment.search_key, Enrolment.id)
    )
    if status is not None:
        found = found.where(Enrolment.status == status)
    return found.where(*(_mentions(word) for word in text.split()[:MAXIMUM_WORDS]))


def _mentions(word: str) -> Any:
    address = (
        select(PersonEmail.id)
        .where(
            PersonEmail.person_id == Enrolment.person_id,
            PersonEmail.address.contains(word.lower(), autoescape=True),
        )
        .exists()
    )
    return or_(has_words(Enrolment.search_key, word), address) if search_key(word) else address


def emails_in(cycle_id: int) -> dict[int, list[str]]:
    """Mail addresses of everybody ever enrolled in the cycle, by person."""
    rows = (
        select(PersonEmail.person_id, PersonEmail.address)
        .join(Enrolment, Enrolment.person_id == PersonEmail.person_id)
        .where(Enrolment.cycle_id == cycle_id)
        .order_by(PersonEmail.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, address in db.session.execute(rows):
        found[person_id].append(address)
    return found


def counts_by_status(cycle_id: int) -> dict[EnrolmentStatus, int]:
    """How many enrolments of the cycle have each status."""
    rows = (
        select(Enrolment.status, func.count())
        .where(Enrolment.cycle_id == cycle_id, Enrolment.united_into_id.is_(None))
        .group_by(Enrolment.status)
    )
    found = dict.fromkeys(EnrolmentStatus, 0)
    for status, count in db.session.execute(rows):
        found[status] = count
    return found


def not_enrolled(cycle_id: int, found: Select[Any]) -> Select[Any]:
    """Of a query for people, those without a confirmed enrolment in the cycle."""
    confirmed = (
        select(Enrolment.id)
        .where(
            Enrolment.person_id == Person.id,
            Enrolment.cycle_id == cycle_id,
            Enrolment.status == EnrolmentStatus.CONFIRMED,
        )
        .exists()
    )
    return found.where(~confirmed)


def history(enrolment_id: int) -> list[tuple[EnrolmentEvent, Person | None]]:
    """What happened to an enrolment, the first event first, with who did it.

    What happened to one united into it belongs to it.
    """
    rows = (
        select(EnrolmentEvent, Person)
        .join(Enrolment, EnrolmentEvent.enrolment_id == Enrolment.id)
        .outerjoin(Person, EnrolmentEvent.actor_id == Person.id)
        .where(or_(Enrolment.id == enrolment_id, Enrolment.united_into_id == enrolment_id))
        .order_by(EnrolmentEvent.id)
    )
    return [(event, person) for event, person in db.session.execute(rows)]


def last_notes(enrolment_ids: Collection[int]) -> dict[int, tuple[EnrolmentEvent, Person | None]]:
    """The latest event of each of these enrolments, with who did it."""
    latest = (
        select(func.max(EnrolmentEvent.id))
        .where(EnrolmentEvent.enrolment_id.in_(enrolment_ids))
        .group_by(EnrolmentEvent.enrolment_id)
    )
    rows = (
        select(EnrolmentEvent, Person)
        .outerjoin(Person, EnrolmentEvent.actor_id == Person.id)
        .where(EnrolmentEvent.id.in_(latest))
    )
    return {event.enrolment_id: (event, person) for event, person in db.session.execute(rows)}


def is_out_of_date(enrolment: Enrolment) -> bool:
    """Whether the copied name or organisation is no longer the person's."""
    return copies_of(enrolment.person) != (
        enrolment.given_name,
        enrolment.family_name,
        enrolment.organisation_id,
        enrolment.organisation_name,
    )


def copies_of(person: Person) -> tuple[str, str, int | None, str]:
    """What an enrolment copies of a person."""
    name = person.organisation.name if person.organisation else ""
    return person.given_name, person.family_name, person.organisation_id, name


def people_by_id(person_ids: Collection[int], among: ColumnElement[bool]) -> dict[int, Person]:
    """Of these people those who may be chosen, with their organisations, by id."""
    rows = db.session.scalars(select(Person).where(Person.id.in_(person_ids), among)).unique()
    return {row.id: row for row in rows}
