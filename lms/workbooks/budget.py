"""How much of a workbook is read, and what it is refused with."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at most; beyond it the workbook is refused."""

    unpacked: int = 300 * 1024 * 1024  # bytes of all parts together
    sheets: int = 100
    rows: int = 200_000  # of all sheets, with something in them
    columns: int = 500
    cells: int = 2_000_000
    characters: int = 100_000_000
    seconds: float = 30.0


_REASONS = {
    "damaged": "it is damaged, or locked with a password",
    "entities": "it declares a document type and entities, as no workbook does",
    "no_sheet": "it holds no sheet",
    "too_large": "unpacked it is larger than {limit} MB",
    "too_slow": "reading it takes longer than {limit} seconds",
    "too_many_sheets": "it has more than {limit} sheets",
    "too_many_rows": "it has more than {limit} rows",
    "too_many_columns": "row {row} has more than {limit} columns",
    "too_many_cells": "it has more than {limit} cells, reached at row {row}",
}


class WorkbookError(ValueError):
    """The bytes are no workbook this reads: a `code`, and where (`row`), or which limit."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: Mapping[str, str | int] = params
        super().__init__(_REASONS[code].format_map(params))


@dataclass(slots=True)
class Budget:
    """What is left of the limits."""

    limits: Limits
    deadline: float
    unpacked: int = 0
    rows: int = 0
    cells: int = 0
    characters: int = 0

    def unpack(self, size: int) -> None:
        """Count bytes of a part, and look at the clock."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise WorkbookError("too_large", limit=self.limits.unpacked // (1024 * 1024))
        if time.monotonic() > self.deadline:
            raise WorkbookError("too_slow", limit=int(self.limits.seconds))

    def say(self, text: str) -> None:
        """Count a text."""
        self.characters += len(text)
        if self.characters > self.limits.characters:
            raise WorkbookError("too_large", limit=self.limits.characters // (1024 * 1024))

    def row(self, line: int, cells: list[str]) -> None:
        """Count a row."""
        self.rows += 1
        self.cells += len(cells)
        if self.rows > self.limits.rows:
            raise WorkbookError("too_many_rows", row=line, limit=self.limits.rows)
        if self.cells > self.limits.cells:
            raise WorkbookError("too_many_cells", row=line, limit=self.limits.cells)
