"""What is done with the elements of each part of a workbook."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from lms.workbooks.budget import Budget, WorkbookError
from lms.workbooks.values import Formats, column_of, shown

_LAST_ROW = 1_048_576  # of any sheet


def _whole(text: str) -> int:
    """A number from 0. ValueError for any other."""
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{text[:20]!r} is no position")
    return int(text)


def local(name: str) -> str:
    """The name of an element without its namespace: the strict and the usual dialect are one."""
    return name.rpartition("}")[2]


class Handler:
    """What is done with the elements of one part."""

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """An element ends."""

    def text(self, text: str, /) -> None:
        """Characters."""


class Listed(Handler):
    """The sheets as the workbook lists them: name, relation, whether hidden; its calendar."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """Take note of an element that begins."""
        if name == "sheet":
            key = next((value for at, value in attrs.items() if local(at) == "id"), "")
            self.sheets.append((attrs.get("name", ""), key, "idden" in attrs.get("state", "")))
        elif name == "workbookPr":
            self.from_1904 = attrs.get("date1904", "0") in {"1", "true"}


class Targets(Handler):
    """The part each relation of the workbook leads to, inside the zip."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """Take note of an element that begins."""
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/xl", attrs.get("Target", "")))
            self.found[attrs.get("Id", "")] = path.lstrip("/").lower()


class Styles(Handler):
    """The number formats: their codes, and which one each style of cells uses."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.used: list[int] = []
        self._of_cells = False

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """Take note of an element that begins."""
        if name == "numFmt":
            self.codes[int(attrs.get("numFmtId", "0"))] = attrs.get("formatCode", "")[:200]
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self.used.append(int(attrs.get("numFmtId", "0")))

    def end(self, name: str, /) -> None:
        """Take note of an element that ends."""
        if name == "cellXfs":
            self._of_cells = False


class Strings(Handler):
    """The strings that cells share: pieces of different looks joined, no phonetic readings."""

    def __init__(self, budget: Budget) -> None:
        self.found: list[str] = []
        self._budget = budget
        self._pieces: list[str] = []
        self._reading = self._phonetic = False

    def start(self, name: str, _attrs: dict[str, str], /) -> None:
        """Take note of an element that begins."""
        if name == "rPh":
            self._phonetic = True
        self._reading = name == "t" and not self._phonetic

    def end(self, name: str, /) -> None:
        """Take note of an element that ends."""
        self._reading = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.found.append("".join(self._pieces))
            self._budget.say(self.found[-1])
            self._pieces = []

    def text(self, text: str, /) -> None:
        """Take note of characters."""
        if self._reading:
            self._pieces.append(text)


@dataclass(slots=True)
class _Cell:
    column: int
    kind: str
    style: int
    pieces: list[str] = field(default_factory=list)


class Rows(Handler):
    """The rows of one sheet."""

    def __init__(self, budget: Budget, strings: list[str], formats: Formats) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._budget, self._strings, self._formats = budget, strings, formats
        self._line = 0
        self._cells: list[str] = []
        self._cell: _Cell | None = None
        self._reading = self._phonetic = False
        self._next = 0

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """Take note of an element that begins."""
        if name == "row":
            self._line = int(attrs.get("r", self._line + 1))
            if not 0 < self._line <= _LAST_ROW:
                raise WorkbookError("damaged")
            self._cells, self._next = [], 0
        elif name == "c":
            column = column_of(attrs["r"]) if "r" in attrs else self._next
            self._next = column + 1
            self._cell = _Cell(column, attrs.get("t", "n"), int(attrs.get("s", "0")))
        elif name == "rPh":
            self._phonetic = True
        self._reading = name in {"v", "t"} and self._cell is not None and not self._phonetic

    def end(self, name: str, /) -> None:
        """Take note of an element that ends."""
        self._reading = False
        if name == "c" and self._cell is not None:
            self._keep(self._cell)
            self._cell = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and any(self._cells):
            self._budget.row(self._line, self._cells)
            self.rows.append((self._line, self._cells))

    def text(self, text: str, /) -> None:
        """Take note of characters."""
        if self._reading and self._cell is not None:
            self._cell.pieces.append(text)

    def _keep(self, cell: _Cell) -> None:
        written = "".join(cell.pieces)
        if cell.kind == "s":
            value = self._strings[_whole(written)] if written else ""
        else:
            value = shown(written, cell.kind, cell.style, self._formats)
        if not value:
            return
        if cell.column >= self._budget.limits.columns:
            limit = self._budget.limits.columns
            raise WorkbookError("too_many_columns", row=self._line, limit=limit)
        self._budget.say(value)
        self._cells += [""] * (cell.column + 1 - len(self._cells))
        self._cells[cell.column] = value
