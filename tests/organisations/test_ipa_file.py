"""Reading IndicePA's file: order, encoding and format do not matter; a fault is named.

ASVS 1.5.1, 5.2.3.
"""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.organisations.ipa_file import IpaFileError, Row, read
from tests.organisations.ipa_files import (
    HEADINGS,
    body,
    csv_file,
    fiscal_code,
    town,
    union,
    xlsx_file,
    zipped,
)

BODIES = [
    town(1, "Comune di Forlì", "D704", "040012", Acronimo="CF"),
    union(2, "Unione di Comuni “Prova”, e altri", "D704"),
    body(3, "Istituto\n di  prova", Codice_fiscale_ente=""),
]


def test_what_is_taken() -> None:
    first, second, third = read(csv_file(BODIES))
    assert first == Row(
        2, "PROVA_1", "Comune di Forlì", fiscal_code(1), "2430", "L6", "040012", "D704", "CF", False
    )
    assert (second.name, second.seat_cadastral) == ("Unione di Comuni “Prova”, e altri", "D704")
    assert (third.number, third.name, third.fiscal_code) == (4, "Istituto di prova", None)


@pytest.mark.parametrize(
    "data",
    [
        csv_file(BODIES, delimiter=";"),
        csv_file(BODIES, delimiter="\t", encoding="utf-16"),
        csv_file(BODIES, encoding="utf-8-sig"),
        csv_file(BODIES, encoding="cp1252"),
        csv_file(BODIES, headings=reversed(HEADINGS)),
        csv_file(BODIES, headings=HEADINGS).replace(b"Codice_IPA", b"codice ipa"),
        xlsx_file(BODIES),
        xlsx_file(BODIES, inline=True),
    ],
)
def test_form_does_not_matter(data: bytes) -> None:
    assert read(data) == read(csv_file(BODIES))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (
            {"Codice_fiscale_ente": "00606620408"},
            "row 3, column Codice_fiscale_ente: “00606620408”",
        ),
        ({"Codice_fiscale_ente": "boh"}, "row 3, column Codice_fiscale_ente: “BOH”"),
        ({"Codice_IPA": ""}, "row 3, column Codice_IPA: empty"),
        ({"Codice_IPA": "PROVA_1"}, "row 3, column Codice_IPA: PROVA_1 is row 2's, too"),
        ({"Denominazione_ente": " \u202e "}, "row 3, column Denominazione_ente: empty"),
        ({"Codice_catastale_comune": "7D04"}, "row 3, column Codice_catastale_comune"),
        ({"Codice_comune_ISTAT": "4"}, "row 3, column Codice_comune_ISTAT"),
    ],
)
def test_a_fault_names_row_and_column(fields: dict[str, str], fault: str) -> None:
    with pytest.raises(IpaFileError) as refused:
        read(csv_file([BODIES[0], {**body(2, "Ente"), **fields}]))
    assert any(told.startswith(fault) for told in refused.value.faults)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (csv_file([]), "no body"),
        (b"nome,cognome\nAda,Prova\n", "no column Codice_IPA"),
        (csv_file([body(1, "Ente")]) + b",,,x," * 20, "cells, but the heading has"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (zipped({"readme.txt": "x"}), "no sheet"),
        (zipped({"xl/worksheets/sheet1.xml": "<a"}), "damaged"),
        (zipped({"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "entities"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(IpaFileError, match=why):
        read(data)


def test_faults_without_end_are_told_in_part() -> None:
    with pytest.raises(IpaFileError) as refused:
        read(csv_file([{**body(n, "Ente"), "Codice_fiscale_ente": "x"} for n in range(100)]))
    assert len(refused.value.faults) == 21


def test_a_name_too_long_is_cut_at_a_word() -> None:
    row = read(csv_file([body(1, "Parola " * 60)]))[0]
    assert row.shortened
    assert len(row.name) <= 200
    assert row.name.endswith("Parola…")


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", csv_file([])):
        with contextlib.suppress(IpaFileError):
            assert read(start + data)
