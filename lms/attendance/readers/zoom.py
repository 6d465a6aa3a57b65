"""Zoom: participants of a meeting, usage logs of several meetings, webinar attendee reports.

What these have in common is what is read: a table whose rows are a person with join, leave and
whole minutes (or only their total), in any language, order and company of other columns; above it,
or in its own columns, the meeting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lms.attendance.readers.blocks import Block, Layout, lay_out
from lms.attendance.readers.columns import Columns, email_in, whole_minutes
from lms.attendance.readers.model import Notice, UnreadableReport
from lms.attendance.readers.people import name_key
from lms.attendance.readers.raw import RawMeeting, RawReport, Reference, ReferenceKind, Visit
from lms.attendance.readers.stamps import Stamp, parse_stamp, zone_mark
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.vocabulary import meanings, yes_or_no

_ZONE_NAME = re.compile(
    r"(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)/[A-Z][A-Za-z_/]+"
)
_NAME_LIMIT = 300
_MOST_SHIFTED = 5
_SAMPLE = 60


class ZoomReader:
    """Reads what Zoom exports."""

    platform = "zoom"
    looked_for = "Zoom"
    rounding = 60

    def read(self, table: Table) -> RawReport | None:
        """Return what a Zoom report says, None for another table.

        Raises UnreadableReport: `meetings_only`, `no_people`, `unreadable_times`.
        """
        layout = lay_out(table)
        people = [block for block in layout.blocks if _is_presence(block)]
        if not people:
            for block in layout.blocks:
                if block.columns.of_meetings and block.columns.end is not None and block.rows:
                    raise UnreadableReport("meetings_only", row=block.line)
            return None
        return _Reading().report(layout, people)


def _is_presence(block: Block) -> bool:
    """Whether rows are people's presence as Zoom writes it.

    Minutes are bare whole numbers: «1h 42m» or «02:10:43» is another platform. Without minutes one
    more of Zoom's columns must be there, or any list with times would do.
    """
    columns = block.columns
    signs = (columns.minutes, columns.email, columns.waiting, columns.attended)
    if not columns.of_people or not (
        columns.has_original_name or any(s is not None for s in signs)
    ):
        return False
    rows = [row for row in block.rows[:200] if len(row.cells) <= len(columns.headings)]
    told = [cell for row in rows if (cell := row.cell(columns.minutes))]
    return not told or sum(whole_minutes(cell) is not None for cell in told) > len(told) / 2


class _Reading:
    """The rows of one report on their way into a RawReport."""

    def __init__(self) -> None:
        self.raw = RawReport()
        self.meeting: RawMeeting | None = None
        self.lines: dict[str, list[int]] = {
            code: [] for code in ("ignored_rows", "unnamed_rows", "shifted_rows")
        }
        self.waiting: list[str] = []
        self.unreadable: tuple[int, str, str] | None = None  # first such cell: row, heading, text

    def report(self, layout: Layout, people: list[Block]) -> RawReport:
        of_people = {id(block) for block in people}
        for block in layout.blocks:
            self.raw.references += _references(block)
            if id(block) in of_people:
                self._people(block)
            elif block.columns.of_meetings:
                self._meeting_above(block)
            else:
                self.lines["ignored_rows"] += [row.line for row in block.rows]
        self._loose(layout)
        self.raw.meetings = [m for m in self.raw.meetings if m.visits or m.start]
        visits = [visit for meeting in self.raw.meetings for visit in meeting.visits]
        if self.unreadable and not any(visit.join or visit.leave for visit in visits):
            row, column, text = self.unreadable
            raise UnreadableReport("unreadable_times", row=row, column=column, text=text)
        if not (visits or self.raw.not_attended or self.waiting):
            raise UnreadableReport("no_people", row=people[0].line)
        self.raw.totals_only = not any(block.columns.timed for block in people)
        self.raw.notices = list(self._notices(visits))
        return self.raw

    def _meeting_above(self, block: Block) -> None:
        """A meeting's own lines, above its people; several lines above one list are one meeting."""
        for at, row in enumerate(block.rows):
            self.raw.zone = self.raw.zone or _zone_named(row)
            meeting = _meeting(
                self._aligned(row, block.columns, block.columns.start), block.columns
            )
            if at == 0 or self.meeting is None:
                self._open(meeting)
                continue
            self.meeting.end = meeting.end or self.meeting.end
            if at == 1:
                self.raw.notices.append(Notice("meetings_joined", {"row": row.line}))

    def _open(self, meeting: RawMeeting) -> RawMeeting:
        self.meeting = meeting
        self.raw.meetings.append(meeting)
        return meeting

    def _people(self, block: Block) -> None:
        columns = block.columns
        kept: dict[tuple[str, ...], RawMeeting] = {}
        for each in block.rows:
            row = self._aligned(each, columns, columns.join)
            meeting = self.meeting
            if columns.of_meetings:  # a usage log: the meeting stands in every row, or in its first
                own = (
                    row.cell(columns.topic),
                    row.cell(columns.meeting_id),
                    row.cell(columns.start),
                )
                if any(own) or meeting is None:
                    meeting = kept.get(own) or self._open(_meeting(row, columns))
                    kept[own] = self.meeting = meeting
            elif meeting is None:
                meeting = self._open(RawMeeting(block.line))
            visit = self._visit(row, columns, block.title)
            if visit is not None:
                meeting.visits.append(visit)

    def _visit(self, row: Row, columns: Columns, section: str) -> Visit | None:
        """The row as somebody's presence; None when it is not one, which is remembered."""
        registered = f"{row.cell(columns.first_name)} {row.cell(columns.last_name)}".strip()
        name = (row.cell(columns.name) or registered)[:_NAME_LIMIT]
        email = email_in(row.cell(columns.email))
        whole = whole_minutes(row.cell(columns.minutes))
        stated = None if whole is None else timedelta(minutes=whole)
        join, leave = (
            self._time(row, columns, columns.join),
            self._time(row, columns, columns.leave),
        )
        told = row.cell(columns.join) or row.cell(columns.leave) or stated is not None
        attended = yes_or_no(row.cell(columns.attended))
        if join is None and (attended is False or (row.cell(columns.attended) and not told)):
            self.raw.not_attended.append((name or email or "", email))
        elif not told:
            self.lines["ignored_rows"].append(row.line)
        elif yes_or_no(row.cell(columns.waiting)):
            self.waiting.append(name)
        elif not name and not email:
            self.lines["unnamed_rows"].append(row.line)
        else:
            title = section or None
            return Visit(row.line, name, email, join, leave, stated, registered or None, title)
        return None

    def _time(self, row: Row, columns: Columns, at: int | None) -> Stamp | None:
        text = row.cell(at)
        heading = columns.heading(at)
        stamp = parse_stamp(text, zone_mark(heading)) if text else None
        if text and stamp is None and self.unreadable is None:
            self.unreadable = (row.line, heading, text)
        return stamp

    def _aligned(self, row: Row, columns: Columns, probe: int | None) -> Row:
        """The row with a name or title put back together that held an unquoted separator."""
        at = columns.name if columns.name is not None else columns.topic
        extra = len(row.cells) - len(columns.headings)
        if at is None or probe is None or at > probe or not 0 < extra <= _MOST_SHIFTED:
            return row
        if parse_stamp(row.cell(probe)) or not parse_stamp(row.cell(probe + extra)):
            return row
        self.lines["shifted_rows"].append(row.line)
        whole = ", ".join(row.cells[at : at + extra + 1])
        return Row(row.line, (*row.cells[:at], whole, *row.cells[at + extra + 1 :]))

    def _loose(self, layout: Layout) -> None:
        """Lines outside the tables: when the report was generated, a zone, titles, leftovers."""
        first = layout.blocks[0].line
        titles = {block.title for block in layout.blocks}
        for row in layout.loose:
            stamps = [stamp for cell in row.cells if (stamp := parse_stamp(cell))]
            kind: ReferenceKind = "generated" if "generated" in meanings(row.cells[0]) else "other"
            self.raw.references += [Reference(row.line, stamp, kind) for stamp in stamps]
            self.raw.zone = self.raw.zone or _zone_named(row)
            if row.line > first and not stamps and not titles & {*row.cells}:
                self.lines["ignored_rows"].append(row.line)

    def _notices(self, visits: list[Visit]) -> Iterator[Notice]:
        yield from self.raw.notices
        if self.waiting:
            yield Notice("waiting_room", {"count": len(self.waiting)})
        admitted = {name_key(visit.name) for visit in visits}
        left_out = {name_key(n): n for n in self.waiting if name_key(n) not in admitted}
        if left_out:
            yield Notice("only_waiting", {"names": tuple(left_out.values())})
        for code, lines in self.lines.items():
            if lines:
                yield Notice(code, {"rows": tuple(sorted(lines))})


