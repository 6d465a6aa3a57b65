"""Reading a pasted list of people: "family name; given name; mail; organisation; tax code".

Pure: text in, lines out. Who is known already is decided elsewhere.
"""

from __future__ import annotations

import csv
import enum
from dataclasses import dataclass, field

from lms.accounts import tax_code_rules
from lms.accounts.rules import NAME_LENGTH, is_email
from lms.text import clean_line, search_key

MAXIMUM_LINES = 1_000
ORGANISATION_LENGTH = 200
_HEADINGS = frozenset({"cognome", "family name", "surname", "last name"})


class LineFault(enum.StrEnum):
    """What is wrong with a line as it is written."""

    COLUMNS = "columns"
    NAME = "name"
    EMAIL = "email"
    TAX_CODE = "tax_code"
    TOO_LONG = "too_long"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Line:
    """One person of the list; `number` counts the lines of the text from 1."""

    number: int
    family_name: str
    given_name: str
    email: str
    organisation: str
    fault: LineFault | None
    tax_code: str = field(default="", repr=False)

    @property
    def name_key(self) -> str:
        """The name as people are searched by it."""
        return search_key(f"{self.family_name} {self.given_name}")


class TooManyLinesError(ValueError):
    """The list is longer than `MAXIMUM_LINES`."""


def read_lines(text: str) -> list[Line]:
    """The people of a list; cells are parted by semicolons or, from a spreadsheet, by tabs.

    A first line of headings and empty lines are left out. Raises TooManyLinesError.
    """
    delimiter = "\t" if text.count("\t") > text.count(";") else ";"
    lines: list[Line] = []
    seen: set[tuple[str, ...]] = set()
    for number, written in enumerate(text.splitlines(), 1):
        cells = _cells(written, delimiter)
        if not any(cells) or (not lines and search_key(cells[0]) in _HEADINGS):
            continue
        if len(lines) == MAXIMUM_LINES:
            raise TooManyLinesError
        lines.append(_line(number, cells, seen))
    return lines


def _cells(written: str, delimiter: str) -> list[str]:
    # Line by line, so that a stray quotation mark spoils its own line only.
    try:
        return [clean_line(cell) for cell in next(csv.reader([written], delimiter=delimiter), [])]
    except csv.Error:
        return [clean_line(cell) for cell in written.split(delimiter)]


def _line(number: int, cells: list[str], seen: set[tuple[str, ...]]) -> Line:
    tax_code, cells = _tax_code_apart(cells)
    family, given, email, organisation = [*cells, "", "", "", ""][:4]
    email = email.lower()
    fault = _fault(cells)
    if fault is None and tax_code and tax_code_rules.fault(tax_code):
        fault = LineFault.TAX_CODE
    key = (search_key(f"{family} {given}"), email, search_key(organisation), tax_code)
    if fault is None and key in seen:
        fault = LineFault.REPEATED
    seen.add(key)
    return Line(number, family, given, email, organisation, fault, tax_code)


def _tax_code_apart(cells: list[str]) -> tuple[str, list[str]]:
    """The tax code, known by its shape wherever it stands after the names, and the other cells."""
    for position, cell in enumerate(cells[2:], 2):
        if tax_code_rules.looks_like_one(cell):
            return tax_code_rules.normalise(cell), cells[:position] + cells[position + 1 :]
    fifth = cells[4] if len(cells) == 5 else ""
    return tax_code_rules.normalise(fifth), cells[:4] if len(cells) == 5 else cells


def _fault(cells: list[str]) -> LineFault | None:
    family, given, email, organisation = [*cells, "", "", "", ""][:4]
    if len(cells) < 2 or any(cells[4:]):
        return LineFault.COLUMNS
    if not search_key(family) or not search_key(given):
        return LineFault.NAME
    if max(len(family), len(given)) > NAME_LENGTH or len(organisation) > ORGANISATION_LENGTH:
        return LineFault.TOO_LONG
    return LineFault.EMAIL if email and not is_email(email) else None
