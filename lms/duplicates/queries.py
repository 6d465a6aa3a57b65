"""Every question of this room: who may be one, what each of two has, what happened since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, undefer

from lms.accounts import queries as people
from lms.accounts.models import Account, Person, PersonEmail, StaffRole
from lms.accounts.models_tax_codes import TaxCode
from lms.attendance.models import AttendanceRegister, Evidence, RegisterStatus
from lms.catalogue.models import Cycle, CycleTrainer, Lesson, Module
from lms.duplicates.models import NotDuplicate, PersonMerge
from lms.duplicates.rules import Known, Pair, Party, Proposal, proposals
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateStatus
from lms.text import search_key


def known_people() -> list[Known]:
    """Everybody, as clues look at them; three queries."""
    mails: dict[int, set[str]] = defaultdict(set)
    for person_id, address in _rows(select(PersonEmail.person_id, PersonEmail.address)):
        mails[person_id].add(address)
    codes: dict[int, str] = {
        row[0]: row[1] for row in _rows(select(TaxCode.person_id, TaxCode.keyed_hash))
    }
    rows = _rows(
        select(Person.id, Person.family_name, Person.given_name, Person.organisation_id).where(
            Person.merged_into_id.is_(None)
        )
    )
    return [
        Known(key, f"{family} {given}", body, frozenset(mails[key]), codes.get(key))
        for key, family, given, body in rows
    ]


def _rows(query: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(query)]


def queue(text: str) -> list[Proposal]:
    """Pairs to look at, the strongest clue first; every word of `text` stands in one of the two."""
    known = known_people()
    apart: set[Pair] = {
        (first, second)
        for first, second in _rows(select(NotDuplicate.first_id, NotDuplicate.second_id))
    }
    found = proposals(known, apart)
    words = search_key(text).split()
    if not words:
        return found
    texts = {p.person_id: search_key(f"{p.name} {' '.join(sorted(p.mails))}") for p in known}
    return [
        each
        for each in found
        if any(all(word in texts[key] for word in words) for key in each.pair)
    ]


def people_of(pairs: Collection[Pair]) -> dict[int, Person]:
    """The people of these pairs, by id."""
    ids = {key for pair in pairs for key in pair}
    rows = db.session.scalars(select(Person).where(Person.id.in_(ids))).unique()
    return {row.id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Held:
    """An enrolment as a comparison shows it."""

    enrolment: Enrolment
    certified: bool


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is known of one of two people who may be one."""

    person: Person
    emails: list[str]
    roles: set[StaffRole]
    account: Account | None
    tax_code: TaxCode | None
    trains: int
    held: list[Held]

    @property
    def party(self) -> Party:
        """As far as what stands against uniting them goes."""
        return Party(
            self.person.id,
            united=self.person.merged_into_id is not None,
            staff=bool(self.roles),
            signs_in=self.account.is_active if self.account else None,
            tax_code=self.tax_code.keyed_hash if self.tax_code else None,
        )


def portraits(*two: Person) -> list[Portrait]:
    """Both, side by side; four queries."""
    ids = [person.id for person in two]
    emails, roles = people.emails_of(ids), people.open_roles(ids)
    trains = (
        select(func.count(CycleTrainer.id))
        .where(CycleTrainer.person_id == Person.id)
        .scalar_subquery()
    )
    own = {
        person_id: (account, code, count)
        for person_id, account, code, count in _rows(
            select(Person.id, Account, TaxCode, trains)
            .outerjoin(Account, Account.person_id == Person.id)
            .outerjoin(TaxCode, TaxCode.person_id == Person.id)
            .options(lazyload(Account.person))
            .where(Person.id.in_(ids))
        )
    }
    held: dict[int, list[Held]] = defaultdict(list)
    for enrolment, certificate_id in _rows(_held(ids)):
        held[enrolment.person_id].append(Held(enrolment, certificate_id is not None))
    return [
        Portrait(person, emails[person.id], roles[person.id], *own[person.id], held[person.id])
        for person in two
    ]


def _held(person_ids: list[int]) -> Select[Any]:
    return (
        select(Enrolment, Certificate.id)
        .join(Enrolment.cycle)
        .options(contains_eager(Enrolment.cycle))
        .outerjoin(
            Certificate,
            (Certificate.enrolment_id == Enrolment.id)
            & (Certificate.status == CertificateStatus.VALID),
        )
        .where(Enrolment.person_id.in_(person_ids), Enrolment.united_into_id.is_(None))
        .order_by(Cycle.title, Enrolment.id)
    )


