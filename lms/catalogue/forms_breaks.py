"""The breaks of a lesson in its form: numbered pairs of clock times, checked against its times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import TimeField
from wtforms.validators import Optional

from lms.catalogue.forms_common import VersionedForm
from lms.catalogue.rules import BreakFault, Span, check_breaks
from lms.catalogue.times import Clock, TimeFault, TimeProblem, instant_of
from lms.catalogue.words import BREAK_HALF, BREAK_TWICE, BREAK_WORDS, PROBLEM_WORDS

MAXIMUM_BREAKS = 6


class BreakFields(VersionedForm):
    """After `settle_breaks`, `breaks` holds them in UTC, in the order of time."""

    breaks: tuple[Span, ...] = ()

    @property
    def break_rows(self) -> list[tuple[Any, Any]]:
        """From and to of the breaks to be drawn: those that hold something, and one more."""
        rows = self._pairs()
        held = [n for n, pair in enumerate(rows, 1) if any(f.data or f.errors for f in pair)]
        return rows[: max(held, default=0) + 1]

    def _pairs(self) -> list[tuple[Any, Any]]:
        numbers = range(1, MAXIMUM_BREAKS + 1)
        return [(self[f"break_{n}_from"], self[f"break_{n}_to"]) for n in numbers]

    def settle_breaks(self, day: date, zone: str, lesson: Span) -> bool:
        """Turn clock times into instants; False where an error now stands beside a field."""
        read: list[Span] = []
        fields = [pair for pair in self._pairs() if pair[0].data or pair[1].data]
        for pair in fields:
            instants = [_instant(field, day, zone) for field in pair]
            start, end = instants
            if start is None or end is None:
                return False
            read.append((start, end))
        try:
            self.breaks = check_breaks(*lesson, read)
        except BreakFault as fault:
            fields[fault.position][0].errors = [BREAK_WORDS[fault.problem]]
            return False
        return True


def _instant(field: Any, day: date, zone: str) -> datetime | None:
    """The instant of a clock time; None where an error now stands beside the field."""
    clock: time | None = field.data
    if clock is None:
        field.errors = [BREAK_HALF]
        return None
    try:
        return instant_of(day, clock, zone, None, Clock.START)
    except TimeFault as fault:
        twice = fault.problem is TimeProblem.AMBIGUOUS
        field.errors = [BREAK_TWICE if twice else PROBLEM_WORDS[fault.problem]]
        return None


for _number in range(1, MAXIMUM_BREAKS + 1):
    for _end, _label in (
        ("from", _l("Break %(number)s, from", number=_number)),
        ("to", _l("Break %(number)s, to", number=_number)),
    ):
        setattr(BreakFields, f"break_{_number}_{_end}", TimeField(_label, validators=[Optional()]))


def break_values(breaks: Iterable[Span], zone: str) -> dict[str, time]:
    """What the form shows of these breaks."""
    place = ZoneInfo(zone)
    return {
        f"break_{number}_{name}": instant.astimezone(place).time()
        for number, span in enumerate(breaks, 1)
        for name, instant in zip(("from", "to"), span, strict=True)
    }
