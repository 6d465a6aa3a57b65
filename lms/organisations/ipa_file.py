"""Reading IndicePA's open data on bodies ("enti"): CSV, tab-separated or Excel.

Columns are found by their headings, in any order; others are not looked at. Every fault names its
row (the heading is row 1) and its column, and a file with a fault is refused whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms.organisations.rules import code_is_well_formed, normal_code
from lms.text import clean_line
from lms.workbooks import Limits, WorkbookError, sheets

LARGEST = 200 * 1024 * 1024
WORKBOOK = Limits(cells=10_000_000, characters=300_000_000, seconds=300)
BLANK_ROWS = 1000
NAME_LENGTH = 200
FAULTS_TOLD = 20
REQUIRED = ("Codice_IPA", "Denominazione_ente", "Codice_fiscale_ente")
OPTIONAL = (
    "Codice_natura", "Codice_Categoria", "Codice_comune_ISTAT", "Codice_catastale_comune",
    "Acronimo",
)  # fmt: skip
# Column → the rule its values keep (a name in `rules.CODE_FORMATS`).
CODES = {
    "Codice_IPA": "ipa_code",
    "Codice_fiscale_ente": "fiscal_code",
    "Codice_comune_ISTAT": "istat_code",
    "Codice_catastale_comune": "cadastral_code",
}


class IpaFileError(ValueError):
    """The file cannot be taken; `faults` are sentences that say where and why."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Row:
    """What we take of one body. ISTAT's and the cadastral code are those of its seat."""

    number: int
    ipa_code: str
    name: str
    fiscal_code: str | None
    legal_form: str
    category: str
    seat_istat: str | None
    seat_cadastral: str | None
    acronym: str
    shortened: bool


def read(data: bytes) -> list[Row]:
    """The bodies of a file. Raises IpaFileError."""
    if len(data) > LARGEST:
        raise IpaFileError(f"the file is larger than {LARGEST // 1024 // 1024} MB")
    if not data.strip():
        raise IpaFileError("the file is empty")
    try:
        table = _sheet_rows(data) if data.startswith(b"PK\x03\x04") else _text_rows(data)
        return _bodies(table)
    except WorkbookError as error:
        raise IpaFileError(f"the workbook cannot be read: {error}") from error
    except csv.Error as error:
        raise IpaFileError(f"the file is no table of text: {error}") from error


def _sheet_rows(data: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet, those without anything included."""
    before = 0
    for line, cells in next(sheets(data, WORKBOOK)).rows:
        yield from ([] for _blank in range(min(line - before - 1, BLANK_ROWS)))
        yield cells
        before = line


def _text_rows(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    heading = text.split("\n", 1)[0]
    separator = max(",;\t", key=heading.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _bodies(table: Iterable[list[str]]) -> list[Row]:
    rows = iter(table)
    heading = next(rows, [])
    places = _places(heading)
    found: list[Row] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        row, wrong = _row(number, cells, places, len(heading))
        earlier = seen.setdefault(row.ipa_code, number)
        if row.ipa_code and earlier != number:
            wrong.append(f"row {number}, column Codice_IPA: {row.ipa_code} is row {earlier}'s, too")
        faults += wrong
        found.append(row)
        if len(faults) >= FAULTS_TOLD:
            faults.append("… and perhaps more further on")
            break
    if faults:
        raise IpaFileError(*faults)
    if not found:
        raise IpaFileError("the file holds a heading and no body")
    return found


def _plain(heading: str) -> str:
    return "".join(ch for ch in heading.casefold() if ch.isalnum())


def _places(heading: list[str]) -> dict[str, int]:
    written: dict[str, int] = {}
    for place, cell in enumerate(heading):
        written.setdefault(_plain(cell), place)
    missing = [name for name in REQUIRED if _plain(name) not in written]
    if missing:
        raise IpaFileError(
            f"row 1: no column {', '.join(missing)}: this is not IndicePA's file of bodies (enti)"
        )
    return {n: written[_plain(n)] for n in (*REQUIRED, *OPTIONAL) if _plain(n) in written}


def _row(
    number: int, cells: list[str], places: dict[str, int], width: int
) -> tuple[Row, list[str]]:
    faults = []
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        faults.append(f"row {number}: {len(cells)} cells, but the heading has {width}")
    values = {
        column: clean_line(cells[place]) if place < len(cells) else ""
        for column, place in places.items()
    }
    codes = {column: normal_code(values.get(column, "")) for column in CODES}
    for column, code in codes.items():
        if code and not code_is_well_formed(CODES[column], code):
            faults.append(f"row {number}, column {column}: “{code}” is not written as it should be")
    for column in ("Codice_IPA", "Denominazione_ente"):
        if not values[column]:
            faults.append(f"row {number}, column {column}: empty")
    name = values["Denominazione_ente"]
    row = Row(
        number, codes["Codice_IPA"] or "", _shortened(name), codes["Codice_fiscale_ente"],
        values.get("Codice_natura", ""), values.get("Codice_Categoria", "").upper(),
        codes["Codice_comune_ISTAT"], codes["Codice_catastale_comune"],
        values.get("Acronimo", "")[:NAME_LENGTH], len(name) > NAME_LENGTH,
    )  # fmt: skip
    return row, faults


def _shortened(name: str) -> str:
    if len(name) <= NAME_LENGTH:
        return name
    return name[: NAME_LENGTH - 1].rsplit(" ", 1)[0] + "…"
