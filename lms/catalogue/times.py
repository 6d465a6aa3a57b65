"""Times of lessons: a date and clock times in a zone on one side, instants in UTC on the other.

Pure. A local time that does not exist is refused, one that occurs twice is asked about, and nobody
guesses; durations are those of the instants, so a clock change counts the real minutes.
"""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_LESSON = timedelta(hours=24)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Clock(enum.StrEnum):
    """Which of a lesson's two clock times something is about."""

    START = "start"
    END = "end"


class Occurrence(enum.StrEnum):
    """Which of the two instants when a clock, put back in autumn, shows the same time twice."""

    FIRST = "first"
    SECOND = "second"


class TimeProblem(enum.StrEnum):
    """Why a date and two clock times are not yet the times of a lesson."""

    NONEXISTENT = "nonexistent"
    AMBIGUOUS = "ambiguous"
    ENDS_FIRST = "ends_first"
    TOO_LONG = "too_long"
    FAR_AWAY = "far_away"


class TimeFault(Exception):  # noqa: N818 - what was typed is at fault, the program is not
    """`clock` is where the problem lies; for an ambiguous time `instants` are its two readings."""

    def __init__(
        self, problem: TimeProblem, clock: Clock, instants: tuple[datetime, ...] = ()
    ) -> None:
        self.problem, self.clock, self.instants = problem, clock, instants
        super().__init__(problem.value)


def instants_of(day: date, clock: time, zone: str) -> tuple[datetime, ...]:
    """The UTC instants at which clocks in `zone` show `clock` on `day`, earlier first.

    One, as a rule; none in the hour that spring leaps over; two in the hour that autumn repeats.
    """
    wall = datetime.combine(day, clock)
    place = ZoneInfo(zone)
    found: list[datetime] = []
    for fold in (0, 1):
        instant = wall.replace(tzinfo=place, fold=fold).astimezone(UTC)
        shown = instant.astimezone(place).replace(tzinfo=None, fold=0)
        if shown == wall and instant not in found:
            found.append(instant)
    return tuple(sorted(found))


def instant_of(
    day: date, clock: time, zone: str, which: Occurrence | None, about: Clock
) -> datetime:
    """The one UTC instant meant; raises `TimeFault` when there is none, or when it must be asked.

    `which` answers for an ambiguous time and is ignored for any other.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise TimeFault(TimeProblem.FAR_AWAY, about)
    instants = instants_of(day, clock, zone)
    if not instants:
        raise TimeFault(TimeProblem.NONEXISTENT, about)
    if len(instants) == 1:
        return instants[0]
    if which is None:
        raise TimeFault(TimeProblem.AMBIGUOUS, about, instants)
    return instants[0 if which is Occurrence.FIRST else 1]


def lesson_times(
    day: date,
    start: time,
    end: time,
    zone: str,
    *,
    start_which: Occurrence | None = None,
    end_which: Occurrence | None = None,
) -> tuple[datetime, datetime]:
    """Start and end in UTC of a lesson that lies within one local day; raises `TimeFault`."""
    starts_at = instant_of(day, start, zone, start_which, Clock.START)
    ends_at = instant_of(day, end, zone, end_which, Clock.END)
    if ends_at <= starts_at:
        raise TimeFault(TimeProblem.ENDS_FIRST, Clock.END)
    if ends_at - starts_at > LONGEST_LESSON:
        raise TimeFault(TimeProblem.TOO_LONG, Clock.END)
    return starts_at, ends_at


def occurrence_of(instant: datetime, zone: str) -> Occurrence | None:
    """Which reading of its own clock time `instant` is; None when there is only one."""
    local = instant.astimezone(ZoneInfo(zone))
    if len(instants_of(local.date(), local.time(), zone)) < 2:
        return None
    return Occurrence.SECOND if local.fold else Occurrence.FIRST


def hours_from_utc(instant: datetime, zone: str) -> str:
    """How far the clock of `zone` then stands from UTC: "UTC+2", "UTC+5:30"."""
    offset = instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def moved(instant: datetime, zone: str, days: int) -> datetime:
    """The same clock time `days` later in `zone`; raises `TimeFault` when that is not one instant.

    Days are those of the calendar: across a clock change a lesson at 10:00 stays at 10:00.
    """
    local = instant.astimezone(ZoneInfo(zone))
    return instant_of(local.date() + timedelta(days), local.time(), zone, None, Clock.START)
