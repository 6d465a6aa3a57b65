"""Rows before and after a merge, so that it can be undone exactly, or refused when rows moved on.

`TRACED` names every table and column that a merge may change. Rows are kept as plain JSON values.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, or_, select, update

from lms.accounts.models import Account, Person, PersonEmail, RoleGrant
from lms.accounts.models_tax_codes import TaxCode
from lms.attendance.models import AttendanceRecord, ReportEntry
from lms.attendance.models_contests import Contest
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import CycleTrainer, LessonTrainer
from lms.clock import now
from lms.database import UtcDateTime
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.federation.models import FederatedIdentity
from lms.joining.models import NoticeAcceptance

Row = dict[str, Any]
Snapshot = dict[str, dict[int, Row]]


@dataclass(frozen=True, slots=True)
class Traced:
    """A table, the column that says whose a row is, and the columns that a merge may change.

    Without `columns` whole rows are kept, because a merge may delete them.
    """

    table: Table
    owner: str
    columns: tuple[str, ...] = ()
    key: str = "id"
    by_enrolment: bool = False
    by_account: bool = False

    @property
    def kept(self) -> list[str]:
        """The names of the columns kept."""
        return list(self.columns) or [column.name for column in self.table.columns]


def _traced(model: Any, owner: str, *columns: str, **more: Any) -> Traced:
    return Traced(model.__table__, owner, columns, **more)


TRACED = (
    _traced(Person, "id", "merged_into_id"),
    _traced(Account, "person_id", "person_id", "is_active"),
    _traced(PersonEmail, "person_id", "person_id"),
    _traced(RoleGrant, "person_id", "person_id"),
    _traced(NoticeAcceptance, "person_id", "person_id"),
    _traced(FederatedIdentity, "account_id", "account_id", by_account=True),
    _traced(CycleTrainer, "person_id"),
    _traced(LessonTrainer, "person_id"),
    _traced(CalendarFeed, "person_id", "person_id", "revoked_at"),
    _traced(TaxCode, "person_id", "keyed_hash", "source", key="person_id"),
    _traced(Enrolment, "person_id", "person_id", "status", "enrolled_at", "united_into_id"),
    _traced(AttendanceRecord, "enrolment_id", by_enrolment=True),
    _traced(ReportEntry, "enrolment_id", "enrolment_id", by_enrolment=True),
    _traced(Contest, "enrolment_id", "enrolment_id", "status", "closed_at", by_enrolment=True),
)
BY_NAME = {traced.table.name: traced for traced in TRACED}


@dataclass(frozen=True, slots=True)
class Change:
    """One row: None before is a new one, None after a deleted one.

    Else the columns that differ, or all of them where whole rows are kept.
    """

    table: str
    key: int
    before: Row | None
    after: Row | None

    def plain(self) -> list[Any]:
        """As JSON keeps it."""
        return [self.table, self.key, self.before, self.after]


def snapshot(person_ids: tuple[int, int]) -> Snapshot:
    """Every traced row of these two people."""
    db.session.flush()
    own = select(Enrolment.id).where(Enrolment.person_id.in_(person_ids))
    accounts = select(Account.id).where(Account.person_id.in_(person_ids))
    found: Snapshot = {}
    for traced in TRACED:
        owner = traced.table.c[traced.owner]
        condition: ColumnElement[bool] = owner.in_(
            own if traced.by_enrolment else accounts if traced.by_account else person_ids
        )
        if traced.table is Enrolment.__table__:  # and those united earlier into one of theirs
            condition = or_(condition, traced.table.c.united_into_id.in_(own))
        found[traced.table.name] = _rows(traced, condition)
    return found


def _rows(traced: Traced, condition: ColumnElement[bool]) -> dict[int, Row]:
    key = traced.table.c[traced.key]
    columns = [traced.table.c[name] for name in traced.kept]
    rows = db.session.execute(select(key.label("_key"), *columns).where(condition))
    return {
        row[0]: {name: _plain(value) for name, value in zip(traced.kept, row[1:], strict=True)}
        for row in rows
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def changes_between(before: Snapshot, after: Snapshot) -> list[Change]:
    """What a merge did to the traced rows."""
    found = []
    for name in before:
        for key in sorted(before[name].keys() | after[name].keys()):
            old, new = before[name].get(key), after[name].get(key)
            if old is None or new is None:
                found.append(Change(name, key, old, new))
            elif old != new:
                whole = not BY_NAME[name].columns
                kept = [column for column in old if whole or old[column] != new[column]]
                found.append(
                    Change(name, key, {c: old[c] for c in kept}, {c: new[c] for c in kept})
                )
    return found


def united(changes: list[Change]) -> set[int]:
    """Both enrolments of every two that became one."""
    found: set[int] = set()
    for change in changes:
        target = (change.after or {}).get("united_into_id") if change.table == "enrolment" else None
        if target:
            found |= {change.key, target}
    return found


def moved_on(changes: list[Change]) -> set[str]:
    """The tables in which a row is no longer as the merge left it."""
    wanted: dict[str, dict[int, Row | None]] = {}
    for change in changes:
        wanted.setdefault(change.table, {})[change.key] = change.after
    moved = set()
    for name, rows in wanted.items():
        traced = BY_NAME[name]
        current = _rows(traced, traced.table.c[traced.key].in_(list(rows)))
        if any(not _agrees(current.get(key), after) for key, after in rows.items()):
            moved.add(name)
    return moved


def _agrees(current: Row | None, after: Row | None) -> bool:
    if current is None or after is None:
        return current is after
    return all(current[column] == value for column, value in after.items())


def put_back(changes: list[Change]) -> None:
    """Bring every changed row back to what it was."""
    for change in changes:
        if change.before is None:
            traced = BY_NAME[change.table]
            db.session.execute(delete(traced.table).where(traced.table.c[traced.key] == change.key))
    give([c for c in changes if c.table == "enrolment" and c.before and c.after], _before)
    for change in sorted(changes, key=_raises_a_claim):
        if change.before is None:
            continue
        traced = BY_NAME[change.table]
        values = {name: _typed(traced.table, name, v) for name, v in change.before.items()}
        if change.after is None:
            db.session.execute(insert(traced.table).values(**values))
        else:
            db.session.execute(
                update(traced.table)
                .where(traced.table.c[traced.key] == change.key)
                .values(**values)
            )
    db.session.expire_all()


def _raises_a_claim(change: Change) -> bool:
    """Whether a tax code becomes vouched for: only when the other one is so no more."""
    return change.table == "tax_code" and (change.before or {}).get("source") != "declared"


def _before(change: Change) -> Mapping[str, Any]:
    return change.before or {}


def give(changes: list[Change], side: Callable[[Change], Mapping[str, Any]]) -> None:
    """Give enrolments to the people that `side` of their changes names.

    Two of one cycle may change places, and no moment may see both with one person: they wait with
    somebody who exists for that moment only, inside the transaction.
    """
    owners = {c.key: side(c)["person_id"] for c in changes if "person_id" in side(c)}
    if not owners:
        return
    nobody = Person(given_name="-", family_name="-", created_at=now())
    db.session.add(nobody)
    db.session.flush()
    waiting: set[int] = set()
    for enrolment_id, cycle_id in _cycles(owners):
        if cycle_id not in waiting:
            waiting.add(cycle_id)
            _own(enrolment_id, nobody.id)
        else:
            _own(enrolment_id, owners.pop(enrolment_id))
    for enrolment_id, person_id in owners.items():
        _own(enrolment_id, person_id)
    db.session.delete(nobody)
    db.session.flush()


def _cycles(enrolment_ids: Mapping[int, int]) -> list[tuple[int, int]]:
    rows = select(Enrolment.id, Enrolment.cycle_id).where(Enrolment.id.in_(list(enrolment_ids)))
    return [(row[0], row[1]) for row in db.session.execute(rows.order_by(Enrolment.id))]


def _own(enrolment_id: int, person_id: int) -> None:
    db.session.execute(
        update(Enrolment).where(Enrolment.id == enrolment_id).values(person_id=person_id)
    )


def _typed(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    enumeration = getattr(kind, "enum_class", None)
    return enumeration(value) if enumeration else value
