"""A row's wall clocks on the axis of time: an interval, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Literal
from zoneinfo import ZoneInfo

from lms.attendance.intervals import Interval
from lms.attendance.readers.model import Order
from lms.attendance.readers.raw import Visit
from lms.attendance.readers.stamps import Stamp

Problem = Literal["no_join", "no_leave", "leave_before_join", "ambiguous_time", "nonexistent_time"]

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """How wall clocks are read: in an order, in a zone (None: unknown), and which of two hours.

    Without a zone, instants are wall clocks labelled UTC: good for differences, not to be shown.
    """

    order: Order
    zone: ZoneInfo | None
    fold: Literal[0, 1] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An interval, or why there is none; `differs` when the platform's own minutes disagree."""

    interval: Interval | None
    problem: Problem | None = None
    differs: bool = False


def place(visit: Visit, clock: Clock, rounding: int) -> Placed:
    """Return when the person of this row was there.

    Where the clock was put back, a time is two instants: the order of join and leave decides, then
    the minutes the platform states for the row, then `clock.fold`; never a guess. `rounding`: the
    seconds by which a stated time may exceed the difference.
    """
    if visit.join is None:
        return Placed(None, "no_join")
    if visit.leave is None:
        return Placed(None, "no_leave")
    joins, leaves = instants(visit.join, clock), instants(visit.leave, clock)
    if not joins or not leaves:
        return Placed(None, "nonexistent_time")
    pairs = [Interval(a, b) for a, b in product(joins, leaves) if a <= b]
    if not pairs:
        return Placed(None, "leave_before_join")
    if len(pairs) > 1:
        pairs = [pair for pair in pairs if _agrees(visit, pair, rounding)] or pairs
    if len(pairs) > 1 and clock.fold is not None:
        pairs = [Interval(joins[min(clock.fold, len(joins) - 1)], leaves[-1 if clock.fold else 0])]
    if len(pairs) > 1:
        return Placed(None, "ambiguous_time")
    return Placed(pairs[0], differs=not _agrees(visit, pairs[0], rounding))


def instants(stamp: Stamp, clock: Clock) -> tuple[datetime, ...]:
    """The instants in UTC a stamp may mean: one; two when clocks go back; none when forward."""
    wall = stamp.on(clock.order)
    if wall is None:
        return ()
    if stamp.offset is not None:
        return (wall.replace(tzinfo=UTC) - stamp.offset,)
    if clock.zone is None:
        return (wall.replace(tzinfo=UTC),)
    return tuple(_existing(wall, clock.zone))


def _existing(wall: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():  # no change of the clock near by
        yield first.astimezone(UTC)
        return
    for local in (first, second):
        instant = local.astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
            yield instant


def _agrees(visit: Visit, found: Interval, rounding: int) -> bool:
    if visit.stated is None or visit.join is None or visit.leave is None:
        return True
    exact = found.end - found.start
    # a clock without seconds hides up to a minute at either end
    slack = timedelta() if visit.join.has_seconds and visit.leave.has_seconds else _MINUTE
    least = visit.stated - timedelta(seconds=rounding) - slack
    return least <= exact <= visit.stated + visit.short + slack
