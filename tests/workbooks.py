"""Small Excel workbooks, written as spreadsheets write them, for tests of what reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
PLAIN, DATE, MOMENT, CLOCK, ELAPSED = range(5)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm:ss;@"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="21"/>'
    '<xf numFmtId="165"/></cellXfs></styleSheet>'
)

_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - as a cell has it

Cell = str | int | float | datetime | tuple[float, int] | None


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    *,
    hidden: Sequence[str] = (),
    dialect: str = MAIN,
) -> bytes:
    """A workbook of these sheets. A tuple is a number in one of the styles above."""
    names = list(sheets)
    listed = "".join(
        f"<sheet name={quoteattr(name)} sheetId='{at}' r:id='rId{at}'"
        f"{' state=' + quoteattr('hidden') if name in hidden else ''}/>"
        for at, name in enumerate(names, 1)
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Target="worksheets/sheet{at}.xml"/>'
        for at, _name in enumerate(names, 1)
    )
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f"<workbook xmlns='{dialect}' xmlns:r='{LINKS}'>"
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGE}'>{related}</Relationships>",
        "xl/styles.xml": _STYLES,
    }
    shared: list[str] = []
    for at, name in enumerate(names, 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = _sheet(sheets[name], shared, dialect)
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    parts["xl/sharedStrings.xml"] = f"<sst xmlns='{dialect}'>{strings}</sst>"
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return stream.getvalue()


def _sheet(rows: Sequence[Sequence[Cell]], shared: list[str], dialect: str) -> str:
    written = []
    for line, cells in enumerate(rows, 1):
        inside = "".join(
            _cell(f"{_letters(column)}{line}", cell, shared)
            for column, cell in enumerate(cells)
            if cell not in (None, "")
        )
        if inside:
            written.append(f'<row r="{line}">{inside}</row>')
    return f"<worksheet xmlns='{dialect}'><sheetData>{''.join(written)}</sheetData></worksheet>"


def _cell(at: str, cell: Cell, shared: list[str]) -> str:
    if isinstance(cell, datetime):
        cell = ((cell - _BEGINS).total_seconds() / 86_400, MOMENT)
    if isinstance(cell, tuple):
        return f'<c r="{at}" s="{cell[1]}"><v>{cell[0]!r}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{at}"><v>{cell!r}</v></c>'
    shared.append(str(cell))
    return f'<c r="{at}" t="s"><v>{len(shared) - 1}</v></c>'


def _letters(column: int) -> str:
    first, last = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)
