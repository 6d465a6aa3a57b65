"""What an employer may know of training: hours and outcome, never minute by minute. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

from lms.clock import ROME

DUE_MINUTES = 40 * 60  # a year, for each public employee (directive of 14 January 2025)


class Outcome(enum.StrEnum):
    """How one enrolment ended, or how it stands."""

    NOMINATED = "nominated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDER_WAY = "under_way"
    ENTITLED = "entitled"
    CERTIFIED = "certified"
    NOT_REACHED = "not_reached"


def outcome(status: str, *, certified: bool, entitled: bool, reachable: bool) -> Outcome:
    """The outcome of an enrolment with this `status`; a certificate outlasts whatever followed."""
    if certified:
        return Outcome.CERTIFIED
    before = {
        "requested": Outcome.NOMINATED,
        "refused": Outcome.REFUSED,
        "withdrawn": Outcome.WITHDRAWN,
    }
    if status in before:
        return before[status]
    if entitled:
        return Outcome.ENTITLED
    return Outcome.UNDER_WAY if reachable else Outcome.NOT_REACHED


def minutes_in(year: int, settled: Iterable[tuple[datetime, int]]) -> int:
    """Minutes attended in a year of our calendar, of lessons given as (start, minutes)."""
    return sum(minutes for start, minutes in settled if start.astimezone(ROME).year == year)
