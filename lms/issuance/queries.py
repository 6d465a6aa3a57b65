"""What a cycle's certificates are made of, who has one, which documents are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from lms.accounts.models import Person
from lms.catalogue.models import Cycle, FundingEmblem, Lesson, Module
from lms.clock import now
from lms.enrolment.models import TOOK_PART, Enrolment
from lms.extensions import db
from lms.issuance import facts
from lms.issuance.models import (
    Certificate,
    CertificateDocument,
    CertificateStatus,
)
from lms.issuance.rules import Entitlement, entitlement
from lms.jobs import OPEN, Job
from lms.links import LARGEST_ID


@dataclass(frozen=True, slots=True)
class LastCertificate:
    """The newest certificate of an enrolment, without its snapshot."""

    id: int
    serial: str
    status: CertificateStatus
    minutes: int
    holder_name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One enrolment of a cycle with its answer and its newest certificate.

    Name and organisation are the enrolment's: what a certificate of today would print.
    """

    enrolment_id: int
    given_name: str
    family_name: str
    organisation_name: str
    search_key: str
    answer: Entitlement
    certificate: LastCertificate | None
    erased: bool = False  # made anonymous: nothing is printed for them any more
    present_name: str = ""  # of the person's record, which may have been corrected since

    @property
    def full_name(self) -> str:
        """Given name first, as certificates print it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def sorted_name(self) -> str:
        """Family name first, as lists have it."""
        return f"{self.family_name} {self.given_name}"

    @property
    def issued(self) -> bool:
        """Whether there is a valid certificate."""
        return self.certificate is not None and self.certificate.status is CertificateStatus.VALID

    @property
    def to_issue(self) -> bool:
        """Whether the next issue includes this enrolment.

        Where a certificate was revoked a person decided; only a person issues another.
        """
        return self.answer.entitled and self.certificate is None and not self.erased


_CERTIFICATE = (
    Certificate.id, Certificate.serial, Certificate.status, Certificate.minutes,
    Certificate.holder_name,
)  # fmt: skip


def candidates(cycle: Cycle) -> list[Candidate]:
    """Everybody ever enrolled in `cycle`, by family name; three queries whatever their number.

    Who was only nominated is not; a certificate, once issued, stays on the list.
    """
    lessons = facts.planned_lessons([cycle.id]).get(cycle.id, [])
    marks = facts.marks_of_cycle(cycle.id)
    rule, instant = facts.rule_of(cycle), now()
    rows = db.session.execute(
        select(
            Enrolment.id, Enrolment.status, Enrolment.enrolled_at, Enrolment.given_name,
            Enrolment.family_name, Enrolment.organisation_name, Enrolment.search_key,
            Person.erased_at, Person.given_name, Person.family_name, *_CERTIFICATE,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(
            Enrolment.cycle_id == cycle.id,
            Enrolment.united_into_id.is_(None),
            or_(Enrolment.status.in_(TOOK_PART), Certificate.id.is_not(None)),
        )
        .order_by(
            Enrolment.family_name, Enrolment.given_name, Enrolment.id, Certificate.number
        )
    )  # fmt: skip
    # Who had several certificates comes several times, the newest one last.
    found: dict[int, Candidate] = {}
    for (
        number,
        status,
        enrolled_at,
        given,
        family,
        organisation,
        key,
        erased_at,
        given_now,
        family_now,
        *certificate,
    ) in rows:
        newest = LastCertificate(*certificate) if certificate[0] is not None else None
        known = found.get(number)
        if known is not None:
            found[number] = replace(known, certificate=newest)
            continue
        person = facts.facts_of(status, enrolled_at, marks.get(number))
        answer = entitlement(lessons, rule, person, instant)
        found[number] = Candidate(
            number, given, family, organisation, key, answer, newest, erased_at is not None,
            f"{given_now} {family_now}",
        )  # fmt: skip
    return list(found.values())


def candidate_of(enrolment: Enrolment) -> Candidate:
    """One enrolment as `candidates` has it."""
    newest = db.session.execute(
        select(*_CERTIFICATE)
        .where(Certificate.enrolment_id == enrolment.id)
        .order_by(Certificate.number.desc())
        .limit(1)
    ).one_or_none()
    answer = facts.progress([enrolment])[enrolment.id].answer
    return Candidate(
        enrolment.id, enrolment.given_name, enrolment.family_name, enrolment.organisation_name,
        enrolment.search_key, answer, LastCertificate(*newest) if newest else None,
        enrolment.person.erased_at is not None, enrolment.person.full_name,
    )  # fmt: skip


# --- what certificates are made of ---------------------------------------------------------------


def lessons_of(cycle_id: int) -> Sequence[Lesson]:
    """The lessons of a cycle in the order of time, modules loaded."""
    return db.session.scalars(
        select(Lesson)
        .join(Lesson.module)
        .options(contains_eager(Lesson.module).raiseload(Module.cycle))
        .where(Module.cycle_id == cycle_id)
        .order_by(Lesson.starts_at, Lesson.id)
    ).all()


def emblems_of(track_id: int) -> Sequence[FundingEmblem]:
    """The funders' marks of a track, in their order."""
    return db.session.scalars(
        select(FundingEmblem)
        .where(FundingEmblem.track_id == track_id)
        .order_by(FundingEmblem.position)
    ).all()


