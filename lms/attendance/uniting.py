"""Two records of one person in one register become one. Pure: what both say in, one outcome out.

Time is never lost and never counted twice. Whoever was seen under either name was there: presence
outweighs an excuse, an excuse an absence, any mark no mark.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from lms.attendance.intervals import Interval
from lms.attendance.rules import Mark, Outcome, RecordSource, credit, mark_for
from lms.attendance.window import Window

_WEIGHT = {Mark.ABSENT: 1, Mark.EXCUSED: 2, Mark.PRESENT: 3}


class Why(enum.StrEnum):
    """Which rule made the one outcome of the two."""

    UNMARKED = "unmarked"
    ONLY_ONE = "only_one"
    STAYS = "stays"
    STRONGER = "stronger"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Side:
    """What a register says of one of the two, and the stays behind it where reports say it."""

    outcome: Outcome | None
    stays: Sequence[Interval] = ()

    @property
    def by_report(self) -> bool:
        """Whether the outcome is counted from stays."""
        return self.outcome is not None and self.outcome.source is RecordSource.REPORT


@dataclass(frozen=True, slots=True)
class United:
    """The one outcome, and the rule that made it."""

    outcome: Outcome | None
    why: Why


def unite(one: Side, other: Side, window: Window) -> United:
    """The one outcome of two records of the same person; which comes first does not matter.

    Reports on both sides: the union of all stays inside the lesson. Otherwise the stronger
    mark; of two presences the longer, because a person's word does not say when.
    """
    if one.outcome is None or other.outcome is None:
        outcome = one.outcome or other.outcome
        return United(outcome, Why.ONLY_ONE if outcome else Why.UNMARKED)
    if one.by_report and other.by_report:
        minutes = credit([one.stays, other.stays], window)
        return United(Outcome(mark_for(minutes), minutes, RecordSource.REPORT), Why.STAYS)
    stronger = max(one.outcome, other.outcome, key=_weight)
    same = one.outcome.mark is other.outcome.mark
    return United(stronger, Why.LONGER if same else Why.STRONGER)


def _weight(outcome: Outcome) -> tuple[int, int, bool]:
    return _WEIGHT[outcome.mark], outcome.minutes, outcome.source is not RecordSource.REPORT
