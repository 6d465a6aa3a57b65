"""Who may enrol in a cycle, and when. Pure: facts in, reasons out; no reason means yes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from lms.catalogue.rules import CycleStatus, EnrolmentMode

OVER = frozenset({CycleStatus.CLOSED, CycleStatus.ARCHIVED})


class Refusal(enum.StrEnum):
    """Why somebody cannot be enrolled now."""

    ALREADY_ENROLLED = "already_enrolled"
    NOT_PUBLISHED = "not_published"
    OVER = "over"
    BY_ORGANISER = "by_organiser"
    NOT_YET_OPEN = "not_yet_open"
    NO_LONGER_OPEN = "no_longer_open"
    FULL = "full"


@dataclass(frozen=True)
class CycleFacts:
    """What enrolment depends on.

    The window holds its opening instant and not its closing one; None is no limit. `taken` counts
    the people confirmed.
    """

    status: CycleStatus
    mode: EnrolmentMode
    opens_at: datetime | None
    closes_at: datetime | None
    places: int | None
    taken: int

    @property
    def places_left(self) -> int | None:
        """Places still free, never below zero; None when there is no limit."""
        return None if self.places is None else max(0, self.places - self.taken)


def refusals(
    facts: CycleFacts, *, enrolled: bool, at: datetime, by_organiser: bool
) -> tuple[Refusal, ...]:
    """Every reason against enrolling at the instant `at`; empty when nothing stands against it.

    Organisers are bound by the places and by the cycle's life, not by its window or mode, and may
    enrol while the cycle is still a draft.
    """
    if enrolled:
        return (Refusal.ALREADY_ENROLLED,)
    if facts.status in OVER:
        return (Refusal.OVER,)
    against = [] if by_organiser else _against_oneself(facts, at)
    if facts.places_left == 0:
        against.append(Refusal.FULL)
    return tuple(against)


def _against_oneself(facts: CycleFacts, at: datetime) -> list[Refusal]:
    if facts.status is CycleStatus.PUBLISHED and facts.mode is not EnrolmentMode.OPEN:
        return [Refusal.BY_ORGANISER]
    return _against_asking(facts, at)


def _against_asking(facts: CycleFacts, at: datetime) -> list[Refusal]:
    if facts.status is not CycleStatus.PUBLISHED:
        return [Refusal.NOT_PUBLISHED]
    if facts.opens_at is not None and at < facts.opens_at:
        return [Refusal.NOT_YET_OPEN]
    if facts.closes_at is not None and at >= facts.closes_at:
        return [Refusal.NO_LONGER_OPEN]
    return []


class Stay(enum.StrEnum):
    """Why an enrolment cannot be ended."""

    ALREADY_WITHDRAWN = "already_withdrawn"
    OVER = "over"
    LESSONS_HELD = "lessons_held"


def against_withdrawing(
    *,
    active: bool,
    status: CycleStatus,
    last_end: datetime | None,
    at: datetime,
    by_organiser: bool,
) -> Stay | None:
    """What stands against ending an enrolment at the instant `at`; None when nothing does.

    `active`: the person takes part, or is nominated and waits for the answer.

    By oneself only while there is something left to leave: the cycle lives and its last lesson
    (it ends at `last_end`; None when none is planned) is not over. Afterwards there are only hours
    and perhaps a certificate, and what happens to those is the organisers' to settle.
    """
    if not active:
        return Stay.ALREADY_WITHDRAWN
    if by_organiser:
        return None
    if status in OVER:
        return Stay.OVER
    return Stay.LESSONS_HELD if last_end is not None and last_end <= at else None


def against_nominating(facts: CycleFacts, at: datetime) -> tuple[Refusal, ...]:
    """Every reason against nominating people at the instant `at`.

    An organisation nominates while enrolment is open, into cycles where organisers enrol people
    too. Places are not counted here: who gets one is decided when a nomination is approved.
    """
    if facts.status in OVER:
        return (Refusal.OVER,)
    return tuple(_against_asking(facts, at))
