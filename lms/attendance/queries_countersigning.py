"""What waits for a countersignature, what lies before who gives it, and whether all still hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, contains_eager

from lms.accounts.models import Person
from lms.accounts.scopes import Reach
from lms.attendance import countersigning, sealing
from lms.attendance.countersigning import Seen
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    RegisterStatus,
    SealChain,
)
from lms.attendance.models_paper import Countersignature, RegisterScan
from lms.catalogue.models import Cycle, Lesson, Module, Track
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sealed register that nobody has countersigned, with what one should know before."""

    register: AttendanceRegister
    closer: str
    marked: int
    present: int
    rectifications: int
    last_rectification: int
    scans: int

    @property
    def token(self) -> str:
        """What a page of confirmation was made on."""
        return f"{self.register.id}-{self.last_rectification}-{self.scans}"


def _not_countersigned() -> Any:
    return (
        AttendanceRegister.status == RegisterStatus.CLOSED,
        ~select(Countersignature.id)
        .where(Countersignature.register_id == AttendanceRegister.id)
        .exists(),
    )


def _counted(column: Any, *conditions: Any) -> Any:
    return select(column).where(*conditions).correlate(AttendanceRegister).scalar_subquery()


def waiting(cycle_id: int) -> list[Waiting]:
    """The registers of a cycle that wait for a countersignature, by date (one query)."""
    closer = aliased(Person)
    own = AttendanceRecord.register_id == AttendanceRegister.id
    corrected = (
        Evidence.register_id == AttendanceRegister.id,
        Evidence.kind == EvidenceKind.RECTIFICATION,
    )
    scans = (
        RegisterScan.register_id == AttendanceRegister.id, RegisterScan.withdrawn_at.is_(None)
    )  # fmt: skip
    query = (
        select(
            AttendanceRegister,
            closer.given_name,
            closer.family_name,
            _counted(func.count(AttendanceRecord.id), own),
            _counted(func.count(AttendanceRecord.id), own, AttendanceRecord.mark == Mark.PRESENT),
            _counted(func.count(Evidence.id), *corrected),
            _counted(func.max(Evidence.id), *corrected),
            _counted(func.count(RegisterScan.id), *scans),
        )
        .join(AttendanceRegister.lesson)
        .join(Module, Module.id == Lesson.module_id)
        .outerjoin(closer, closer.id == AttendanceRegister.closed_by_id)
        .where(Module.cycle_id == cycle_id, *_not_countersigned())
        .options(contains_eager(AttendanceRegister.lesson))
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [
        Waiting(
            register,
            f"{given} {family}" if family else "",
            marked,
            present,
            rectifications,
            last or 0,
            scanned,
        )
        for (
            register, given, family, marked, present, rectifications, last, scanned,
        ) in db.session.execute(query)
    ]  # fmt: skip


def waiting_by_cycle(reach: Reach) -> list[tuple[Cycle, int]]:
    """The cycles one organises in which registers wait, with how many."""
    query: Select[Any] = (
        select(Cycle, func.count(AttendanceRegister.id))
        .join(Module, Module.cycle_id == Cycle.id)
        .join(Lesson, Lesson.module_id == Module.id)
        .join(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
        .join(Cycle.track)
        .options(contains_eager(Cycle.track))
        .where(reach.holds(Cycle.track_id), *_not_countersigned())
        .group_by(Cycle.id, Track.id)
        .order_by(Cycle.title, Cycle.id)
    )
    return [(cycle, count) for cycle, count in db.session.execute(query)]


def countersignature_of(register_id: int) -> tuple[Countersignature, str] | None:
    """The countersignature of a register, with its author's name."""
    query = (
        select(Countersignature, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Countersignature.by_id)
        .where(Countersignature.register_id == register_id)
    )
    row = db.session.execute(query).one_or_none()
    return (row[0], f"{row[1]} {row[2]}" if row[2] else "") if row else None


def seen(register_id: int, last: int | None = None) -> Seen:
    """Rectifications (until the one with the id `last`) and scans of a register."""
    corrections = (
        select(Evidence)
        .where(Evidence.register_id == register_id, Evidence.kind == EvidenceKind.RECTIFICATION)
        .order_by(Evidence.id)
    )
    if last is not None:
        corrections = corrections.where(Evidence.id <= last)
    found = list(db.session.scalars(corrections))
    scans = (
        select(RegisterScan.sha256)
        .where(RegisterScan.register_id == register_id, RegisterScan.withdrawn_at.is_(None))
        .order_by(RegisterScan.id)
    )
    return Seen(
        found[-1].id if found else 0,
        [_plain(each) for each in found],
        list(db.session.scalars(scans)),
    )


def _plain(evidence: Evidence) -> list[Any]:
    """A rectification without its reason, which an erasure may empty."""
    mark = evidence.mark.value if evidence.mark else None
    at = sealing.instant(evidence.at)
    return [evidence.enrolment_id, mark, evidence.minutes, evidence.author_id, at]


@dataclass(frozen=True, slots=True)
class CountersignatureFault:
    """What is wrong with a countersignature, and of which register it is."""

    seal_number: int | None
    lesson_id: int | None
    text: str


def countersignature_faults(chain: SealChain | None) -> tuple[int, list[CountersignatureFault]]:
    """How many countersignatures there are, and what is wrong with their chain."""
    found: list[CountersignatureFault] = []
    previous, number = "", 0
    query = (
        select(Countersignature, AttendanceRegister)
        .join(AttendanceRegister, AttendanceRegister.id == Countersignature.register_id)
        .order_by(Countersignature.number)
    )
    for signed, register in db.session.execute(query):
        number += 1
        found += [
            CountersignatureFault(register.seal_number, register.lesson_id, text)
            for text in _faults(signed, register, number, previous)
        ]
        previous, number = signed.hash, signed.number
    if chain is None or (chain.countersigned, chain.countersignature) != (number, previous):
        found.append(
            CountersignatureFault(None, None, "the countersignatures do not end with the last one")
        )
    return number, found


def _faults(
    signed: Countersignature, register: AttendanceRegister, expected: int, previous: str
) -> Iterator[str]:
    if signed.number != expected:
        yield f"a countersignature is missing: number {expected} was expected here"
    if signed.previous != previous:
        yield "its countersignature does not follow the one before"
    if countersigning.hash_of(signed.previous, signed.text) != signed.hash:
        yield "its countersignature is not the one that was given"
        return
    told = json.loads(signed.text)
    if told.get("seal") != register.seal:
        yield "its countersignature is of another seal"
        return
    last = told["rectifications"]["last"]
    if seen(register.id, last).digest != told["rectifications"]["sha256"]:
        yield "its rectifications are not those that were countersigned"


def people_behind(person_ids: Iterable[int]) -> dict[int, int]:
    """Each person's number by itself, or that of the record it was united into."""
    ids = set(person_ids)
    query = select(Person.id, Person.merged_into_id).where(Person.id.in_(ids))
    return {number: into or number for number, into in db.session.execute(query)}
