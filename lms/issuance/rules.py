"""Entitlement to the certificate: from what the registers say to "yes" or the list of reasons.

Pure: values in, values out (what counts, and how: `counting`). Nobody is entitled while a register
that concerns them is open: hours would be cut. The threshold is the cycle's own, its minutes
rounded up; percentages are rounded down, so that nobody reads 80 % where 80 % is not reached.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lms.issuance.counting import (
    OPEN,
    UNKNOWN,
    Facts,
    PlannedLesson,
    Rule,
    Standing,
    count_lessons,
    full_minutes,
    in_time,
    weigh,
)


class Reason(enum.StrEnum):
    """Why somebody is not entitled (yet)."""

    WITHDRAWN = "withdrawn"
    NOTHING_DUE = "nothing_due"
    REGISTERS_OPEN = "registers_open"
    BELOW_THRESHOLD = "below_threshold"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The answer and how it came about.

    `due` is the denominator of the rule as far as it is known (what is still open counts in full),
    `due_so_far` its part whose outcome is known, `possible` the rest.
    """

    rule: Rule
    reasons: tuple[Reason, ...]
    open_lessons: tuple[PlannedLesson, ...]
    credited: int
    due_so_far: int
    possible: int
    cycle_minutes: int

    @property
    def entitled(self) -> bool:
        """Whether the certificate may be issued."""
        return not self.reasons

    @property
    def due(self) -> int:
        """The denominator: minutes due, what is still open included."""
        return self.due_so_far + self.possible

    @property
    def threshold_minutes(self) -> int:
        """Minutes that reach the threshold, rounded up."""
        return threshold_minutes(self.due, self.rule.threshold_percent)

    @property
    def missing(self) -> int:
        """Minutes still missing to the threshold; 0 once it is reached."""
        return max(0, self.threshold_minutes - self.credited)

    @property
    def percent_so_far(self) -> int | None:
        """Credited of what was due so far, rounded down; None while nothing is known."""
        return self.credited * 100 // self.due_so_far if self.due_so_far else None

    @property
    def percent_of_whole(self) -> int | None:
        """Credited of the whole denominator, rounded down; None when nothing is due."""
        return self.credited * 100 // self.due if self.due else None

    @property
    def reachable(self) -> bool:
        """Whether the threshold is reached or can still be."""
        return _reaches(self.credited + self.possible, self.due, self.rule.threshold_percent)


def threshold_minutes(due: int, percent: int) -> int:
    """`percent` of `due` minutes, rounded up to whole minutes."""
    return -(-due * percent // 100)


def _reaches(credited: int, due: int, percent: int) -> bool:
    return due > 0 and credited >= threshold_minutes(due, percent)


def entitlement(
    lessons: Iterable[PlannedLesson], rule: Rule, facts: Facts, now: datetime
) -> Entitlement:
    """Decide on one person. The order of `lessons` does not matter."""
    credited = due_so_far = possible = cycle_minutes = 0
    open_lessons: list[PlannedLesson] = []
    mark_of = facts.marks.get
    for lesson in lessons:
        standing, earned, due = weigh(lesson, mark_of(lesson.id), rule, facts, now)
        if standing is Standing.CANCELLED:
            continue
        cycle_minutes += lesson.minutes if lesson.minutes > earned else earned
        if standing in OPEN:
            open_lessons.append(lesson)
        if standing in UNKNOWN:
            possible += due
        else:
            credited += earned
            due_so_far += due
    due_in_all = due_so_far + possible
    checks = (
        (Reason.WITHDRAWN, facts.withdrawn),
        (Reason.NOTHING_DUE, due_in_all == 0),
        (Reason.REGISTERS_OPEN, bool(open_lessons)),
        (
            Reason.BELOW_THRESHOLD,
            credited < threshold_minutes(due_in_all, rule.threshold_percent),
        ),
    )
    return Entitlement(
        rule=rule,
        reasons=tuple(reason for reason, holds in checks if holds),
        open_lessons=tuple(in_time(open_lessons)),
        credited=credited,
        due_so_far=due_so_far,
        possible=possible,
        cycle_minutes=cycle_minutes,
    )


def lost_at(
    lessons: Iterable[PlannedLesson], rule: Rule, facts: Facts, now: datetime
) -> PlannedLesson | None:
    """The lesson since whose end the threshold can no longer be reached, with the marks of today.

    None while it can, or when nothing is due. Walks through time: at first every lesson could be
    attended in full, then one after the other takes the outcome it had.
    """
    counts = {count.lesson.id: count for count in count_lessons(lessons, rule, facts, now)}
    hoped = {
        number: 0
        if count.standing is Standing.CANCELLED
        else full_minutes(count.lesson, rule, facts)
        for number, count in counts.items()
    }
    best_credited = best_due = sum(hoped.values())
    lost: PlannedLesson | None = None
    for lesson in in_time(count.lesson for count in counts.values()):
        count = counts[lesson.id]
        if count.standing in UNKNOWN or count.standing is Standing.CANCELLED:
            continue
        best_credited += count.credited - hoped[lesson.id]
        best_due += count.due - hoped[lesson.id]
        reaches = _reaches(best_credited, best_due, rule.threshold_percent)
        lost = None if reaches else (lost or lesson)
    return lost if best_due else None


def entitled_at(answer: Entitlement, threshold_percent: int) -> bool:
    """Whether the same facts would entitle under another threshold."""
    others = set(answer.reasons) - {Reason.BELOW_THRESHOLD}
    return not others and _reaches(answer.credited, answer.due, threshold_percent)


class Changes(NamedTuple):
    """Who a dry run would change, by the keys of the answers."""

    gained: frozenset[int]
    lost: frozenset[int]


def dry_run(answers: Mapping[int, Entitlement], threshold_percent: int) -> Changes:
    """Who would become entitled, and who no longer, if the threshold were another."""
    gained = {
        key for key, a in answers.items() if not a.entitled and entitled_at(a, threshold_percent)
    }
    lost = {
        key for key, a in answers.items() if a.entitled and not entitled_at(a, threshold_percent)
    }
    return Changes(frozenset(gained), frozenset(lost))
