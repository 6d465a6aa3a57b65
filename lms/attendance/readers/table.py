"""From text to rows: separator, quotes, limits. Cells come out clean, each row with its line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lms.attendance.readers.model import UnreadableReport
from lms.text import clean_line

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 2_000_000
MAX_CELL = 32_767  # a spreadsheet's own limit

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 65_536
_FORMULA = re.compile(r"""(?:^|(?<=[,;\t|]))="([^"\r\n]*)"(?=[,;\t|\r\n]|$)""", re.M)
_MISSING = frozenset(
    ["", "-", "--", "---", "—", "–", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "n.d."]
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row without its trailing empty cells; `line` counts from 1 in the file."""

    line: int
    cells: tuple[str, ...]

    def cell(self, at: int | None) -> str:
        """The cell, "" where there is none or it says that it holds nothing (NA, --)."""
        if at is None or at >= len(self.cells):
            return ""
        text = self.cells[at]
        return "" if is_missing(text) else text

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a report, blank ones included (they separate its parts)."""

    rows: tuple[Row, ...]
    filename: str
    sheet: str = ""  # of a workbook


def is_missing(text: str) -> bool:
    """Whether a cell says that it holds nothing: empty, `--`, `NA` and the like."""
    return len(text) <= 4 and text.casefold() in _MISSING


def clean_cell(text: str) -> str:
    """One line, NFC, without control, zero-width and direction characters, a formula's text bare.

    `="04/05/2026"` is how exports keep a spreadsheet from touching a cell.
    """
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].replace('""', '"')
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return clean_line("".join(ch for ch in text if unicodedata.category(ch) != "Cf"))


def parse_table(text: str, filename: str) -> Table:
    """Return the rows of a separated text.

    Raises UnreadableReport: `empty`; `too_many_rows`, `too_many_columns`, `too_many_cells`,
    `cell_too_long`, `open_quote`, each naming the row.
    """
    separator, body, skipped = _declared(_FORMULA.sub(r'"\1"', text) if '="' in text else text)
    rows = list(_rows(body, separator or _separator(body), skipped=skipped))
    if _each_row_in_one_cell(rows):
        rows = _unwrapped(rows)
    if not any(row.filled for row in rows):
        raise UnreadableReport("empty")
    return Table(tuple(rows), filename)


def table_of_cells(rows: Iterable[tuple[int, list[str]]], filename: str, sheet: str = "") -> Table:
    """Return the rows of a sheet, numbered as it numbers them; a gap between rows is one blank row.

    Raises UnreadableReport: `too_many_columns`, `cell_too_long`, each naming the row.
    """
    found: list[Row] = []
    for line, cells in rows:
        if found and line > found[-1].line + 1:
            found.append(Row(line - 1, ()))
        found.append(_checked(list(cells), line))
    return Table(tuple(found), filename, sheet)


def _declared(text: str) -> tuple[str | None, str, int]:
    """A first line `sep=;`, as Excel writes it, says the separator and is no row."""
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    word = first.strip().strip('"')
    if word.casefold().startswith("sep=") and len(word) == 5:
        return word[4], rest, 1
    return ("\t", rest, 1) if word.casefold() == "sep=" else (None, text, 0)


def _separator(text: str) -> str:
    """The separator that makes most cells of the opening rows, counting rows of three or more.

    Where none makes such rows, the one that makes most rows of two.
    """
    sample = text[:_SAMPLE]

    def cells(separator: str) -> tuple[int, int]:
        try:
            opening = list(islice(_reader(io.StringIO(sample, newline=""), separator), 300))
        except csv.Error:
            return 0, 0
        pairs = sum(len(row) == 2 for row in opening)
        return sum(len(row) for row in opening if len(row) >= 3), pairs

    return max(_SEPARATORS, key=cells)


def _reader(lines: Iterable[str], separator: str, *, strict: bool = False) -> Iterator[list[str]]:
    skip = separator != "\t"
    return csv.reader(lines, delimiter=separator, skipinitialspace=skip, strict=strict)


class _Lines:
    """Physical lines on their way into the CSV reader, counted, those of one row kept."""

    def __init__(self, text: str, separator: str, skipped: int) -> None:
        self._lines = io.StringIO(text, newline="")
        self._separator = separator
        self.number = skipped
        self.of_row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.of_row.append(line)
        if line.count(self._separator) > 40 * MAX_COLUMNS:  # beyond any padding: do not build it
            raise UnreadableReport("too_many_columns", row=self.number, limit=MAX_COLUMNS)
        return line

    @property
    def row_starts(self) -> int:
        return self.number - len(self.of_row) + 1

    def leave_a_quote_open(self) -> bool:
        """Whether the lines of the last row end inside a quotation that swallowed line ends."""
        if len(self.of_row) < 2:
            return False
        try:
            list(_reader(self.of_row, self._separator, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False


def _rows(text: str, separator: str, *, skipped: int) -> Iterator[Row]:
    lines = _Lines(text, separator, skipped)
    reader = _reader(lines, separator)
    rows = cells = 0
    while True:
        previous, lines.of_row = lines.of_row, []
        try:
            raw = next(reader)
        except StopIteration:
            lines.of_row = previous
            if lines.leave_a_quote_open():
                raise UnreadableReport("open_quote", row=lines.row_starts) from None
            return
        except csv.Error as error:  # a field beyond the csv module's own limit
            code = "open_quote" if len(lines.of_row) > 1 else "cell_too_long"
            raise UnreadableReport(code, row=lines.row_starts, limit=MAX_CELL) from error
        row = _checked(raw, lines.row_starts)
        rows += bool(row.cells)
        cells += len(row.cells)
        if rows > MAX_ROWS:
            raise UnreadableReport("too_many_rows", row=row.line - 1, limit=MAX_ROWS)
        if cells > MAX_CELLS:
            raise UnreadableReport("too_many_cells", row=row.line, limit=MAX_CELLS)
        yield row


def _checked(raw: list[str], line: int) -> Row:
    if raw and max(map(len, raw)) > MAX_CELL:
        raise UnreadableReport("cell_too_long", row=line, limit=MAX_CELL)
    while raw and (not raw[-1] or raw[-1].isspace()):
        raw.pop()
    if len(raw) > MAX_COLUMNS:
        raise UnreadableReport("too_many_columns", row=line, limit=MAX_COLUMNS)
    cells = [clean_cell(cell) for cell in raw]
    while cells and not cells[-1]:
        cells.pop()
    return Row(line, tuple(cells))


def _each_row_in_one_cell(rows: list[Row]) -> bool:
    """A comma file opened in a spreadsheet that expects ';' and saved: every row is one cell."""
    full = [row for row in rows if row.cells]
    wrapped = sum(1 for r in full if len(r.cells) == 1 and _separators_in(r.cells[0]) >= 2)
    return bool(full) and wrapped > 0.6 * len(full)


def _separators_in(text: str) -> int:
    return max(text.count(separator) for separator in _SEPARATORS)


def _unwrapped(rows: list[Row]) -> list[Row]:
    separator = _separator("\n".join(row.cells[0] for row in rows if row.cells))
    return [
        _checked(next(_reader([row.cells[0]], separator), []), row.line) if row.cells else row
        for row in rows
    ]
