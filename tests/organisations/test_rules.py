"""What names and codes of bodies tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.organisations.models import OrganisationKind
from lms.organisations.rules import CODE_FORMATS, code_is_well_formed, guess_kind, normal_code


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Comune di Forlì", "municipality"),
        ("COMUNE DI ROMA", "municipality"),
        ("Comunità montana Alto Lario", "union"),
        ("Unione dei Comuni della Valle", "union"),
        ("Città metropolitana di Bari", "metropolitan_city"),
        ("Provincia autonoma di Trento", "province"),
        ("Regione Umbria", "region"),
        ("Ambito territoriale sociale 9", "ambit"),
        ("Associazione Il Ponte ODV", "third_sector"),
        ("Comunicazione e Territorio", "other"),
        ("", "other"),
    ],
)
def test_the_kind_is_guessed_from_the_first_words(name: str, kind: str) -> None:
    assert guess_kind(name) == kind


@given(st.text(max_size=200))
def test_every_guess_is_a_kind(name: str) -> None:
    OrganisationKind(guess_kind(name))


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("province_code", "to", "TOR"),
        ("ipa_code", "c_d704", "C D/704"),
        ("fiscal_code", " 00606620409", "0060662040X"),
        ("istat_code", "040012", "4001"),
        ("cadastral_code", "d704", "7D04"),
    ],
)
def test_codes_are_brought_to_one_form_and_checked(column: str, good: str, bad: str) -> None:
    code = normal_code(good)
    assert code is not None
    assert code_is_well_formed(column, code)
    assert not code_is_well_formed(column, bad.replace(" ", ""))
    assert normal_code("  ") is None
    assert not CODE_FORMATS[column].fullmatch(code + "\n")
