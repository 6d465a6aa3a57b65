"""The looks of certificates in a real browser: the preview follows, with and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from lms.extensions import db
from lms.issuance import queries_looks
from tests import factories
from tests.browser import assert_page_holds, serve, turn, window
from tests.certificates.test_pictures import svg
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_in_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.one_database]
DRAWN = ".is-preview:not([aria-busy]) img[src^='data:']"


def test_a_logo_is_added_and_the_preview_follows(
    app: Flask, browser: Browser, tmp_path: Path
) -> None:
    taught = TaughtCycle(1)
    start = f"/cicli/{taught.cycle.slug}/attestati"
    organiser = factories.organiser()
    logo = tmp_path / "logo.svg"
    logo.write_bytes(svg())
    with serve(app) as root, window(browser) as page:
        sign_in(page, app, organiser, root)
        page.goto(f"{root}{start}/loghi")
        page.set_input_files("input[type=file]", logo)
        page.fill("#label", "Logo del Comune")
        turn(page.get_by_role("button", name="Aggiungi il logo"))
        assert_page_holds(page, f"{root}{start}/loghi")
        assert_page_holds(page, f"{root}{start}/aspetto")
        assert "aspetto/anteprima" in str(page.locator(".is-preview img").get_attribute("src"))
        page.check("input[value=modern]")
        page.fill("#heading", "Attestato di frequenza")
        page.locator(DRAWN).wait_for(timeout=20_000)
        page.fill("#heading", "🎓")
        page.get_by_text("non si possono stampare").wait_for(timeout=20_000)
        page.fill("#heading", "Attestato di merito")
        turn(page.get_by_role("button", name="Usa per i prossimi attestati"))
        page.wait_for_load_state("networkidle")
    db.session.expire_all()
    assert taught.cycle.certificate_layout == "modern"
    assert queries_looks.words_of(taught.cycle.id) == {"heading": "Attestato di merito"}


def test_without_script_a_button_draws_the_preview(app: Flask, browser: Browser) -> None:
    taught = TaughtCycle(1)
    address = f"/cicli/{taught.cycle.slug}/attestati/aspetto"
    organiser = factories.organiser()
    with serve(app) as root, window(browser, java_script_enabled=False) as page:
        sign_in(page, app, organiser, root)
        page.goto(f"{root}{address}")
        page.check("input[value=bilingual]")
        page.select_option("#sample", "two_pages")
        turn(page.get_by_role("button", name="Aggiorna l’anteprima"))
        assert page.locator(DRAWN).count() == 1
        assert page.is_checked("input[value=bilingual]")
        page.wait_for_load_state("networkidle")
    db.session.expire_all()
    assert taught.cycle.certificate_layout == "classic"
