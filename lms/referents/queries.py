"""An organisation's people and what became of their training; a few queries for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.accounts.queries import searched
from lms.catalogue.models import Cycle, CycleStatus, Lesson, LessonMode, LessonStatus, Module, Track
from lms.clock import ROME
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.issuance.counting import Standing
from lms.issuance.facts import Progress, progress
from lms.issuance.models import Certificate
from lms.issuance.queries_certificates import valid_certificates
from lms.lists import has_words
from lms.organisations.models import Organisation
from lms.referents.rules import Outcome, minutes_in, outcome

AT_ONCE = 500


@dataclass(frozen=True)
class Training:
    """One enrolment as the employer knows it: hours of closed registers, and the outcome."""

    enrolment: Enrolment
    outcome: Outcome
    minutes: int
    due: int
    minutes_of_year: int
    in_year: bool
    certificate: Certificate | None

    @property
    def serial(self) -> str:
        """The number of the valid certificate; empty where there is none."""
        return self.certificate.serial if self.certificate else ""

    @property
    def percent(self) -> int | None:
        """Share of what is due; None while nothing is."""
        return self.minutes * 100 // self.due if self.due else None


@dataclass(frozen=True)
class Colleague:
    """One of the organisation's people, with the enrolments under it."""

    person: Person
    trainings: Sequence[Training]

    @property
    def minutes_of_year(self) -> int:
        """Minutes attended in the year asked for."""
        return sum(training.minutes_of_year for training in self.trainings)


def people(organisation_id: int, text: str = "") -> Select[Any]:
    """Who works for the organisation, or was enrolled while they did; by name."""
    under_it = select(Enrolment.id).where(
        Enrolment.person_id == Person.id, Enrolment.organisation_id == organisation_id
    )
    return (
        select(Person)
        .where(or_(Person.organisation_id == organisation_id, under_it.exists()))
        .where(has_words(Person.search_key, text))
        .order_by(Person.search_key, Person.id)
    )


def colleagues(organisation_id: int, found: Sequence[Person], year: int) -> list[Colleague]:
    """These people with their enrolments under the organisation: what they did elsewhere, or for
    an earlier employer, is not this one's business."""
    trainings = trainings_of(organisation_id, [person.id for person in found], year)
    return [Colleague(person, trainings.get(person.id, ())) for person in found]


