"""What the catalogue decides, values in, values out: hours, the rule, the life of a cycle."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


class CertificateLayout(enum.StrEnum):
    """How the certificates of a cycle look: the layouts of the package `certificates`."""

    CLASSIC = "classic"
    MODERN = "modern"
    BILINGUAL = "bilingual"


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


class TaxCodePolicy(enum.StrEnum):
    """Whether who enrols is asked for their tax code."""

    NOT_ASKED = "not_asked"
    OPTIONAL = "optional"
    REQUIRED = "required"


class LessonMode(enum.StrEnum):
    """How people attend."""

    ONLINE = "online"
    ROOM = "room"
    BLENDED = "blended"


class LessonStatus(enum.StrEnum):
    """A cancelled lesson stays in calendars, marked as such, and is not due."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


# --- hours and the rule --------------------------------------------------------------------------


Span = tuple[datetime, datetime]
MOST_GRACE = 60  # minutes: longer is no short drop any more
MOST_CONTEST_DAYS = 365
MARKED_BEFORE = timedelta(hours=1)  # roll-call may begin a little before the lesson


def minutes_between(starts_at: datetime, ends_at: datetime, breaks: Iterable[Span] = ()) -> int:
    """Whole real minutes of a lesson without its breaks, which do not overlap.

    A break counts as far as it lies inside. Instants are UTC: no clock change counts.
    """
    off = sum(
        (max(min(end, ends_at) - max(start, starts_at), timedelta()) for start, end in breaks),
        timedelta(),
    )
    return (ends_at - starts_at - off) // timedelta(minutes=1)


class BreakProblem(enum.StrEnum):
    """Why breaks cannot be those of a lesson."""

    ENDS_FIRST = "ends_first"
    OUTSIDE = "outside"
    OVERLAP = "overlap"
    NOTHING_LEFT = "nothing_left"


class BreakFault(Exception):  # noqa: N818 - what was typed is at fault, the program is not
    """`position` is that of the break at fault, in the order given."""

    def __init__(self, problem: BreakProblem, position: int) -> None:
        self.problem, self.position = problem, position
        super().__init__(problem.value)


def check_breaks(
    starts_at: datetime, ends_at: datetime, breaks: Sequence[Span]
) -> tuple[Span, ...]:
    """The breaks in the order of time; raises `BreakFault`.

    Each lies inside the lesson, no two overlap, and at least a minute of the lesson is left.
    """
    for position, (start, end) in enumerate(breaks):
        if end <= start:
            raise BreakFault(BreakProblem.ENDS_FIRST, position)
        if start < starts_at or end > ends_at:
            raise BreakFault(BreakProblem.OUTSIDE, position)
    order = sorted(range(len(breaks)), key=lambda position: breaks[position])
    for before, after in pairwise(order):
        if breaks[after][0] < breaks[before][1]:
            raise BreakFault(BreakProblem.OVERLAP, after)
    if breaks and minutes_between(starts_at, ends_at, breaks) < 1:
        raise BreakFault(BreakProblem.NOTHING_LEFT, order[-1])
    return tuple(breaks[position] for position in order)


def breaks_wait(starts_at: datetime, instant: datetime, *, in_use: bool) -> bool:
    """Whether other breaks must wait for the register to be counted again: it may hold minutes."""
    return in_use and starts_at - MARKED_BEFORE <= instant


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
    grace_minutes: int = 0
    contest_days: int = 15

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
        "module_id", "title", "summary", "starts_at", "ends_at", "breaks", "zone", "mode", "place",
        "join_url", "status",
    }
)  # fmt: skip


def shows_in_calendars(changed: Collection[str]) -> bool:
    """Whether a change of these fields of a lesson must reach the calendars that hold it."""
    return not CALENDAR_FIELDS.isdisjoint(changed)


def may_cancel(starts_at: datetime, instant: datetime, *, in_use: bool) -> bool:
    """A lesson that has begun and left traces (`in_use`: a register) did take place."""
    return not (in_use and starts_at <= instant)
