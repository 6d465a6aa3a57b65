"""Everything we hold about one person, as JSON or as a zip of CSV files. Reads only.

Rows go from the database to a file on disk, a section at a time: no size is held in memory.
"""

from __future__ import annotations

import csv
import enum
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from lms.clock import now
from lms.extensions import db
from lms.personal import Export, Left, Whose, holdings
from lms.privacy import personal as _declares_all  # noqa: F401 - every room's declarations
from lms.spreadsheets import neutral

IN_MEMORY = 4 * 2**20
FORMAT = 1


def sections() -> list[Export]:
    """What is exported, by name."""
    found = [one.export for one in holdings().values() if isinstance(one.export, Export)]
    return sorted(found, key=lambda export: export.name)


def left_out() -> dict[str, str]:
    """What is not exported, and why; tables that tell nothing of a person are not worth a word."""
    return {
        one.table: one.export.reason
        for one in sorted(holdings().values(), key=lambda each: each.table)
        if isinstance(one.export, Left) and not isinstance(one.erase, Left)
    }


def _rows(export: Export, everybody: Sequence[Whose]) -> Iterator[Mapping[str, Any]]:
    for who in everybody:
        query = export.rows(who).execution_options(yield_per=500)
        for row in db.session.execute(query).mappings():
            yield {name: _plain(value) for name, value in export.shown(dict(row)).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def as_json(who: Sequence[Whose]) -> IO[bytes]:
    """One JSON object: a list of rows for each section."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    head = {"format": FORMAT, "made_at": now().isoformat(), "left_out": left_out()}
    file.write(json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}").encode())
    file.write(b',\n "data": {')
    for number, export in enumerate(sections()):
        file.write(f"{',' if number else ''}\n  {json.dumps(export.name)}: [".encode())
        for place, row in enumerate(_rows(export, who)):
            text = json.dumps(row, ensure_ascii=False)
            file.write(f"{',' if place else ''}\n   {text}".encode())
        file.write(b"]")
    file.write(b"\n }\n}\n")
    file.seek(0)
    return file


def as_zip(who: Sequence[Whose]) -> IO[bytes]:
    """A CSV file for each section that has rows; no cell is ever a formula."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for export in sections():
            rows = _rows(export, who)
            first = next(rows, None)
            if first is not None:
                with archive.open(f"{export.name}.csv", "w") as entry:
                    _write_csv(entry, first, rows)
        pairs = left_out().items()
        with archive.open("left_out.csv", "w") as entry:
            head, *rest = ({"table": table, "reason": reason} for table, reason in pairs)
            _write_csv(entry, head, iter(rest))
    file.seek(0)
    return file


def _write_csv(
    entry: IO[bytes], first: Mapping[str, Any], rest: Iterator[Mapping[str, Any]]
) -> None:
    text = io.TextIOWrapper(entry, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(list(first))
    writer.writerow([_cell(value) for value in first.values()])
    for row in rest:
        writer.writerow([_cell(value) for value in row.values()])
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return neutral("" if value is None else value)
