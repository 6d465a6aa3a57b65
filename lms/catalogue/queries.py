"""Lists of cycles and tracks, and what hangs on them; the same few queries for any length."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.accounts.scopes import Reach
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    FundingEmblem,
    Lesson,
    LessonStatus,
    Module,
    Track,
)
from lms.catalogue.rules import minutes_between
from lms.database import Base, TimeSpans
from lms.extensions import db
from lms.lists import has_words, page_of
from lms.pages import Page
from lms.text import search_key

CARDS_ON_A_PAGE = 12
OWN_TABLES = frozenset({"module", "lesson", "cycle_trainer", "lesson_trainer", "funding_emblem"})
CYCLE_KEY = Cycle.search_key + " " + Track.search_key
LISTED = (CycleStatus.PUBLISHED, CycleStatus.CLOSED)


class When(enum.StrEnum):
    """Which of the public cycles: those under way or to come, or those that are over."""

    CURRENT = "current"
    PAST = "past"


@dataclass(frozen=True)
class Whose:
    """Whose cycles a list shows: those of the tracks organised, and those one trains in."""

    tracks: Reach
    trainer_id: int


@dataclass(frozen=True)
class CycleCard:
    """A cycle as lists show it; hours and dates are of the lessons that take place."""

    cycle: Cycle
    lessons: int
    minutes: int
    first: datetime | None
    last: datetime | None

    def is_over(self, instant: datetime) -> bool:
        """Closed, or with nothing more to come."""
        ended = self.last is not None and self.last < instant
        return ended or self.cycle.status is not CycleStatus.PUBLISHED


def _lessons_of(cycle_id: Any) -> Select[Any]:
    """Lessons of a cycle (an id, or the column of an outer query) that take place."""
    return (
        select(Lesson.id)
        .join(Module, Lesson.module_id == Module.id)
        .where(Module.cycle_id == cycle_id, Lesson.status == LessonStatus.SCHEDULED)
    )


def _is_current(instant: datetime) -> ColumnElement[bool]:
    """Published, with something still to come (or nothing planned yet)."""
    to_come = _lessons_of(Cycle.id).where(Lesson.ends_at >= instant).correlate(Cycle).exists()
    planned = _lessons_of(Cycle.id).correlate(Cycle).exists()
    return (Cycle.status == CycleStatus.PUBLISHED) & (to_come | ~planned)


def found(text: str, key: InstrumentedAttribute[str] | ColumnElement[str]) -> ColumnElement[bool]:
    """Rows whose search `key` holds every word of `text`; a text without words finds nothing."""
    return false() if text and not search_key(text) else has_words(key, text)


def _latest_first(instant: datetime) -> tuple[Any, ...]:
    last = (
        _lessons_of(Cycle.id)
        .with_only_columns(func.max(Lesson.starts_at))
        .correlate(Cycle)
        .scalar_subquery()
    )
    beginning = datetime(2000, 1, 1, tzinfo=UTC)
    return (
        case((_is_current(instant), 0), else_=1),
        func.coalesce(last, beginning).desc(),
        Cycle.id.desc(),
    )


def public_cycles(text: str, when: When | None, instant: datetime) -> Page[CycleCard]:
    """Published and closed cycles that match, current ones first."""
    current = _is_current(instant)
    query = _listed(text).order_by(*_latest_first(instant))
    if when is not None:
        query = query.where(current if when is When.CURRENT else ~current)
    return _cards(page_of(query, CARDS_ON_A_PAGE))


def count_by_time(text: str, instant: datetime) -> dict[When, int]:
    """How many of the public cycles that match are current, how many past."""
    current = case((_is_current(instant), When.CURRENT.value), else_=When.PAST.value)
    rows = _listed(text).with_only_columns(current.label("time")).subquery()
    counted = db.session.execute(select(rows.c.time, func.count()).group_by(rows.c.time))
    numbers = {When(time): number for time, number in counted}
    return {time: numbers.get(time, 0) for time in When}


def _listed(text: str) -> Select[Any]:
    query = select(Cycle).join(Track, Cycle.track_id == Track.id)
    return query.where(Cycle.status.in_(LISTED), found(text, CYCLE_KEY))


def managed_cycles(
    text: str, status: CycleStatus | None, whose: Whose, instant: datetime
) -> Page[CycleCard]:
    """Cycles in every status that match, of those that are somebody's business."""
    query = _managed(text, whose).order_by(*_latest_first(instant))
    if status is not None:
        query = query.where(Cycle.status == status)
    return _cards(page_of(query))


