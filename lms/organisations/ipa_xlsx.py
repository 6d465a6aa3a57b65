"""The first sheet of an Excel workbook as rows of text: just what a register's download holds.

A workbook is a zip of XML. Only text and numbers are read, each part up to a size; formulas,
styles and links are not looked at, and nothing is fetched.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree  # nosec B405 # entities are refused below

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LARGEST_PART = 300 * 1024 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})\d+")
_WHOLE = re.compile(r"\d+\.0+")


class WorkbookError(ValueError):
    """The bytes are no workbook this can read; the text says why."""


def rows(data: bytes) -> Iterator[list[str]]:
    """Each row of the first sheet; a cell that is not there is empty."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = set(book.namelist())
            shared: list[str] = []
            if "xl/sharedStrings.xml" in names:
                shared = list(_shared(_part(book, "xl/sharedStrings.xml")))
            sheets = sorted(n for n in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n))
            if not sheets:
                raise WorkbookError("it holds no sheet")
            first = min(sheets, key=lambda name: (len(name), name))
            yield from _cells(_part(book, first), shared)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, IndexError) as error:
        raise WorkbookError("it is damaged") from error


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as stream:
        part = stream.read(LARGEST_PART + 1)
    if len(part) > LARGEST_PART:
        raise WorkbookError(f"{name} is far too large")
    if b"<!DOCTYPE" in part[:2048] or b"<!ENTITY" in part:
        raise WorkbookError("it declares entities, as no workbook does")
    return part


def _ended(part: bytes, tag: str) -> Iterator[ElementTree.Element]:
    """Elements called `tag`, one by one, let go once read."""
    for _event, element in ElementTree.iterparse(io.BytesIO(part)):  # noqa: S314 # nosec B314 # see `_part`
        if element.tag == MAIN + tag:
            yield element
            element.clear()


def _shared(part: bytes) -> Iterator[str]:
    for item in _ended(part, "si"):
        yield _text(item)


def _text(item: ElementTree.Element) -> str:
    """The text of a string, its pieces of different looks joined; phonetic readings left out."""
    pieces = [item.find(MAIN + "t"), *(run.find(MAIN + "t") for run in item.findall(MAIN + "r"))]
    return "".join(piece.text or "" for piece in pieces if piece is not None)


def _cells(part: bytes, shared: list[str]) -> Iterator[list[str]]:
    for row in _ended(part, "row"):
        cells: list[str] = []
        for cell in row.findall(MAIN + "c"):
            at = _column(cell.get("r")) if cell.get("r") else len(cells)
            cells += [""] * (at - len(cells))
            cells.append(_value(cell, shared))
        yield cells


def _column(reference: str | None) -> int:
    found = _REFERENCE.fullmatch(reference or "")
    if found is None:
        raise WorkbookError(f"{reference!r} names no cell")
    number = 0
    for letter in found.group(1):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        inline = cell.find(MAIN + "is")
        return _text(inline) if inline is not None else ""
    value = cell.findtext(MAIN + "v") or ""
    if kind == "s":
        return shared[int(value)]
    return value.split(".")[0] if _WHOLE.fullmatch(value) else value
