"""Microsoft Teams: the list of events of 2020, the table of 2021, the sections since 2022.

Teams writes a name, join, leave and a length with its units («1h 42m») side by side, in whatever
language; since 2022 twice: each person's first join and last leave, then each stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lms.attendance.readers.durations import looks_like_length, parse_length
from lms.attendance.readers.events import find_events, read_events
from lms.attendance.readers.grids import Grid, Shapes, Sheet, cut, shapes
from lms.attendance.readers.model import Notice
from lms.attendance.readers.people import name_key
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import Stamp, parse_stamp
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.visits import Plan, Timing, Visits, span, timings

_SURE = 0.8  # of the rows agree
_ROUNDED = timedelta(seconds=61)
_NUMBERED = ("1.", "2.", "3.", "4.")


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of people: its grid, its columns, and whether each row is one stay."""

    grid: Grid
    plan: Plan
    exact: float


class TeamsReader:
    """Reads what Teams lets organisers download."""

    platform = "teams"
    looked_for = "Microsoft Teams"
    rounding = 1

    def read(self, table: Table) -> RawReport | None:
        """Return what a Teams report says, None for another table.

        Raises UnreadableReport: `no_people`, `unreadable_times`.
        """
        sheet = cut(table)
        for grid in sheet.grids:
            events = find_events(grid)
            if events is not None and events.action < events.when:
                return read_events(grid, events)
        parts = [part for grid in sheet.grids if (part := _part(grid, sheet))]
        return _sections(sheet, parts) if parts else None


def _part(grid: Grid, sheet: Sheet) -> _Part | None:
    """How a grid is a section of people, None if it is another platform's or another thing."""
    found = shapes(grid.rows)
    if len(found.stamps) < 2 or any(_zoned(row, found) for row in grid.rows[:5]):
        return None
    lengths = tuple(at for at in found.lengths if _in_units(grid.rows, at))
    best = next(iter(timings(grid.rows, found.stamps, lengths)), None)
    if best is None or not _borne_out(best, sheet):
        return None
    names = [at for at in found.texts if at < best.join]
    if not names or any(at < best.join for at in found.flags):
        return None  # «attended», «first name, last name» and the like: another platform's
    if sum(len({row.cell(at) for row in grid.rows[:60]}) > 1 for at in names) > 1:
        return None
    emails = tuple(sorted(found.emails))
    plan = Plan(
        grid.headings, tuple(names[-1:]), best.join, best.leave, best.length, emails, best.learned
    )
    return _Part(grid, plan, best.exact)


def _zoned(row: Row, found: Shapes) -> bool:
    """Whether the times name their zone: Teams' never do."""
    stamps = (parse_stamp(row.cell(at)) for at in found.stamps)
    return any(stamp is not None and stamp.offset is not None for stamp in stamps)


def _in_units(rows: list[Row], at: int) -> bool:
    """Whether lengths are told in units, «19m 26s», and not as a clock or a bare number."""
    told = [cell for row in rows[:60] if (cell := row.cell(at))]
    return sum(":" not in cell for cell in told) > len(told) / 2


def _borne_out(best: Timing, sheet: Sheet) -> bool:
    """Whether lengths agree with the times; without lengths, whether a summary stands above."""
    if best.length is not None:
        return max(best.exact, best.within) >= _SURE
    stamps = [row for row in sheet.pairs if parse_stamp(row.cells[-1])]
    return len(stamps) >= 2 and any(looks_like_length(row.cells[-1]) for row in sheet.pairs)


def _sections(sheet: Sheet, parts: list[_Part]) -> RawReport:
    """The stays of the most detailed section, and who stands in another one only."""
    meeting = _meeting(sheet, parts[0].grid.line)
    raw = RawReport(meetings=[meeting])
    visits = Visits(raw)
    in_detail = sorted(parts, key=lambda part: (part.exact, part.grid.line), reverse=True)
    seen = _Seen()
    outer: list[int] = []
    for part in in_detail:
        found = [
            visit
            for row in part.grid.rows
            if (visit := visits.visit(row, part.plan, _section(part.grid)))
        ]
        new = [visit for visit in found if not seen.has(visit.name, visit.email)]
        seen.note(found)
        meeting.visits += new
        outer += [visit.line for visit in new if _went_out(visit)]
    if outer:
        raw.notices.append(Notice("away_inside", {"rows": tuple(sorted(outer))}))
    raw.not_attended = [each for each in raw.not_attended if not seen.has(*each)]
    return visits.finish(parts[0].grid.line)


def _went_out(visit: Visit) -> bool:
    """Whether the time stated is less than from join to leave: first join and last leave."""
    between = span(visit.join, visit.leave)
    return visit.stated is not None and between is not None and between - visit.stated > _ROUNDED


class _Seen:
    """Who stands in the sections read so far: by address, by name where one has no address."""

    def __init__(self) -> None:
        self.emails: set[str] = set()
        self.names: set[str] = set()
        self.bare: set[str] = set()

    def has(self, name: str, email: str | None) -> bool:
        """Whether somebody is known already, so that a coarser section adds nothing."""
        key = name_key(name)
        if email is None:
            return key in self.names
        return email.casefold() in self.emails or key in self.bare

    def note(self, visits: list[Visit]) -> None:
        """Keep the people of a section."""
        for visit in visits:
            key = name_key(visit.name)
            self.names.add(key)
            if visit.email:
                self.emails.add(visit.email.casefold())
            else:
                self.bare.add(key)


def _section(grid: Grid) -> str | None:
    """The section's title without its number."""
    title = grid.title
    return (title[2:].strip() if title.startswith(_NUMBERED) else title) or None


def _meeting(sheet: Sheet, line: int) -> RawMeeting:
    """The summary: the first line that is neither number, time nor length is the title."""
    stamps: list[tuple[Row, Stamp]] = []
    title: str | None = None
    for row in sheet.pairs:
        if row.line > line:
            break
        value = row.cells[-1]
        stamp = parse_stamp(value)
        if stamp is not None:
            stamps.append((row, stamp))
        elif title is None and not stamps and not value.isdigit() and not parse_length(value):
            title = value
    start, end = (stamps[0][1], stamps[1][1]) if len(stamps) > 1 else (None, None)
    return RawMeeting(stamps[0][0].line if stamps else line, title, start, end)
