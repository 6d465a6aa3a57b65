"""Excel workbooks as a container of reports: what cells show, and what is refused at a limit."""

from __future__ import annotations

from datetime import datetime

import pytest

from lms.attendance.readers import UnreadableReport, read_report
from lms.workbooks import Limits, WorkbookError, is_workbook, sheets
from tests.attendance.reading import ROME, codes, minutes, notice, people
from tests.workbooks import CLOCK, DATE, ELAPSED, MAIN, MOMENT, xlsx, zipped

HEADINGS = ["Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)"]
NOON = datetime(2026, 4, 13, 12)  # noqa: DTZ001 - as a cell has it
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def rows(data: bytes, **limits) -> list[tuple[int, list[str]]]:
    return [row for sheet in sheets(data, Limits(**limits)) for row in sheet.rows]


def refused(data: bytes, **limits) -> str:
    with pytest.raises(WorkbookError) as found:
        rows(data, **limits)
    assert str(found.value)
    return found.value.code


def test_what_cells_show() -> None:
    cells = [
        "Nome è «così»", 5, 5.0, 0.1, (46125, DATE), (46125.5, MOMENT), (0.75, CLOCK),
        (1.5, ELAPSED), (46125.25, DATE), None, "fine",
    ]  # fmt: skip
    assert rows(xlsx({"a": [[], cells]})) == [
        (2, ["Nome è «così»", "5", "5", "0.1", "2026-04-13", "2026-04-13 12:00:00", "18:00:00",
             "36:00:00", "2026-04-13 06:00:00", "", "fine"]),
    ]  # fmt: skip


def test_kinds_of_cells_and_pieces_of_text() -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row>'
        '<c t="b"><v>1</v></c><c t="str"><f>A1&amp;B1</f><v>kept</v></c><c t="e"><v>#N/A</v></c>'
        '<c t="inlineStr"><is><r><t>Ada </t></r><r><t>Verdi</t></r><rPh><t>no</t></rPh></is></c>'
        '<c><f>TODAY()</f></c><c t="d"><v>2026-04-13T12:00:00</v></c>'
        '<c><v>1.5E+3</v></c><c r="J1"><v>9</v></c></row></sheetData></worksheet>'
    )
    assert rows(zipped({"xl/worksheets/sheet1.xml": sheet})) == [
        (1, ["TRUE", "kept", "#N/A", "Ada Verdi", "", "2026-04-13T12:00:00", "1.5E+3", "", "", "9"])
    ]


def test_the_calendar_of_old_macs() -> None:
    book = xlsx({"a": [[(0, DATE)]]})
    assert rows(book) == [(1, ["1899-12-31"])]
    old = f'<workbook xmlns="{MAIN}"><workbookPr date1904="1"/></workbook>'
    parts = {
        "xl/workbook.xml": old,
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row>'
        '<c s="0"><v>44663</v></c></row></sheetData></worksheet>',
    }
    assert rows(zipped(parts)) == [(1, ["2026-04-13"])]


def test_hidden_sheets_are_passed_over_and_the_strict_dialect_is_read() -> None:
    book = {"visible": [["a"]], "hidden": [["b"]]}
    assert rows(xlsx(book, hidden=["hidden"])) == [(1, ["a"])]
    assert rows(xlsx({"hidden": [["b"]]}, hidden=["hidden"])) == [(1, ["b"])]
    assert rows(xlsx(book, dialect=STRICT)) == [(1, ["a"]), (1, ["b"])]


def test_a_report_in_a_workbook_reads_as_its_csv_does() -> None:
    sheet = [
        HEADINGS,
        ["Ada Verdi", "ada@example.org", NOON, NOON.replace(minute=45, second=30), 46],
        ["Bruno Neri", "", NOON.replace(minute=10), NOON.replace(hour=13), 50],
    ]
    report = read_report(xlsx({"Foglio1": sheet}), "report.xlsx", zone=ROME)
    assert report.platform == "zoom"
    assert minutes(report) == {"Ada Verdi": 45, "Bruno Neri": 50}
    assert people(report)["Bruno Neri"].lines == (3,)
    assert codes(report) == []


