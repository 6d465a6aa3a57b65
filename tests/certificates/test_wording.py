"""Durations, dates, addresses and the size of names."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.faces import SERIF, drawable, metrics
from certificates.page import COLUMN_WIDTH, fit_name, short_address
from certificates.wording import WORDS, Words, day_range, duration, long_day, short_duration
from tests.certificates.samples import LONG_NAME


@pytest.mark.parametrize(
    ("minutes", "italian", "english", "short"),
    [
        (0, "0 minuti", "0 minutes", "0 min"),
        (1, "1 minuto", "1 minute", "1 min"),
        (45, "45 minuti", "45 minutes", "45 min"),
        (60, "1 ora", "1 hour", "1 h"),
        (61, "1 ora e 1 minuto", "1 hour and 1 minute", "1 h 1 min"),
        (120, "2 ore", "2 hours", "2 h"),
        (1290, "21 ore e 30 minuti", "21 hours and 30 minutes", "21 h 30 min"),
        (100_000, "1666 ore e 40 minuti", "1666 hours and 40 minutes", "1666 h 40 min"),
    ],
)
def test_durations(minutes: int, italian: str, english: str, short: str) -> None:
    assert duration(minutes, "it") == italian
    assert duration(minutes, "en") == english
    assert short_duration(minutes) == short


def test_days_in_full() -> None:
    assert long_day(date(2022, 5, 20), "it") == "20 maggio 2022"
    assert long_day(date(2022, 5, 1), "it") == "1º maggio 2022"
    assert long_day(date(2022, 5, 1), "en") == "1 May 2022"


@pytest.mark.parametrize(
    ("first", "days", "italian", "english"),
    [
        (date(2021, 10, 14), 0, "14 ott 2021", "14 Oct 2021"),
        (date(2021, 10, 14), 3, "14–17 ott 2021", "14–17 Oct 2021"),
        (date(2021, 10, 14), 21, "14 ott – 4 nov 2021", "14 Oct – 4 Nov 2021"),
        (date(2021, 12, 30), 9, "30 dic 2021 – 8 gen 2022", "30 Dec 2021 – 8 Jan 2022"),
        (date(2021, 10, 14), 365, "14 ott 2021 – 14 ott 2022", "14 Oct 2021 – 14 Oct 2022"),
    ],
)
def test_ranges_of_days(first: date, days: int, italian: str, english: str) -> None:
    last = first + timedelta(days=days)
    assert day_range(first, last, "it") == italian
    assert day_range(first, last, "en") == english


@pytest.mark.parametrize("language", WORDS)
def test_every_word_can_be_drawn_with_the_embedded_fonts(language: str) -> None:
    for field in fields(Words):
        words = getattr(WORDS[language], field.name)
        assert words
        for text in (words,) if isinstance(words, str) else words:
            assert set(text) <= drawable()
            assert text == text.strip()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://percorso.example.it/verifica/ABCDEFGH", "percorso.example.it/verifica"),
        ("http://localhost:5000/v/ABCDEFGH/it", "localhost:5000/v"),
        ("https://example.it/verifica?code=ABCDEFGH", "example.it/verifica"),
        ("https://example.it/#ABCDEFGH", "example.it"),
    ],
)
def test_addresses_a_person_can_type(url: str, address: str) -> None:
    assert short_address(url, "ABCDEFGH") == address


NAMES = st.text(st.sampled_from(sorted(drawable())), min_size=1, max_size=120).map(
    lambda text: " ".join(text.split()) or "x"
)


@given(NAMES)
def test_names_get_a_readable_size_and_stay_in_their_column(name: str) -> None:
    fitted = fit_name(name, COLUMN_WIDTH)
    assert 9 <= fitted.size <= 42
    assert fitted.width <= COLUMN_WIDTH


def test_short_names_are_large_and_longer_ones_shrink_before_they_wrap() -> None:
    def lines(name: str) -> float:
        fitted = fit_name(name, COLUMN_WIDTH)
        return metrics(SERIF).width(name) * fitted.size / fitted.width

    assert fit_name("Li Wu", COLUMN_WIDTH).size == 42
    assert 26 <= fit_name("Maria Antonietta degli Alberti di Asti", COLUMN_WIDTH).size < 30
    assert lines("Maria Antonietta degli Alberti di Asti") <= 1
    assert fit_name(LONG_NAME, COLUMN_WIDTH).size >= 20
    assert 2 < lines(LONG_NAME) <= 3


def test_a_name_is_never_set_in_two_designs() -> None:
    assert not fit_name("Chiara D’Amico", COLUMN_WIDTH).sans
    assert fit_name("Ġorġ Żammit", COLUMN_WIDTH).sans
