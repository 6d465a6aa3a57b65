"""The time of a lesson that counts: from its start to its end, without breaks. Pure.

Grace: a gap of at most so many minutes between two stays of one person counts as presence, as if
they had not dropped. Gaps are those between the stays as they are told; what is credited lies
inside the lesson and outside its breaks, whatever the grace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.intervals import Interval, intersection, minutes, subtraction, union

Stays = Iterable[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Window:
    """A lesson's time. `grace` is in minutes, by the cycle's rule."""

    starts_at: datetime
    ends_at: datetime
    breaks: tuple[tuple[datetime, datetime], ...] = ()
    grace: int = 0

    @property
    def time(self) -> tuple[Interval, ...]:
        """The stretches of the lesson between its breaks."""
        return subtraction([(self.starts_at, self.ends_at)], self.breaks)

    @property
    def minutes(self) -> int:
        """How long that is: what somebody who never left is credited with."""
        return minutes(self.time)

    def inside(self, stays: Stays) -> tuple[Interval, ...]:
        """What of these stays lies in the lesson's time, each minute once; without grace."""
        return intersection(stays, self.time)

    def credited(self, stays: Stays) -> tuple[Interval, ...]:
        """What these stays of one person are worth, short drops included."""
        return self.inside(without_short_gaps(stays, self.grace))

    def credit(self, stays: Stays) -> int:
        """The whole minutes of `credited`."""
        return minutes(self.credited(stays))


def without_short_gaps(stays: Stays, grace: int) -> tuple[Interval, ...]:
    """The union of the stays, gaps of at most `grace` minutes between them filled."""
    longest = timedelta(minutes=grace)
    filled: list[Interval] = []
    for stay in union(stays):
        if filled and stay.start - filled[-1].end <= longest:
            filled[-1] = Interval(filled[-1].start, stay.end)
        else:
            filled.append(stay)
    return tuple(filled)