def last_number(cycle_id: int) -> int:
    """The highest number issued in a cycle; 0 when there is none. To be asked under its lock."""
    highest = select(func.max(Certificate.number)).where(Certificate.cycle_id == cycle_id)
    return db.session.scalar(highest) or 0


# --- documents and the job that makes them -------------------------------------------------------


def job_key_start(cycle_id: int) -> str:
    """How the keys of a cycle's jobs begin."""
    return f"certificates:{cycle_id}:"


def _without_document(cycle_id: int, first: int = 0, end: int = LARGEST_ID) -> ColumnElement[bool]:
    known = select(CertificateDocument.certificate_id).where(
        CertificateDocument.certificate_id == Certificate.id
    )
    numbers = and_(Certificate.number >= first, Certificate.number < end)
    return and_(Certificate.cycle_id == cycle_id, numbers, ~known.exists())


def _count_missing(cycle_id: int, first: int = 0, end: int = LARGEST_ID) -> Select[tuple[int]]:
    return select(func.count(Certificate.id)).where(_without_document(cycle_id, first, end))


def count_missing_documents(cycle_id: int, first: int = 0, end: int = LARGEST_ID) -> int:
    """How many certificates of a cycle, numbers from `first` to below `end`, have no PDF yet."""
    return db.session.scalar(_count_missing(cycle_id, first, end)) or 0


def missing_documents(
    cycle_id: int, *, first: int, end: int, limit: int
) -> Sequence[tuple[int, int, str]]:
    """(id, number, snapshot) of certificates without a PDF, numbers from `first`, in order."""
    rows = db.session.execute(
        select(Certificate.id, Certificate.number, Certificate.snapshot)
        .where(_without_document(cycle_id, first, end))
        .order_by(Certificate.number)
        .limit(limit)
    )
    return [(row.id, row.number, row.snapshot) for row in rows]


@dataclass(frozen=True, slots=True)
class Preparation:
    """How far the documents of a cycle are. `failed`: some are missing and nobody is at it."""

    done: int
    total: int
    failed: bool
    job_id: int

    @property
    def running(self) -> bool:
        """Whether documents are missing and somebody is at it."""
        return self.done < self.total and not self.failed


def preparation(cycle_id: int) -> Preparation:
    """How far the newest act of a cycle is, told by what is really there."""
    mine = Job.key.startswith(job_key_start(cycle_id), autoescape=True)
    other = aliased(Job)
    theirs = other.key.startswith(job_key_start(cycle_id), autoescape=True)
    at_it = select(other.id).where(theirs, other.status.in_(OPEN)).exists()
    newest = (
        select(Job, _count_missing(cycle_id).scalar_subquery(), at_it)
        .where(mine)
        .order_by(Job.id.desc())
        .limit(1)
    )
    row = db.session.execute(newest).one_or_none()
    job, missing, busy = row if row else (None, count_missing_documents(cycle_id), False)
    act = 0 if job is None else job.payload["count"] if "part" in job.payload else job.total
    total = max(act, missing)
    return Preparation(total - missing, total, missing > 0 and not busy, job.id if job else 0)
