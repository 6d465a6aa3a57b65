"""Tables of a report by their shape alone: a row of headings, its rows, what each column holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from lms.accounts.tax_code_rules import looks_like_one, normalise
from lms.attendance.readers.columns import email_in, whole_minutes
from lms.attendance.readers.durations import looks_like_length, parse_length
from lms.attendance.readers.stamps import Stamp, parse_stamp, zone_mark
from lms.attendance.readers.table import Row, Table
from lms.attendance.readers.vocabulary import meanings, yes_or_no

_HEADINGS_TRIED = 40
_SAMPLE = 100
_MOST = 0.6  # of a column's filled cells have one shape
NAME_LIMIT = 300


@dataclass(frozen=True)
class Grid:
    """A row of headings and the rows under it, down to the next blank one."""

    head: Row
    rows: tuple[Row, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as the file has them."""
        return self.head.cells

    @cached_property
    def width(self) -> int:
        """How many columns headings or rows have."""
        return max(len(row.cells) for row in (self.head, *self.rows[:_SAMPLE]))

    @cached_property
    def stamps(self) -> list[int]:
        """Columns of dates with times."""
        return self.shaped(lambda text: parse_stamp(text) is not None)

    @cached_property
    def emails(self) -> list[int]:
        """Columns of e-mail addresses."""
        return self.shaped(lambda text: email_in(text) is not None)

    @cached_property
    def lengths(self) -> list[int]:
        """Columns of durations with their units."""
        return self.shaped(looks_like_length)

    @cached_property
    def numbers(self) -> list[int]:
        """Columns of whole numbers."""
        return self.shaped(lambda text: whole_minutes(text) is not None)

    @cached_property
    def flags(self) -> list[int]:
        """Columns of yes and no, in a known language."""
        return self.shaped(lambda text: yes_or_no(text) is not None or truth(text) is not None)

    @cached_property
    def tax_codes(self) -> list[int]:
        """Columns of Italian tax codes."""
        return self.shaped(looks_like_one)

    def texts(self) -> list[int]:
        """Columns of anything else."""
        known = {
            *self.stamps, *self.emails, *self.lengths, *self.numbers, *self.flags, *self.tax_codes
        }  # fmt: skip
        filled = (i for i in range(self.width) if any(row.cell(i) for row in self.rows[:_SAMPLE]))
        return [i for i in filled if i not in known]

    def shaped(self, shape: Callable[[str], bool]) -> list[int]:
        """The columns most of whose filled cells have a shape."""
        return [at for at in range(self.width) if self._share(at, shape) >= _MOST]

    def _share(self, at: int, shape: Callable[[str], bool]) -> float:
        filled = [cell for row in self.rows[:_SAMPLE] if (cell := row.cell(at))]
        return sum(map(shape, filled)) / len(filled) if filled else 0.0

    def heading(self, at: int | None) -> str:
        """The heading of a column, "" where there is none."""
        return self.headings[at] if at is not None and at < len(self.headings) else ""

    def stamp(self, row: Row, at: int | None) -> Stamp | None:
        """The date and time in a cell, with the zone its heading names."""
        text = row.cell(at)
        return parse_stamp(text, zone_mark(self.heading(at))) if text else None

    def tax_code(self, row: Row) -> str | None:
        """The row's tax code."""
        codes = (normalise(row.cell(at)) for at in self.tax_codes if looks_like_one(row.cell(at)))
        return next(codes, None)

    def saying(self, *wanted: str, among: Sequence[int]) -> int | None:
        """The first of some columns whose heading has one of the meanings."""
        return next((i for i in among if meanings(self.heading(i)) & {*wanted}), None)


def headings_in(table: Table, least: int = 3) -> Iterator[Row]:
    """The rows that may be headings: so many cells or more, none of them an address or a time."""
    for row in table.rows:
        if row.filled >= least and not any(map(_is_value, row.cells)):
            yield row


def grids(table: Table) -> Iterator[Grid]:
    """The tables under the first rows that may be headings, in their order."""
    places = {row.line: at for at, row in enumerate(table.rows)}
    for row in islice(headings_in(table), _HEADINGS_TRIED):
        below: list[Row] = []
        for each in table.rows[places[row.line] + 1 :]:
            if each.filled < 2 or each.cells == row.cells:
                break
            below.append(each)
        if below:
            yield Grid(row, tuple(below))


def _is_value(cell: str) -> bool:
    return bool(email_in(cell) or parse_stamp(cell) or parse_length(cell))


def truth(text: str) -> bool | None:
    """What a cell TRUE or FALSE says, as programs write it; None for anything else."""
    return {"true": True, "false": False}.get(text.casefold())


def names(grid: Grid, among: Sequence[int]) -> tuple[int | None, int | None, int | None]:
    """Of some columns of text, those of the whole name, the given name and the family name.

    By the words of the headings, else by place: the first two are a name in two parts.
    """
    given = grid.saying("first_name", among=among)
    family = grid.saying("last_name", among=[i for i in among if i != given])
    whole = grid.saying("name", among=[i for i in among if i not in (given, family)])
    if given is not None and family is None:
        family, whole = whole, None
    elif family is not None and given is None:
        given, whole = (
            (whole, None) if whole is not None and abs(whole - family) == 1 else (None, whole)
        )
    if whole is None and family is None and given is None and among:
        whole = among[0]
    return whole, given, family


def full_name(row: Row, columns: tuple[int | None, int | None, int | None]) -> str:
    """The name a row gives, put together where it is in two parts."""
    whole, given, family = columns
    parts = f"{row.cell(given)} {row.cell(family)}".strip()
    return (row.cell(whole) or parts)[:NAME_LIMIT]
