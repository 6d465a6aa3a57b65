"""Rows on their way into visits, for readers that know which column is what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.readers.columns import email_in
from lms.attendance.readers.durations import Length, learn, parse_length, stated_time
from lms.attendance.readers.model import Notice, UnreadableReport
from lms.attendance.readers.raw import RawReport, Visit
from lms.attendance.readers.stamps import Stamp, parse_stamp, zone_mark
from lms.attendance.readers.table import Row

NAME_LIMIT = 300
_SAMPLE = 60
_CUT_OFF = timedelta(minutes=1)  # platforms cut or round to the unit they show, at most to this
_SECOND = timedelta(seconds=1)

Moment = Callable[[Row, int], Stamp | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column is what. `names`: the whole name, or first and last name in their order."""

    headings: tuple[str, ...]
    names: tuple[int, ...]
    join: int | None
    leave: int | None
    length: int | None = None
    emails: tuple[int, ...] = ()
    learned: frozenset[tuple[str, int]] = frozenset()

    def heading(self, at: int) -> str:
        """The heading of a column, as the file has it."""
        return self.headings[at] if at < len(self.headings) else ""

    def name(self, row: Row) -> str:
        """Who the row is about."""
        return " ".join(filter(None, map(row.cell, self.names)))[:NAME_LIMIT]

    def email(self, row: Row) -> str | None:
        """The first address of the row that is one; «…#EXT#@…» is a tenant's label of a guest."""
        found = (email_in(row.cell(at)) for at in self.emails)
        return next((each for each in found if each and "#" not in each), None)

    def stated(self, row: Row) -> Length | None:
        """How long the platform says that somebody was there."""
        return stated_time(row.cell(self.length), self.learned)

    def stamp(self, row: Row, at: int) -> Stamp | None:
        """The cell as date and time, in the zone its heading names, if any."""
        return parse_stamp(row.cell(at), zone_mark(self.heading(at)))


class Visits:
    """Collects the visits of a report and what was odd about its rows."""

    def __init__(self, raw: RawReport) -> None:
        self.raw = raw
        self.lines: dict[str, list[int]] = {"ignored_rows": [], "unnamed_rows": []}
        self.unreadable: tuple[int, str, str] | None = None

    def visit(
        self, row: Row, plan: Plan, section: str | None = None, moment: Moment | None = None
    ) -> Visit | None:
        """The row as somebody's presence; None when it is not one, which is remembered."""
        name, email = plan.name(row), plan.email(row)
        at = moment or plan.stamp
        join, leave = self._time(row, plan, plan.join, at), self._time(row, plan, plan.leave, at)
        stated = plan.stated(row)
        if not any(row.cell(each) for each in (plan.join, plan.leave)) and not (
            stated and stated.time
        ):
            if name and (email or any(row.cell(at) for at in plan.emails)):
                self.raw.not_attended.append((name, email))
            else:
                self.lines["ignored_rows"].append(row.line)
            return None
        if not name and not email:
            self.lines["unnamed_rows"].append(row.line)
            return None
        return Visit(
            row.line,
            name,
            email,
            join,
            leave,
            stated.time if stated else None,
            section=section or None,
            short=min(stated.unit, _CUT_OFF) + _SECOND if stated else timedelta(),
        )

    def _time(self, row: Row, plan: Plan, at: int | None, moment: Moment) -> Stamp | None:
        text = row.cell(at)
        if at is None or not text:
            return None
        stamp = moment(row, at)
        if stamp is None and self.unreadable is None:
            self.unreadable = (row.line, plan.heading(at), text)
        return stamp

    def finish(self, line: int) -> RawReport:
        """The report. Raises UnreadableReport: `no_people`, `unreadable_times`."""
        visits = [visit for meeting in self.raw.meetings for visit in meeting.visits]
        if self.unreadable and not any(visit.join or visit.leave for visit in visits):
            row, column, text = self.unreadable
            raise UnreadableReport("unreadable_times", row=row, column=column, text=text)
        if not visits and not self.raw.not_attended:
            raise UnreadableReport("no_people", row=line)
        self.raw.notices += self._notices()
        return self.raw

    def _notices(self) -> Iterator[Notice]:
        for code, lines in self.lines.items():
            if lines:
                yield Notice(code, {"rows": tuple(sorted(lines))})


@dataclass(frozen=True, slots=True)
class Timing:
    """The columns of join, leave and length, and how far they bear one another out."""

    join: int
    leave: int
    length: int | None
    exact: float  # share of rows whose length is the whole time between join and leave
    within: float  # share of rows whose length is at most that
    learned: frozenset[tuple[str, int]] = frozenset()


def span(came: Stamp | None, left: Stamp | None) -> timedelta | None:
    """The time between two stamps, in the reading in which both exist and it is not negative."""
    if came is None or left is None:
        return None
    pairs: list[tuple[datetime | None, datetime | None]] = [
        (came.dmy, left.dmy),
        (came.mdy, left.mdy),
    ]
    spans = [end - start for start, end in pairs if start and end]
    return min((each for each in spans if each >= timedelta()), default=max(spans, default=None))


def timings(
    rows: Sequence[Row],
    moments: Sequence[int],
    lengths: Sequence[int],
    moment: Moment | None = None,
) -> list[Timing]:
    """Return how each two columns of times could be join and leave, the likeliest first."""
    read = moment or (lambda row, at: parse_stamp(row.cell(at)))
    sample = [row for row in rows if any(row.cell(at) for at in moments)][:_SAMPLE]
    found = [
        _timing(sample, join, leave, length, read)
        for join in moments
        for leave in moments
        if join != leave
        for length in (*lengths, None)
        if length not in (join, leave)
    ]
    return sorted(
        (each for each in found if each is not None),
        key=_likelihood,
        reverse=True,
    )


def _likelihood(each: Timing) -> tuple[bool, float, float, int, int]:
    """Agreement first; then neighbours, as platforms write join, leave and length side by side."""
    beside = 0 if each.length is None else -abs(each.length - each.leave)
    return each.length is not None, each.exact, each.within, -abs(each.leave - each.join), beside


def _timing(
    rows: Sequence[Row], join: int, leave: int, length: int | None, read: Moment
) -> Timing | None:
    told = [
        (row.cell(length), between)
        for row in rows
        if (between := span(read(row, join), read(row, leave))) is not None
    ]
    if not told or sum(between >= timedelta() for _, between in told) < 0.8 * len(told):
        return None
    if length is None:
        return Timing(join, leave, None, 0.0, 0.0)
    unknown = [(text, between) for text, between in told if text and parse_length(text) is None]
    learned = learn(unknown) if unknown else frozenset()
    stated = [
        (each.time, between) for text, between in told if (each := stated_time(text, learned))
    ]
    if len(stated) < len(told) / 2:
        return None
    exact = sum(abs(between - time) <= _CUT_OFF for time, between in stated) / len(stated)
    within = sum(time <= between + _CUT_OFF for time, between in stated) / len(stated)
    return Timing(join, leave, length, exact, within, learned)
