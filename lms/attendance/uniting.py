"""Two records of one person in one register become one. Pure: what both say in, one outcome out.

Time is never lost and never counted twice. Whoever was seen under either name was there: presence
outweighs an excuse, an excuse an absence, any mark no mark.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from lms.attendance.intervals import Interval
from lms.attendance.rules import COUNTED, Mark, Outcome, RecordSource, credit, mark_for
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
    """What a register says of one of the two, and the stays behind it where these are known."""

    outcome: Outcome | None
    stays: Sequence[Interval] = ()

    @property
    def counted(self) -> bool:
        """Whether the outcome is counted from stays."""
        return self.outcome is not None and self.outcome.source in COUNTED


@dataclass(frozen=True, slots=True)
class United:
    """The one outcome, and the rule that made it."""

    outcome: Outcome | None
    why: Why


def unite(one: Side, other: Side, window: Window) -> United:
    """The one outcome of two records of the same person; which comes first does not matter.

    Reports or check-ins on both sides: the union of all stays inside the lesson. Otherwise the
    stronger mark; of two presences the longer, because a person's word does not say when.
    """
    if one.outcome is None or other.outcome is None:
        outcome = one.outcome or other.outcome
        return United(outcome, Why.ONLY_ONE if outcome else Why.UNMARKED)
    if one.counted and other.counted:
        minutes = credit([one.stays, other.stays], window)
        return United(_together(one.outcome, other.outcome, minutes), Why.STAYS)
    stronger = max(one.outcome, other.outcome, key=_weight)
    same = one.outcome.mark is other.outcome.mark
    return United(stronger, Why.LONGER if same else Why.STRONGER)


def _together(one: Outcome, other: Outcome, minutes: int) -> Outcome:
    present = Mark.PRESENT in {one.mark, other.mark}  # of a check-in no minute may count yet
    reported = RecordSource.REPORT in {one.source, other.source}
    return Outcome(
        Mark.PRESENT if present else mark_for(minutes),
        minutes,
        RecordSource.REPORT if reported else RecordSource.CHECKIN,
    )


def _weight(outcome: Outcome) -> tuple[int, int, bool]:
    return _WEIGHT[outcome.mark], outcome.minutes, outcome.source not in COUNTED
