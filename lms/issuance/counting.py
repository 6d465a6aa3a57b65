"""How each lesson counts for one person: due, credited, not yet known.

Pure: values in, values out. Durations are whole minutes, instants aware.

- A cancelled lesson counts nowhere.
- A lesson is *due* in full, except where the cycle's rule takes it off: held before the enrolment
  (`since_enrolment`), or an excused absence (`excused_not_due`).
- Credited minutes are never cut: where a register credits more than is due (the lesson was made
  shorter afterwards, or was attended before enrolling), that much is due too: nobody loses by it.
- Unmarked is not absent: without a mark in an open register the outcome is not yet known, and the
  lesson can still be earned in full. In a closed register it earned nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Outcome(enum.StrEnum):
    """What a register says of a person (the values of `attendance.Mark`)."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


# A person's mark in one register: its outcome, the minutes credited. A plain tuple, for there are
# 144,000 of them in a cycle of 6,000 people and 24 lessons.
Marked = tuple[str, int]


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """One lesson of the cycle, the same for everybody. `minutes` is its planned length.

    `title` and `zone` are for whoever shows it; nothing is decided by them.
    """

    id: int
    minutes: int
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    register_closed: bool = False
    title: str = ""
    zone: str = "Europe/Rome"


@dataclass(frozen=True, slots=True)
class Rule:
    """The cycle's own rule, as told before enrolling."""

    threshold_percent: int
    since_enrolment: bool = False
    excused_not_due: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one enrolment: marks by lesson id; no entry where there is no mark."""

    enrolled_at: datetime
    marks: Mapping[int, Marked]
    withdrawn: bool = False


class Standing(enum.StrEnum):
    """How one lesson stands for one person."""

    CANCELLED = "cancelled"
    TO_COME = "to_come"  # not begun
    AWAITED = "awaited"  # begun, no mark yet, register open
    MARKED = "marked"  # marked, register open: may still change
    SETTLED = "settled"  # register closed
    NOT_DUE = "not_due"  # taken off by the rule, nothing credited


class LessonCount(NamedTuple):
    """One lesson as it counts for one person, for their own page."""

    lesson: PlannedLesson
    standing: Standing
    outcome: str | None
    credited: int
    due: int


UNKNOWN = frozenset({Standing.AWAITED, Standing.TO_COME})
OPEN = UNKNOWN | {Standing.MARKED}


Weight = tuple[Standing, int, int]


def weigh(
    lesson: PlannedLesson, mark: Marked | None, rule: Rule, facts: Facts, now: datetime
) -> Weight:
    """How `lesson` counts for the person of `facts`: standing, minutes credited, minutes due."""
    if lesson.cancelled:
        return Standing.CANCELLED, 0, 0
    # A register closed before its lesson began (the lesson was moved afterwards) settles nothing.
    begun = lesson.starts_at <= now
    settled = lesson.register_closed and begun
    due = full_minutes(lesson, rule, facts)
    if mark is None:
        if due == 0:
            return Standing.NOT_DUE, 0, 0
        unknown = Standing.AWAITED if begun else Standing.TO_COME
        return Standing.SETTLED if settled else unknown, 0, due
    outcome, credited = mark
    if rule.excused_not_due and outcome == Outcome.EXCUSED:
        due = 0
    if due < credited:
        due = credited
    if not settled:
        return Standing.MARKED, credited, due
    return Standing.SETTLED if due else Standing.NOT_DUE, credited, due


def full_minutes(lesson: PlannedLesson, rule: Rule, facts: Facts) -> int:
    """Minutes of `lesson` that are due whatever its mark will be; 0 if held before enrolling."""
    early = rule.since_enrolment and lesson.starts_at < facts.enrolled_at
    return 0 if early else lesson.minutes


def in_time(lessons: Iterable[PlannedLesson]) -> list[PlannedLesson]:
    """The lessons in the order in which they end."""
    return sorted(lessons, key=lambda lesson: (lesson.ends_at, lesson.id))


def count_lessons(
    lessons: Iterable[PlannedLesson], rule: Rule, facts: Facts, now: datetime
) -> list[LessonCount]:
    """Every lesson as it counts, in the order given."""
    counts = []
    for lesson in lessons:
        mark = facts.marks.get(lesson.id)
        standing, credited, due = weigh(lesson, mark, rule, facts, now)
        outcome = mark[0] if mark and standing is not Standing.CANCELLED else None
        counts.append(LessonCount(lesson, standing, outcome, credited, due))
    return counts
