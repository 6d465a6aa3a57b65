"""Day/month or month/day: decided by what the file or the lesson's day proves, else asked.

One file is written in one order, so a single cell that fits only one order decides for all. Then
come proofs by sense: a person does not stay for a month, nobody joins weeks after the others, a
report is not generated before its meeting. Likelihood (the headings' language, AM/PM) is no proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from lms.attendance.readers.model import (
    Answers,
    Notice,
    Order,
    PreviewRow,
    Question,
    UnreadableReport,
)
from lms.attendance.readers.raw import RawMeeting, RawReport, Reference
from lms.attendance.readers.stamps import ORDERS, UNDATED, Stamp

_LONGEST = timedelta(days=2)  # Zoom ends a meeting after 30 hours
_DAY = timedelta(days=1)
_PREVIEWED = 3


@dataclass(frozen=True, slots=True)
class Dating:
    """The orders still possible: one once it is known, two while it has to be asked."""

    orders: tuple[Order, ...]
    questions: tuple[Question, ...]
    notices: tuple[Notice, ...]

    @property
    def order(self) -> Order | None:
        """The order, None while it is unknown."""
        return self.orders[0] if len(self.orders) == 1 else None


def decide(raw: RawReport, answers: Answers) -> Dating:
    """Return the order of the report's dates, or the question to ask.

    Raises UnreadableReport `dates_contradict` when some rows fit one order only and others the
    other.
    """
    orders = _possible(raw)
    if all(stamp.certain for _, stamp in _stamps(raw)):
        orders = orders[:1]
    if len(orders) > 1:
        orders = tuple(order for order in orders if _makes_sense(raw, order)) or orders
    if len(orders) > 1 and answers.date is not None:
        orders = tuple(order for order in orders if answers.date in _days(raw, order)) or orders
    if len(orders) > 1 and answers.date_order is not None:
        orders = (answers.date_order,)
    questions = (_question(raw),) if len(orders) > 1 else ()
    return Dating(orders, questions, _other_day(raw, orders, answers.date))


def placed_on(raw: RawReport, day: date) -> RawReport:
    """An undated report whose first day is `day`; what came after midnight is on the next."""
    moved = day - UNDATED

    def on_day(stamp: Stamp | None) -> Stamp | None:
        return stamp and replace(stamp, dmy=_later(stamp.dmy, moved), mdy=_later(stamp.mdy, moved))

    for meeting in raw.meetings:
        meeting.start, meeting.end = on_day(meeting.start), on_day(meeting.end)
        meeting.visits = [
            replace(each, join=on_day(each.join), leave=on_day(each.leave), seen=on_day(each.seen))
            for each in meeting.visits
        ]
    return replace(raw, undated=False)


def _later(at: datetime | None, moved: timedelta) -> datetime | None:
    return at and at + moved


def ask_day(raw: RawReport) -> Question:
    """The question for the day of an undated report."""
    line, first = next(_stamps(raw))
    found = raw.suggested
    days = sorted({day for day in (found.dmy, found.mdy) if day} if found else ())
    options = tuple(day.isoformat() for day in days)
    return Question("date", options, params={"text": first.text, "row": line})


def _stamps(raw: RawReport) -> Iterator[tuple[int, Stamp]]:
    for meeting in raw.meetings:
        yield from _meeting_stamps(meeting)


def _meeting_stamps(meeting: RawMeeting) -> Iterator[tuple[int, Stamp]]:
    own = [(meeting.line, meeting.start), (meeting.line, meeting.end)]
    visits = ((v.line, stamp) for v in meeting.visits for stamp in (v.join, v.leave, v.seen))
    yield from ((line, stamp) for line, stamp in (*own, *visits) if stamp is not None)


def _possible(raw: RawReport) -> tuple[Order, ...]:
    only = _single_readings(_stamps(raw))
    if len(only) > 1:
        raise UnreadableReport("dates_contradict", dmy_row=only["dmy"], mdy_row=only["mdy"])
    if not only:
        only = _single_readings((each.line, each.stamp) for each in raw.references)
    return tuple(only) if len(only) == 1 else ORDERS


def _single_readings(stamps: Iterable[tuple[int, Stamp]]) -> dict[Order, int]:
    """The orders that some stamp leaves no choice about, each with the first such row."""
    only: dict[Order, int] = {}
    for line, stamp in stamps:
        if stamp.dmy is None:
            only.setdefault("mdy", line)
        elif stamp.mdy is None:
            only.setdefault("dmy", line)
    return only


def _makes_sense(raw: RawReport, order: Order) -> bool:
    days = _days(raw, order)
    return all(_one_occasion(meeting, order) for meeting in raw.meetings) and all(
        _in_its_time(max(days), reference, order) for reference in raw.references if days
    )


def _one_occasion(meeting: RawMeeting, order: Order) -> bool:
    """All stamps of one meeting lie within its longest possible length."""
    days = [on.date() for _, stamp in _meeting_stamps(meeting) if (on := stamp.on(order))]
    return not days or max(days) - min(days) <= _LONGEST


def _in_its_time(last: date, reference: Reference, order: Order) -> bool:
    """Generated not before the last meeting, created not after it; a day's slack for zones."""
    at = reference.stamp.on(order)
    if at is None or reference.kind == "other":
        return True
    if reference.kind == "generated":
        return at.date() + _DAY >= last
    if reference.kind == "day":
        return abs(at.date() - last) <= _LONGEST
    return at.date() <= last + _DAY


def _days(raw: RawReport, order: Order) -> set[date]:
    return {
        on.date()
        for meeting in raw.meetings
        for _, stamp in _meeting_stamps(meeting)
        if (on := stamp.on(order))
    }


def _other_day(
    raw: RawReport, orders: tuple[Order, ...], wanted: date | None
) -> tuple[Notice, ...]:
    days = sorted({day for order in orders for day in _days(raw, order)})
    if wanted is None or not days or wanted in days:
        return ()
    listed = tuple(day.isoformat() for day in days)
    return (Notice("other_day", {"date": wanted.isoformat(), "days": listed}),)


def _question(raw: RawReport) -> Question:
    line, first = next((line, stamp) for line, stamp in _stamps(raw) if not stamp.certain)
    options = tuple(on.date().isoformat() for on in (first.dmy, first.mdy) if on)
    return Question("date_order", options, _preview(raw), {"text": first.text, "row": line})


def _preview(raw: RawReport) -> tuple[PreviewRow, ...]:
    visits = (v for meeting in raw.meetings for v in meeting.visits if v.join and v.leave)
    return tuple(
        PreviewRow(
            visit.line,
            visit.name,
            (visit.join.text, visit.leave.text),
            tuple(f"{_when(visit.join, order)} – {_when(visit.leave, order)}" for order in ORDERS),
        )
        for visit in islice(visits, _PREVIEWED)
        if visit.join and visit.leave
    )


def _when(stamp: Stamp, order: Order) -> str:
    on = stamp.on(order)
    return on.isoformat(" ", "minutes") if on else stamp.text
