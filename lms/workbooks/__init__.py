"""Excel workbooks (.xlsx) as rows of text, from bytes nobody can be sure of.

A workbook is a zip of XML. It is read part by part as a stream, against limits of bytes, sheets,
rows, columns, cells, characters and time; a document type is refused before it can declare an
entity; nothing is fetched, and of a formula only the value that was kept with it is read.
"""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lms.workbooks.budget import Budget, Limits, WorkbookError
from lms.workbooks.parts import Handler, Listed, Rows, Strings, Styles, Targets, local
from lms.workbooks.values import formats_of

__all__ = ["Limits", "Sheet", "WorkbookError", "is_workbook", "sheets"]

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRIES = 5_000  # files in the zip: a workbook has some dozens
_CHUNK = 64 * 1024
_KEPT = frozenset([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, IndexError, ValueError,
    NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet: its rows that hold something, each with its number."""

    name: str
    rows: list[tuple[int, list[str]]]


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a zip that says it is an Excel workbook."""
    return data.startswith(SIGNATURES) and b"xl/" in data


def sheets(data: bytes, limits: Limits | None = None) -> Iterator[Sheet]:
    """The visible sheets, in their order.

    Raises WorkbookError: `damaged`, `entities`, `no_sheet`; `too_large`, `too_slow`,
    `too_many_sheets`, `too_many_rows`, `too_many_columns`, `too_many_cells`.
    """
    try:
        yield from _Book(data, limits or Limits()).sheets()
    except WorkbookError:
        raise
    except expat.ExpatError as error:
        raise WorkbookError("damaged") from error
    except _BROKEN as error:
        raise WorkbookError("damaged") from error


class _Book:
    """One workbook while it is read."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        if data.count(b"PK\x01\x02") > _ENTRIES:
            raise WorkbookError("damaged")
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = {info.filename.lower(): info for info in self.zip.infolist()}
        self.budget = Budget(limits, time.monotonic() + limits.seconds)

    def sheets(self) -> Iterator[Sheet]:
        listed = Listed()
        self._parse("xl/workbook.xml", listed)
        targets = Targets()
        self._parse("xl/_rels/workbook.xml.rels", targets)
        strings = Strings(self.budget)
        self._parse("xl/sharedstrings.xml", strings)
        styles = Styles()
        self._parse("xl/styles.xml", styles)
        formats = formats_of(styles.codes, styles.used, from_1904=listed.from_1904)
        places = list(self._places(listed, targets))
        if not places:
            raise WorkbookError("no_sheet")
        if len(places) > self.budget.limits.sheets:
            raise WorkbookError("too_many_sheets", limit=self.budget.limits.sheets)
        for name, part in places:
            reading = Rows(self.budget, strings.found, formats)
            self._parse(part, reading)
            yield Sheet(name, reading.rows)

    def _places(self, listed: Listed, targets: Targets) -> Iterator[tuple[str, str]]:
        """Name and part of every visible sheet; of every sheet where none is marked visible."""
        seen = [each for each in listed.sheets if not each[2]] or listed.sheets
        found = [
            (name, part)
            for name, key, _hidden in seen
            if (part := targets.found.get(key, "")) in self.names
        ]
        if found:
            yield from found
            return
        parts = [name for name in self.names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
        yield from (("", part) for part in sorted(parts, key=lambda name: (len(name), name)))

    def _parse(self, part: str, handler: Handler) -> None:
        """Send a part's elements to a handler; a part that is not there sends none."""
        info = self.names.get(part)
        if info is None:
            return
        if info.compress_type not in _KEPT or info.flag_bits & 0x1:  # encrypted
            raise WorkbookError("damaged")
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_entities
        parser.StartElementHandler = lambda name, attrs: handler.start(local(name), attrs)
        parser.EndElementHandler = lambda name: handler.end(local(name))
        parser.CharacterDataHandler = handler.text
        with self.zip.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                self.budget.unpack(len(chunk))
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse_entities(*_declared: object) -> None:
    raise WorkbookError("entities")
