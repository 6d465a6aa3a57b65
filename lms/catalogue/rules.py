"""What the catalogue decides, values in, values out: times, hours, the rule, a cycle's life."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_LESSON = timedelta(hours=24)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class CycleStatus(enum.StrEnum):
    """Draft: staff only. Published: open to the public. Closed: over. Archived: off the lists."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    ARCHIVED = "archived"


class EnrolmentMode(enum.StrEnum):
    """Who enrols: people themselves, or the organisers only."""

    OPEN = "open"
    BY_ORGANISER = "by_organiser"


class Denominator(enum.StrEnum):
    """What the percentage is of: the whole cycle, or the lessons since a person's enrolment."""

    WHOLE = "whole"
    SINCE_ENROLMENT = "since_enrolment"


class ExcusedPolicy(enum.StrEnum):
    """What an excused absence does: counts as missing, or is taken off what is due."""

    MISSING = "missing"
    NOT_DUE = "not_due"


class LessonMode(enum.StrEnum):
    """How people attend."""

    ONLINE = "online"
    ROOM = "room"
    BLENDED = "blended"


class LessonStatus(enum.StrEnum):
    """A cancelled lesson stays in calendars, marked as such, and is not due."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


# --- times ---------------------------------------------------------------------------------------


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


def moved(instant: datetime, zone: str, days: int) -> datetime:
    """The same clock time `days` later in `zone`; raises `TimeFault` when that is not one instant.

    Days are those of the calendar: across a clock change a lesson at 10:00 stays at 10:00.
    """
    local = instant.astimezone(ZoneInfo(zone))
    return instant_of(local.date() + timedelta(days), local.time(), zone, None, Clock.START)


# --- hours and the rule --------------------------------------------------------------------------


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole real minutes from one instant to another (instants are UTC: no clock change counts)."""
    return int((ends_at - starts_at).total_seconds()) // 60


def planned_minutes(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Planned minutes of lessons that take place, given as (start, end)."""
    return sum(minutes_between(starts_at, ends_at) for starts_at, ends_at in spans)


@dataclass(frozen=True)
class AttendanceRule:
    """What a cycle asks for its certificate, in figures; views put it into words.

    `required_minutes` is of the whole cycle, rounded up: what somebody enrolled before the first
    lesson, and never excused, must reach.
    """

    percent: int
    denominator: Denominator
    excused: ExcusedPolicy
    planned_minutes: int

    @property
    def required_minutes(self) -> int:
        """The least whole minutes that reach the percentage."""
        return -(-self.planned_minutes * self.percent // 100)

    @property
    def everything(self) -> bool:
        """Whether nothing at all may be missed."""
        return self.percent == 100


# --- the life of a cycle -------------------------------------------------------------------------


def allowed_changes(status: CycleStatus, *, in_use: bool) -> tuple[CycleStatus, ...]:
    """Where a cycle may go from `status`: a step on, or a step back where that does no harm.

    A published cycle on which something hangs (`in_use`: enrolments, certificates) never becomes a
    draft again, or its people would find nothing at its address.
    """
    draft, published, closed, archived = CycleStatus
    return {
        draft: (published,),
        published: (closed,) if in_use else (closed, draft),
        closed: (archived, published),
        archived: (closed,),
    }[status]


class Missing(enum.StrEnum):
    """What a cycle lacks before it can be published."""

    LESSON = "lesson"
    SIGNATORY = "signatory"
    RULE = "rule"


def missing_for_publication(
    *, lessons: int, signatory_name: str, signatory_role: str, percent: int | None
) -> tuple[Missing, ...]:
    """What is still missing; `lessons` counts those that take place."""
    checks = {
        Missing.LESSON: lessons > 0,
        Missing.SIGNATORY: bool(signatory_name and signatory_role),
        Missing.RULE: percent is not None and 1 <= percent <= 100,
    }
    return tuple(lack for lack, there in checks.items() if not there)


class EnrolmentWindow(enum.StrEnum):
    """How enrolment in a cycle stands at an instant, places apart."""

    NOT_OFFERED = "not_offered"
    BY_ORGANISER = "by_organiser"
    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


def enrolment_window(
    status: CycleStatus,
    mode: EnrolmentMode,
    opens_at: datetime | None,
    closes_at: datetime | None,
    instant: datetime,
) -> EnrolmentWindow:
    """Whether people can enrol by themselves at `instant`; an absent bound does not bind."""
    if status is CycleStatus.DRAFT:
        return EnrolmentWindow.NOT_OFFERED
    if status is not CycleStatus.PUBLISHED:
        return EnrolmentWindow.OVER
    if mode is EnrolmentMode.BY_ORGANISER:
        return EnrolmentWindow.BY_ORGANISER
    if opens_at is not None and instant < opens_at:
        return EnrolmentWindow.NOT_YET
    if closes_at is not None and instant >= closes_at:
        return EnrolmentWindow.OVER
    return EnrolmentWindow.OPEN


# --- lessons and calendars -----------------------------------------------------------------------

# What an entry in somebody's calendar shows of a lesson. A change here is a new SEQUENCE.
CALENDAR_FIELDS = frozenset(
    {
        "module_id", "title", "summary", "starts_at", "ends_at", "zone", "mode", "place",
        "join_url", "status",
    }
)  # fmt: skip


def shows_in_calendars(changed: Collection[str]) -> bool:
    """Whether a change of these fields of a lesson must reach the calendars that hold it."""
    return not CALENDAR_FIELDS.isdisjoint(changed)


def may_cancel(starts_at: datetime, instant: datetime, *, in_use: bool) -> bool:
    """A lesson that has begun and left traces (`in_use`: a register) did take place."""
    return not (in_use and starts_at <= instant)