def parties(*two: Person) -> list[Party]:
    """Both, as far as what stands against uniting them goes."""
    return [portrait.party for portrait in portraits(*two)]


def told_apart(first_id: int, second_id: int) -> NotDuplicate | None:
    """Who said of these two that they are not the same, if anybody did."""
    return db.session.get(NotDuplicate, tuple(sorted((first_id, second_id))))


def merges(text: str) -> Select[Any]:
    """Unions, the latest first; `text` is sought in the names of both."""
    found = (
        select(PersonMerge)
        .options(
            joinedload(PersonMerge.kept, innerjoin=True),
            joinedload(PersonMerge.other, innerjoin=True),
            joinedload(PersonMerge.by, innerjoin=True),
        )
        .order_by(PersonMerge.id.desc())
    )
    for word in search_key(text).split():
        named = select(Person.id).where(Person.search_key.contains(word, autoescape=True))
        found = found.where(or_(PersonMerge.kept_id.in_(named), PersonMerge.other_id.in_(named)))
    return found


# --- for the deeds --------------------------------------------------------------------------------


def enrolments_held(person_id: int) -> list[Enrolment]:
    """A person's enrolments as they stand now, by cycle; those united into another left out."""
    rows = (
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.united_into_id.is_(None))
        .order_by(Enrolment.cycle_id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(rows))


def has_valid_certificate(enrolment_id: int) -> bool:
    """Whether a valid certificate was issued on this enrolment."""
    found = select(Certificate.id).where(
        Certificate.enrolment_id == enrolment_id, Certificate.status == CertificateStatus.VALID
    )
    return db.session.scalar(found) is not None


def cycles_of(enrolment_ids: Collection[int]) -> list[int]:
    """The cycles of these enrolments, in order."""
    found = select(Enrolment.cycle_id).where(Enrolment.id.in_(enrolment_ids)).distinct()
    return list(db.session.scalars(found.order_by(Enrolment.cycle_id)))


def last_evidence(enrolment_ids: Collection[int]) -> int:
    """The id of the last evidence of these enrolments; what has a higher one is news."""
    last = select(func.max(Evidence.id)).where(Evidence.enrolment_id.in_(enrolment_ids))
    return db.session.scalar(last) or 0


def news(enrolment_ids: Collection[int], since: int, own: Collection[int]) -> bool:
    """Whether these enrolments have evidence newer than `since` that is not among `own`."""
    found = select(Evidence.id).where(
        Evidence.enrolment_id.in_(enrolment_ids), Evidence.id > since, Evidence.id.not_in(own)
    )
    return db.session.scalar(found.limit(1)) is not None


def statuses_of(enrolment_ids: Collection[int]) -> dict[str, str]:
    """How these enrolments stand, by id, as JSON keeps it."""
    rows = _rows(select(Enrolment.id, Enrolment.status).where(Enrolment.id.in_(enrolment_ids)))
    return {str(key): status.value for key, status in rows}


def unions_of(*people: Person) -> list[PersonMerge]:
    """Every union in which one of these people ever stood, with what it changed."""
    ids = [person.id for person in people]
    found = select(PersonMerge).options(undefer(PersonMerge.changes))
    return list(
        db.session.scalars(
            found.where(or_(PersonMerge.kept_id.in_(ids), PersonMerge.other_id.in_(ids)))
        )
    )


def sealed_since(enrolment_ids: Collection[int], instant: datetime) -> bool:
    """Whether a register of these enrolments' cycles was sealed after `instant`."""
    found = (
        select(AttendanceRegister.id)
        .join(Lesson, AttendanceRegister.lesson_id == Lesson.id)
        .join(Module, Lesson.module_id == Module.id)
        .where(
            Module.cycle_id.in_(cycles_of(enrolment_ids)),
            AttendanceRegister.status == RegisterStatus.CLOSED,
            AttendanceRegister.closed_at >= instant,
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def certified_since(enrolment_ids: Collection[int], instant: datetime) -> bool:
    """Whether a certificate was issued on one of these enrolments after `instant`."""
    found = select(Certificate.id).where(
        Certificate.enrolment_id.in_(enrolment_ids), Certificate.issued_at >= instant
    )
    return db.session.scalar(found.limit(1)) is not None
