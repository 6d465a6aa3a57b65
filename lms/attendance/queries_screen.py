"""What the screen in the room and the register tell of check-ins: counts, and shared browsers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from lms.attendance.models import AttendanceRegister, Evidence, EvidenceKind
from lms.attendance.models_checking import CheckInTrace
from lms.attendance.queries_checking import Desk
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """A lesson's check-ins in figures: everybody enrolled, who came, who went again."""

    people: int
    came: int
    left: int


def counts(desk: Desk) -> CheckCounts:
    """How many have checked in, and how many of these have checked out again."""
    last = (
        select(func.max(Evidence.id).label("id"))
        .join(AttendanceRegister, AttendanceRegister.id == Evidence.register_id)
        .where(
            AttendanceRegister.lesson_id == desk.lesson_id,
            Evidence.kind.in_((EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT)),
        )
        .group_by(Evidence.enrolment_id)
        .subquery()
    )
    left = func.coalesce(func.sum(case((Evidence.kind == EvidenceKind.CHECKOUT, 1), else_=0)), 0)
    people = (
        select(func.count(Enrolment.id))
        .where(Enrolment.cycle_id == desk.cycle_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(people, func.count(Evidence.id), left)
        .select_from(last)
        .join(Evidence, Evidence.id == last.c.id)
    ).one()
    return CheckCounts(*row)


@dataclass(frozen=True, slots=True)
class Notices:
    """What the register tells of check-ins: how many, how many wait, how many browsers shared."""

    came: int
    waiting: int
    shared: int


def notices(register_id: int, *, over: bool) -> Notices:
    """Once the lesson is `over`, who has come and not gone where that is asked; shared browsers."""
    last = (
        select(func.max(Evidence.id).label("id"))
        .where(
            Evidence.register_id == register_id,
            Evidence.kind.in_((EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT)),
        )
        .group_by(Evidence.enrolment_id)
        .subquery()
    )
    waiting = (
        select(func.count(Evidence.id))
        .join(last, last.c.id == Evidence.id)
        .where(Evidence.kind == EvidenceKind.CHECKIN, Evidence.minutes.is_(None))
        .scalar_subquery()
    )
    shared = (
        select(CheckInTrace.device)
        .join(Evidence, Evidence.id == CheckInTrace.evidence_id)
        .where(CheckInTrace.register_id == register_id, Evidence.kind == EvidenceKind.CHECKIN)
        .group_by(CheckInTrace.device)
        .having(func.count(Evidence.enrolment_id.distinct()) > 1)
        .subquery()
    )
    came = select(func.count()).select_from(last).scalar_subquery()
    found = select(came, waiting, select(func.count()).select_from(shared).scalar_subquery())
    everybody, still_in, devices = db.session.execute(found).one()
    return Notices(everybody, still_in if over else 0, devices)


@dataclass(frozen=True, slots=True)
class SharedDevice:
    """One browser that checked several people in, with their names and the instants."""

    people: tuple[tuple[int, str, datetime], ...]


def shared_devices(register_id: int, most: int = 20) -> list[SharedDevice]:
    """Browsers that checked in more than one person of a register; those with the most first."""
    how_many = func.count(Evidence.enrolment_id.distinct())
    shared = (
        select(CheckInTrace.device, how_many.label("people"))
        .join(Evidence, Evidence.id == CheckInTrace.evidence_id)
        .where(CheckInTrace.register_id == register_id, Evidence.kind == EvidenceKind.CHECKIN)
        .group_by(CheckInTrace.device)
        .having(how_many > 1)
        .order_by(how_many.desc(), CheckInTrace.device)
        .limit(most)
        .subquery()
    )
    query = (
        select(
            CheckInTrace.device,
            Enrolment.id,
            Enrolment.family_name,
            Enrolment.given_name,
            func.min(Evidence.at),
        )
        .join(shared, shared.c.device == CheckInTrace.device)
        .join(Evidence, Evidence.id == CheckInTrace.evidence_id)
        .join(Enrolment, Enrolment.id == Evidence.enrolment_id)
        .where(CheckInTrace.register_id == register_id, Evidence.kind == EvidenceKind.CHECKIN)
        .group_by(
            CheckInTrace.device, shared.c.people, Enrolment.id, Enrolment.family_name,
            Enrolment.given_name,
        )
        .order_by(shared.c.people.desc(), CheckInTrace.device, func.min(Evidence.id))
    )  # fmt: skip
    found: dict[str, list[tuple[int, str, datetime]]] = {}
    for device, number, family, given, at in db.session.execute(query):
        found.setdefault(device, []).append((number, f"{family} {given}", at))
    return [SharedDevice(tuple(people)) for people in found.values()]
