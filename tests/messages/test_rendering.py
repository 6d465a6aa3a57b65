"""One letter, two shapes: both say the same, in one language, readable by everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from lms import create_app
from lms.messages.letters import Button, Letter
from lms.messages.rendering import as_html, as_text
from tests.browser import PHONE, WIDE, assert_axe_clean, assert_no_overflow, window
from tests.conftest import make_settings

URL = "https://formazione.example.it/conferma/" + "x" * 120
LETTER = Letter(
    "Conferma il tuo indirizzo & scegli",
    ("Una riga lunga, scritta per andare a capo una volta almeno prima di finire qui.", "Poi."),
    Button("Conferma <ora>", URL),
    ("Se non l’hai chiesto tu, ignora questo messaggio.",),
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application without a database: letters need none."""
    app = create_app(make_settings(tmp_path_factory.mktemp("bare")))
    with app.app_context():
        yield app


def test_text_and_html_say_the_same(bare: Flask) -> None:
    text, html = as_text(LETTER, "it"), as_html(LETTER, "it")
    for words in ("Una riga lunga,", "Poi.", "Se non l’hai chiesto tu", "inviato automaticamente"):
        assert words in text
        assert words in html
    assert "Conferma &lt;ora&gt;" in html
    assert "scegli" in text.splitlines()[0]


def test_in_the_text_the_address_stands_alone_and_whole(bare: Flask) -> None:
    lines = as_text(LETTER, "it").splitlines()
    assert lines[lines.index(URL) - 1] == "Conferma <ora>:"
    assert all(len(line) <= 72 for line in lines if line != URL)


@pytest.mark.parametrize(
    ("language", "words"), [("it", "inviato automaticamente"), ("en", "sent automatically")]
)
def test_what_stands_around_it_speaks_its_language(bare: Flask, language: str, words: str) -> None:
    html = as_html(LETTER, language)
    assert f'<html lang="{language}"' in html
    assert words in html
    assert words in as_text(LETTER, language)


def test_a_letter_without_a_button(bare: Flask) -> None:
    letter = Letter("Prova", ("Una riga.",))
    assert "<a " not in as_html(letter, "it")
    assert "http" not in as_text(letter, "it")


def test_it_asks_nobody_for_anything(bare: Flask) -> None:
    html = as_html(LETTER, "it").lower()
    for word in ("<img", "<link", "<script", "url(", "@import", "style="):
        assert word not in html


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_by_everybody(bare: Flask, browser: Browser, scheme: str) -> None:
    html = as_html(LETTER, "it")
    for size in (WIDE, PHONE):
        with window(browser, viewport=size, color_scheme=scheme) as page:
            page.set_content(html)
            assert page.locator("h1").count() == 1
            assert page.locator("table").count() == 0
            assert_no_overflow(page)
            assert_axe_clean(page)
