"""Every question to this room's tables, and what others hold that decides about an erasure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased, contains_eager

from lms.accounts.models import Account, Person, PersonEmail, RoleGrant
from lms.catalogue.models import Cycle, CycleStatus, CycleTrainer
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.joining.models import NoticeAcceptance
from lms.lists import has_words
from lms.personal import Held, Whose
from lms.privacy.models import ErasureRequest, LegalHold, RequestStatus
from lms.privacy.rules import Obstacle, obstacles

OVER = (CycleStatus.CLOSED, CycleStatus.ARCHIVED)


def whose(person: Person) -> Whose:
    """The person with the addresses that are theirs alone (an office's mailbox is others' too)."""
    account = db.session.scalar(select(Account).where(Account.person_id == person.id))
    other = aliased(PersonEmail)
    shared = exists().where(
        other.address == PersonEmail.address, other.person_id != PersonEmail.person_id
    )
    own = select(PersonEmail.address).where(PersonEmail.person_id == person.id, ~shared)
    found = [account.login] if account and account.login else []
    return Whose(
        person.id,
        account.id if account else None,
        tuple(dict.fromkeys((*found, *db.session.scalars(own.order_by(PersonEmail.id))))),
    )


def united(person: Person) -> list[Person]:
    """The person, and every record that was found to be the same person."""
    found, seen = [person], {person.id}
    for one in found:
        rows = db.session.scalars(select(Person).where(Person.merged_into_id == one.id))
        found += [row for row in rows.unique() if row.id not in seen]
        seen = {row.id for row in found}
    return found


def survivor(person: Person) -> Person:
    """The record the person lives on in: their own, or the one it was united with."""
    while person.merged_into_id is not None:
        person = db.session.get_one(Person, person.merged_into_id)
    return person


def same_people(ids: Any) -> Any:
    """The ids of these records and of all that were found to be the same people; a selectable."""
    up = select(ids.subquery().c[0].label("id")).cte("the_same_above", recursive=True)
    above = select(Person.merged_into_id).join(up, up.c.id == Person.id)
    up = up.union(above.where(Person.merged_into_id.is_not(None)))
    down = select(up.c.id).cte("the_same", recursive=True)
    down = down.union(select(Person.id).join(down, Person.merged_into_id == down.c.id))
    return select(down.c.id)


def _of_person(person_id: int) -> ColumnElement[bool]:
    """A request of this person, whichever of their records it was asked on."""
    own = select(Person.id).where(Person.id == person_id)
    return ErasureRequest.person_id.in_(same_people(own))


def held() -> Held:
    """Who and what is on hold now: people by name, cycles, and everybody enrolled in those."""
    open_holds = LegalHold.lifted_at.is_(None)
    cycles = select(LegalHold.cycle_id).where(open_holds, LegalHold.cycle_id.is_not(None))
    by_name = select(LegalHold.person_id).where(open_holds, LegalHold.person_id.is_not(None))
    by_cycle = select(Enrolment.person_id).where(Enrolment.cycle_id.in_(cycles))
    taught = select(CycleTrainer.person_id).where(CycleTrainer.cycle_id.in_(cycles))
    people = same_people(union_all(by_name, by_cycle, taught))
    return Held(person_ids=people, cycle_ids=cycles)  # type: ignore[arg-type]


def obstacles_of(person: Person) -> tuple[Obstacle, ...]:
    """What stands in the way of erasing this person now."""
    ids = [one.id for one in united(person)]
    running = exists().where(
        Enrolment.person_id.in_(ids),
        Enrolment.status == EnrolmentStatus.CONFIRMED,
        Enrolment.cycle_id == Cycle.id,
        Cycle.status.not_in(OVER),
    )
    teaching = exists().where(
        CycleTrainer.person_id.in_(ids),
        CycleTrainer.cycle_id == Cycle.id,
        Cycle.status.not_in(OVER),
    )
    roles = exists().where(RoleGrant.person_id.in_(ids), RoleGrant.ended_at.is_(None))
    on_hold = exists().where(Person.id.in_(ids), Person.id.in_(held().person_ids))
    asked = db.session.execute(select(on_hold, roles, teaching, running)).one()
    return obstacles(
        erased=person.erased_at is not None,
        held=bool(asked[0]),
        roles=bool(asked[1]),
        teaching=bool(asked[2]),
        running=bool(asked[3]),
    )


def acceptances(person_id: int) -> list[NoticeAcceptance]:
    """Which versions of the notice the person has read, the latest first."""
    rows = select(NoticeAcceptance).where(NoticeAcceptance.person_id == person_id)
    return list(db.session.scalars(rows.order_by(NoticeAcceptance.id.desc())))


def last_request(person_id: int) -> ErasureRequest | None:
    """The person's last request to be erased."""
    rows = select(ErasureRequest).where(_of_person(person_id))
    return db.session.scalar(rows.order_by(ErasureRequest.id.desc()).limit(1))


def open_requests(person_id: int) -> list[ErasureRequest]:
    """The person's requests that nobody has decided yet: two where two records were united."""
    rows = select(ErasureRequest).where(
        _of_person(person_id), ErasureRequest.status == RequestStatus.OPEN
    )
    return list(db.session.scalars(rows.order_by(ErasureRequest.id)))


def requests(text: str, *, decided: bool) -> Select[Any]:
    """Requests that wait, the oldest first; or those decided, the latest first."""
    row = ErasureRequest
    order = row.decided_at.desc() if decided else row.asked_at
    is_open = row.status == RequestStatus.OPEN
    return (
        select(row)
        .join(Person, Person.id == row.person_id)
        .options(contains_eager(row.person))
        .where(~is_open if decided else is_open, has_words(Person.search_key, text))
        .order_by(order, row.id)
    )


def holds(text: str) -> Select[Any]:
    """Legal holds, those that stand first."""
    row, person = LegalHold, aliased(Person)
    return (
        select(row)
        .outerjoin(person, person.id == row.person_id)
        .outerjoin(Cycle, Cycle.id == row.cycle_id)
        .where(or_(has_words(person.search_key, text), has_words(Cycle.search_key, text)))
        .order_by(row.lifted_at.is_not(None), row.id.desc())
    )


def open_hold(*, person_id: int | None = None, cycle_id: int | None = None) -> LegalHold | None:
    """The hold that stands on this person or cycle by name."""
    row = LegalHold
    of_it = row.person_id == person_id if person_id else row.cycle_id == cycle_id
    return db.session.scalar(select(row).where(row.lifted_at.is_(None), of_it).limit(1))


def count_waiting() -> int:
    """How many requests wait for a decision."""
    rows = select(func.count()).where(ErasureRequest.status == RequestStatus.OPEN)
    return db.session.scalar(rows) or 0