def trainings_of(
    organisation_id: int, person_ids: Collection[int], year: int
) -> dict[int, list[Training]]:
    """Enrolments under the organisation by person, the latest first."""
    rows = (
        select(Enrolment)
        .join(Enrolment.cycle)
        .options(contains_eager(Enrolment.cycle))
        .where(Enrolment.organisation_id == organisation_id, Enrolment.person_id.in_(person_ids))
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    found: dict[int, list[Training]] = defaultdict(list)
    for each in trainings(list(db.session.scalars(rows)), year):
        found[each.enrolment.person_id].append(each)
    return found


def trainings(
    enrolments: Sequence[Enrolment], year: int, how: Mapping[int, Progress] | None = None
) -> list[Training]:
    """Hours and outcome of these enrolments, in their order; a few queries.

    `how`: their progress, where it is known already.
    """
    how = progress(enrolments) if how is None else how
    certificates = valid_certificates([each.id for each in enrolments])
    found = []
    for each in enrolments:
        known = certificates.get(each.id)
        certificate = known.certificate if known else None
        found.append(_training(each, how[each.id], certificate, year))
    return found


def _training(
    enrolment: Enrolment, how: Progress, certificate: Certificate | None, year: int
) -> Training:
    settled = [count for count in how.counts if count.standing is Standing.SETTLED]
    took_part = enrolment.status in {EnrolmentStatus.CONFIRMED, EnrolmentStatus.WITHDRAWN}
    return Training(
        enrolment=enrolment,
        outcome=outcome(
            enrolment.status,
            certified=certificate is not None,
            entitled=how.answer.entitled,
            reachable=how.answer.reachable,
        ),
        minutes=sum(count.credited for count in settled) if took_part else 0,
        due=how.answer.due if took_part else 0,
        minutes_of_year=minutes_in(
            year, [(count.lesson.starts_at, count.credited) for count in settled]
        ),
        in_year=any(count.lesson.starts_at.astimezone(ROME).year == year for count in how.counts),
        certificate=certificate,
    )


def everybody(organisation_id: int, year: int) -> Iterator[Colleague]:
    """All the organisation's people, so many at once, for a file."""
    found = list(db.session.scalars(people(organisation_id)).unique())
    for start in range(0, len(found), AT_ONCE):
        yield from colleagues(organisation_id, found[start : start + AT_ONCE], year)


@dataclass(frozen=True)
class CycleFacts:
    """What the office's file says of a cycle, besides its names."""

    first: datetime | None
    last: datetime | None
    modes: Sequence[LessonMode]
    areas: Sequence[str]


NO_FACTS = CycleFacts(None, None, (), ())  # of a cycle without lessons


def facts_of_cycles(cycle_ids: Collection[int]) -> dict[int, CycleFacts]:
    """Dates, modes and subject areas of cycles; one query."""
    rows = db.session.execute(
        select(Module.cycle_id, Lesson.starts_at, Lesson.mode, Module.subject_area)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(Module.cycle_id.in_(cycle_ids), Lesson.status == LessonStatus.SCHEDULED)
        .order_by(Lesson.starts_at)
    )
    lessons: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        lessons[row.cycle_id].append(row)
    return {
        cycle_id: CycleFacts(
            of_cycle[0].starts_at,
            of_cycle[-1].starts_at,
            list(dict.fromkeys(row.mode for row in of_cycle)),
            list(dict.fromkeys(row.subject_area for row in of_cycle if row.subject_area)),
        )
        for cycle_id, of_cycle in lessons.items()
    }


# --- nominations ---------------------------------------------------------------------------------


def open_cycles(organisation_id: int, instant: datetime, text: str) -> Select[Any]:
    """Cycles that take nominations now, with how many of this organisation wait for an answer."""
    waiting = (
        select(func.count(Enrolment.id))
        .where(
            Enrolment.cycle_id == Cycle.id,
            Enrolment.organisation_id == organisation_id,
            Enrolment.status == EnrolmentStatus.REQUESTED,
        )
        .correlate(Cycle)
        .scalar_subquery()
    )
    return (
        select(Cycle, waiting)
        .join(Track, Track.id == Cycle.track_id)
        .where(
            Cycle.status == CycleStatus.PUBLISHED,
            or_(Cycle.enrolment_opens_at.is_(None), Cycle.enrolment_opens_at <= instant),
            or_(Cycle.enrolment_closes_at.is_(None), Cycle.enrolment_closes_at > instant),
            has_words(Cycle.search_key + " " + Track.search_key, text),
        )
        .order_by(Cycle.title, Cycle.id)
    )


def nominations(organisation_id: int, text: str) -> Select[Any]:
    """The organisation's nominations that wait or were refused, the latest first."""
    return (
        select(Enrolment)
        .join(Enrolment.cycle)
        .options(contains_eager(Enrolment.cycle))
        .where(
            Enrolment.organisation_id == organisation_id,
            Enrolment.status.in_([EnrolmentStatus.REQUESTED, EnrolmentStatus.REFUSED]),
            has_words(Enrolment.search_key, text),
        )
        .order_by(Enrolment.id.desc())
    )


def to_nominate(organisation_id: int, cycle_id: int, text: str) -> Select[Any]:
    """The organisation's people who are neither enrolled in the cycle nor nominated."""
    standing = select(Enrolment.id).where(
        Enrolment.person_id == Person.id,
        Enrolment.cycle_id == cycle_id,
        Enrolment.status.in_([EnrolmentStatus.REQUESTED, EnrolmentStatus.CONFIRMED]),
    )
    return (
        select(Person)
        .where(
            Person.organisation_id == organisation_id,
            ~standing.exists(),
            has_words(Person.search_key, text),
        )
        .order_by(Person.search_key, Person.id)
    )


# --- who is a referent ---------------------------------------------------------------------------


def own_organisations(organisation_ids: Collection[int], text: str) -> Select[Any]:
    """These organisations, by name."""
    return (
        select(Organisation)
        .where(Organisation.id.in_(organisation_ids), has_words(Organisation.search_key, text))
        .order_by(Organisation.name, Organisation.id)
    )


def referents_of(organisation_id: int) -> Sequence[tuple[RoleGrant, Person]]:
    """The organisation's referents, by name, with their grants."""
    rows = db.session.execute(
        select(RoleGrant, Person)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.organisation_id == organisation_id,
            RoleGrant.role == StaffRole.REFERENT,
            RoleGrant.ended_at.is_(None),
        )
        .order_by(Person.search_key, Person.id)
    )
    return [(grant, person) for grant, person in rows.unique()]


def possible_referents(organisation_id: int, text: str) -> Select[Any]:
    """People who are no referents of it yet: with no search, those who work for it."""
    held = select(RoleGrant.id).where(
        RoleGrant.person_id == Person.id,
        RoleGrant.organisation_id == organisation_id,
        RoleGrant.role == StaffRole.REFERENT,
        RoleGrant.ended_at.is_(None),
    )
    found = searched(text).where(~held.exists())
    return found if text else found.where(Person.organisation_id == organisation_id)