def test_several_sheets() -> None:
    one = [HEADINGS, ["Ada Verdi", "", NOON, NOON.replace(minute=30), 30]]
    two = [HEADINGS, ["Bruno Neri", "", NOON, NOON.replace(minute=20), 20]]
    book = xlsx({"Mattina": one, "Note": [["solo appunti"]], "Pomeriggio": two, "Vuoto": []})
    report = read_report(book, "report.xlsx", zone=ROME)
    assert [meeting.title for meeting in report.meetings] == [None, "Pomeriggio"]
    assert minutes(report) == {"Ada Verdi": 30, "Bruno Neri": 20}
    assert notice(report, "sheets_read") == {"names": ("Mattina", "Pomeriggio")}
    assert notice(report, "sheets_left") == {"names": ("Note",)}


def test_bombs_and_giants_are_refused_early() -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'
    bomb = zipped({"xl/worksheets/sheet1.xml": sheet.encode() + b" " * 50_000_000})
    assert len(bomb) < 100_000
    assert refused(bomb, unpacked=1_000_000) == "too_large"
    many = "<row><c><v>1</v></c></row>" * 60
    assert refused(zipped({"xl/worksheets/sheet1.xml": sheet + many}), rows=50) == "too_many_rows"
    wide = '<row><c r="XFD1"><v>1</v></c></row>'
    assert refused(zipped({"xl/worksheets/sheet1.xml": sheet + wide})) == "too_many_columns"
    assert refused(zipped({"xl/worksheets/sheet1.xml": sheet + many}), cells=50) == "too_many_cells"
    assert refused(zipped({"xl/worksheets/sheet1.xml": sheet}), seconds=-1) == "too_slow"
    assert refused(xlsx({str(n): [["a"]] for n in range(5)}), sheets=4) == "too_many_sheets"
    text = xlsx({"a": [["x" * 1000] * 3]})
    assert refused(text, characters=2000) == "too_large"
    with pytest.raises(UnreadableReport, match="larger inside"):
        read_report(xlsx({str(n): [["a"]] for n in range(51)}), "b.xlsx")


@pytest.mark.parametrize(
    "part",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><worksheet/>',
    ],
)
def test_document_types_are_refused_whatever_they_declare(part: str) -> None:
    assert refused(zipped({"xl/worksheets/sheet1.xml": part})) == "entities"
    assert refused(zipped({"xl/worksheets/sheet1.xml": part.encode("utf-16")})) == "entities"
    with pytest.raises(UnreadableReport, match="Excel workbook cannot be read"):
        read_report(zipped({"xl/worksheets/sheet1.xml": part}), "b.xlsx")


def test_damage() -> None:
    whole = xlsx({"a": [["x"]]})
    assert is_workbook(whole)
    assert refused(whole[:-30]) == "damaged"
    assert refused(zipped({"xl/worksheets/sheet1.xml": "<a"})) == "damaged"
    assert refused(zipped({"xl/readme.txt": "x"})) == "no_sheet"
    for cell in ('<c t="s"><v>7</v></c>', '<c t="s"><v>-1</v></c>', '<c r="1A"><v>1</v></c>'):
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cell}</row></sheetData></worksheet>'
        assert refused(zipped({"xl/worksheets/sheet1.xml": sheet})) == "damaged", cell
    far = f'<worksheet xmlns="{MAIN}"><row r="{"9" * 30}"/></worksheet>'
    assert refused(zipped({"xl/worksheets/sheet1.xml": far})) == "damaged"
    with pytest.raises(UnreadableReport, match="empty"):
        read_report(xlsx({"a": [[" "]]}), "b.xlsx")