def _meeting(row: Row, columns: Columns) -> RawMeeting:
    start, end = columns.start, columns.end
    return RawMeeting(
        row.line,
        title=row.cell(columns.topic) or None,
        start=parse_stamp(row.cell(start), zone_mark(columns.heading(start))),
        end=parse_stamp(row.cell(end), zone_mark(columns.heading(end))),
        minutes=None if columns.of_people else whole_minutes(row.cell(columns.minutes)),
    )


def _references(block: Block) -> list[Reference]:
    """The other times of a table: registrations, creation; each text once."""
    columns = block.columns
    known = {columns.join, columns.leave, columns.start, columns.end}
    sample = block.rows[:_SAMPLE]
    found: dict[str, Reference] = {}
    for at, heading in enumerate(columns.headings):
        if at in known or not any(parse_stamp(row.cell(at)) for row in sample):
            continue
        kind: ReferenceKind = "created" if "created" in meanings(heading) else "other"
        for row in block.rows:
            stamp = parse_stamp(row.cell(at))
            if stamp:
                found.setdefault(row.cell(at), Reference(row.line, stamp, kind))
    return list(found.values())


def _zone_named(row: Row) -> ZoneInfo | None:
    """The zone a line names: «Time zone, Europe/Rome»."""
    for cell in filter(_ZONE_NAME.fullmatch, row.cells):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(cell)
    return None
