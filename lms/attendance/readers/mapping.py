"""Which column of an unknown table is what, as somebody said it: kept, compared, guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from lms.attendance.readers.grid import Grid, headings_in, names
from lms.attendance.readers.people import name_key
from lms.attendance.readers.stamps import parse_day, parse_hour
from lms.attendance.readers.table import Row, Table

Role = Literal[
    "name", "given_name", "family_name", "email", "tax_code", "day", "joined", "left", "minutes"
]
ROLES: tuple[Role, ...] = get_args(Role)
WHO: tuple[Role, ...] = ("name", "family_name", "email", "tax_code")
MOST_COLUMNS = 60  # offered to be named
_SHOWN_ROWS = 12


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The headings a table is known by (none: it has no headings), and the columns that count."""

    headings: tuple[str, ...]
    columns: tuple[tuple[Role, int], ...]

    def column(self, role: Role) -> int | None:
        """Where something stands, None where it does not."""
        return dict(self.columns).get(role)

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"headings": list(self.headings), "columns": dict(self.columns)}

    @classmethod
    def of(cls, stored: Any) -> ColumnMapping | None:
        """As it was stored; None for what is none."""
        if not isinstance(stored, Mapping) or not isinstance(stored.get("columns"), Mapping):
            return None
        columns = stored["columns"]
        headings = tuple(str(each) for each in stored.get("headings") or ())
        return cls(headings, tuple((role, int(columns[role])) for role in ROLES if role in columns))


def fault(columns: Sequence[tuple[Role, int]]) -> str | None:
    """What is wrong with what columns are said to be: `twice`, `nobody`, `without_join`."""
    said = [role for role, _at in columns]
    if len(said) != len(set(said)):
        return "twice"
    if not {*WHO} & {*said}:
        return "nobody"
    if {"left", "day"} & {*said} and "joined" not in said:
        return "without_join"
    return None


def signature(headings: Sequence[str]) -> str:
    """The name a table is known by: the same headings in the same places, whatever their case."""
    return hashlib.sha256("\n".join(map(name_key, headings)).encode()).hexdigest()


def heading_rows(table: Table) -> list[Row]:
    """The rows of a table that may be its headings, the first ones."""
    return list(headings_in(table, least=2))[:_SHOWN_ROWS]


def likeliest(rows: Sequence[Row]) -> Row | None:
    """Of possible headings the likeliest: the first of those that name the most columns."""
    return max(rows, key=lambda row: (row.filled, -row.line), default=None)


def under(table: Table, headings: Sequence[str]) -> list[Row]:
    """The rows of a table under its headings, repeated ones left out; all where it has none."""
    wanted = signature(headings)
    found: list[Row] = []
    begun = not headings
    for row in table.rows:
        if headings and row.filled and signature(row.cells) == wanted:
            begun = True
        elif begun and row.filled:
            found.append(row)
    return found


def guessed(headings: Row, rows: Sequence[Row]) -> ColumnMapping:
    """What each column seems to be, for a person to confirm: by its words and its shape."""
    grid = Grid(headings, tuple(rows[:200]))
    days = grid.shaped(lambda text: parse_day(text) is not None)
    hours = grid.shaped(lambda text: parse_hour(text) is not None)
    times = sorted({*grid.stamps, *hours})
    whole, given, family = names(grid, [i for i in grid.texts() if i not in {*days, *hours}])
    joined = grid.saying("join", "start", among=times)
    left = grid.saying("leave", "end", among=[i for i in times if i != joined])
    if joined is None and left is None and len(times) == 2:  # from, to
        joined, left = times
    minutes = grid.saying("minutes", "duration", "total", among=[*grid.numbers, *grid.lengths])
    found: dict[Role, int | None] = {
        "name": whole,
        "given_name": given,
        "family_name": family,
        "email": next(iter(grid.emails), None),
        "tax_code": next(iter(grid.tax_codes), None),
        "day": next(iter(days), None) if hours else None,
        "joined": joined,
        "left": left if joined is not None else None,
        "minutes": minutes,
    }
    columns = tuple((role, at) for role, at in found.items() if at is not None)
    return ColumnMapping(headings.cells, columns)