def count_by_status(text: str, whose: Whose) -> dict[CycleStatus, int]:
    """How many of the managed cycles that match stand in each status."""
    rows = _managed(text, whose).with_only_columns(Cycle.status).subquery()
    counted = db.session.execute(select(rows.c.status, func.count()).group_by(rows.c.status))
    numbers = {CycleStatus(status): number for status, number in counted}
    return {status: numbers.get(status, 0) for status in CycleStatus}


def _managed(text: str, whose: Whose) -> Select[Any]:
    trains = exists().where(
        CycleTrainer.cycle_id == Cycle.id, CycleTrainer.person_id == whose.trainer_id
    )
    query = select(Cycle).join(Track, Cycle.track_id == Track.id)
    return query.where(or_(whose.tracks.holds(Cycle.track_id), trains), found(text, CYCLE_KEY))


def _cards(page: Page[Any]) -> Page[CycleCard]:
    """The same page with hours and dates, of all its cycles in one query."""
    spans: dict[int, list[tuple[datetime, datetime, TimeSpans]]] = defaultdict(list)
    rows = db.session.execute(
        select(Module.cycle_id, Lesson.starts_at, Lesson.ends_at, Lesson.breaks)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(
            Module.cycle_id.in_([cycle.id for cycle in page.items]),
            Lesson.status == LessonStatus.SCHEDULED,
        )
    )
    for cycle_id, *times in rows:
        spans[cycle_id].append((times[0], times[1], times[2]))
    cards = [_card(cycle, sorted(spans[cycle.id])) for cycle in page.items]
    return Page(cards, page.number, page.size, page.total)


def _card(cycle: Cycle, spans: Sequence[tuple[datetime, datetime, TimeSpans]]) -> CycleCard:
    return CycleCard(
        cycle=cycle,
        lessons=len(spans),
        minutes=sum(minutes_between(*span) for span in spans),
        first=spans[0][0] if spans else None,
        last=spans[-1][1] if spans else None,
    )


def last_end(cycle_id: int) -> datetime | None:
    """When the last lesson of a cycle that takes place ends; None when none is planned."""
    last = _lessons_of(cycle_id).with_only_columns(func.max(Lesson.ends_at))
    return db.session.scalar(last)


def tracks(text: str, reach: Reach) -> Page[tuple[Track, int]]:
    """Tracks within reach that match, by title, each with the number of its cycles."""
    within = select(Track).where(reach.holds(Track.id), found(text, Track.search_key))
    page = page_of(within.order_by(Track.title))
    counted: dict[int, int] = dict(
        db.session.execute(
            select(Cycle.track_id, func.count())
            .where(Cycle.track_id.in_([track.id for track in page.items]))
            .group_by(Cycle.track_id)
        )
        .tuples()
        .all()
    )
    rows = [(track, counted.get(track.id, 0)) for track in page.items]
    return Page(rows, page.number, page.size, page.total)


def track_titles(reach: Reach) -> list[tuple[int, str]]:
    """Id and title of every track within reach, for a choice."""
    within = select(Track.id, Track.title).where(reach.holds(Track.id))
    rows = db.session.execute(within.order_by(Track.title))
    return [(track_id, title) for track_id, title in rows]


def emblems(track_id: int) -> Sequence[FundingEmblem]:
    """A track's funders' marks, in their order."""
    of_track = select(FundingEmblem).where(FundingEmblem.track_id == track_id)
    return db.session.scalars(of_track.order_by(FundingEmblem.position)).all()


def in_use(kind: type[Base], ids: Sequence[int] | Select[Any]) -> bool:
    """Whether rows of the rooms above (registers, enrolments …) hang on any of these rows.

    Read from the foreign keys, so that a room still to be built counts without being named here.
    """
    hanging = (exists().where(key.in_(ids)) for key in _keys_to(kind))
    return bool(db.session.scalar(select(or_(*hanging))))


def lessons_in_use(cycle_id: int) -> frozenset[int]:
    """Ids of the cycle's lessons on which something hangs, as for `in_use`."""
    hanging = (exists().where(key == Lesson.id).correlate(Lesson) for key in _keys_to(Lesson))
    of_cycle = select(Lesson.id).join(Module).where(Module.cycle_id == cycle_id, or_(*hanging))
    return frozenset(db.session.scalars(of_cycle))


def _keys_to(kind: type[Base]) -> list[Any]:
    return [
        key.parent
        for table in Base.metadata.tables.values()
        if table.name not in OWN_TABLES
        for key in table.foreign_keys
        if key.column.table is kind.__table__
    ]


def cycle_in_use(cycle_id: int) -> bool:
    """Whether people enrolled in the cycle, or a register of one of its lessons was begun."""
    lessons = select(Lesson.id).join(Module).where(Module.cycle_id == cycle_id)
    return in_use(Cycle, [cycle_id]) or in_use(Lesson, lessons)
