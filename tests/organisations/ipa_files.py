"""Files laid out as IndicePA's open data on bodies ("enti"); the bodies are invented."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from stdnum import luhn

# The headings of https://www.indicepa.gov.it/ipa-dati/dataset/enti, in their order.
_HEADINGS = """
    _id Codice_IPA Denominazione_ente Codice_fiscale_ente Tipologia Codice_Categoria Codice_natura
    Codice_ateco Ente_in_liquidazione Codice_MIUR Codice_ISTAT Acronimo Nome_responsabile
    Cognome_responsabile Titolo_responsabile Codice_comune_ISTAT Codice_catastale_comune CAP
    Indirizzo Mail1 Tipo_Mail1 Mail2 Tipo_Mail2 Mail3 Tipo_Mail3 Mail4 Tipo_Mail4 Mail5 Tipo_Mail5
    Sito_istituzionale Url_facebook Url_linkedin Url_twitter Url_youtube Data_aggiornamento
"""
HEADINGS = _HEADINGS.split()

Body = dict[str, str]


def fiscal_code(number: int) -> str:
    """A fiscal code with its check digit, in a range that is not given out."""
    start = f"{99_000_000_00 + number:010}"
    return start + luhn.calc_check_digit(start)


def body(number: int, name: str, **more: str) -> Body:
    return {
        "_id": str(number), "Codice_IPA": f"prova_{number}", "Denominazione_ente": name,
        "Codice_fiscale_ente": fiscal_code(number), "Tipologia": "Pubbliche Amministrazioni",
        "Codice_Categoria": "L6", "Ente_in_liquidazione": "N", "Data_aggiornamento": "2026-10-01",
        **more,
    }  # fmt: skip


def town(number: int, name: str, cadastral: str, istat: str = "", **more: str) -> Body:
    return body(
        number, name, Codice_natura="2430", Codice_catastale_comune=cadastral,
        Codice_comune_ISTAT=istat, **more,
    )  # fmt: skip


def union(number: int, name: str, seat: str, **more: str) -> Body:
    return body(
        number, name, Codice_natura="2450", Codice_Categoria="L18", Codice_catastale_comune=seat,
        **more,
    )  # fmt: skip


def table(bodies: Iterable[Body], headings: Iterable[str] = HEADINGS) -> list[list[str]]:
    names = list(headings)
    return [names, *([each.get(name, "") for name in names] for each in bodies)]


def csv_file(
    bodies: Iterable[Body],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    headings: Iterable[str] = HEADINGS,
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table(bodies, headings))
    return text.getvalue().encode(encoding)


def xlsx_file(bodies: Iterable[Body], *, inline: bool = False) -> bytes:
    """A workbook as spreadsheets write it: shared strings; or with its texts in place."""
    shared: list[str] = []
    rows = []
    for number, cells in enumerate(table(bodies), 1):
        written = []
        for column, text in enumerate(cells):
            if not text:
                continue  # an empty cell is not written
            at = f"{_letters(column)}{number}"
            if inline:
                written.append(f'<c r="{at}" t="inlineStr"><is><t>{escape(text)}</t></is></c>')
            else:
                shared.append(text)
                written.append(f'<c r="{at}" t="s"><v>{len(shared) - 1}</v></c>')
        rows.append(f'<row r="{number}">{"".join(written)}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f"<worksheet {space}><sheetData>{''.join(rows)}</sheetData></worksheet>"
    strings = "".join(f"<si><r><t>{escape(text)}</t></r></si>" for text in shared)
    parts: dict[str, Any] = {"xl/worksheets/sheet1.xml": sheet, "[Content_Types].xml": "<Types/>"}
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {space}>{strings}</sst>"
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return stream.getvalue()


def _letters(column: int) -> str:
    first, last = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)
