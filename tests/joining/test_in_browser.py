"""Joining walked in a real browser, on a telephone; every page at both widths."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from lms.extensions import db
from tests import factories
from tests.browser import PHONE, assert_page_holds, serve, turn, window
from tests.client import PercorsoClient
from tests.joining.scene import EMAIL, PASSWORD, link, work

SEND = "main form.pc-form button[type=submit]"


def sign_up(page: Page, address: str) -> None:
    page.goto(f"{address}/accedi")
    turn(page.get_by_role("link", name="Registrati"))
    page.get_by_label("Nome", exact=False).first.fill("Bianca")
    page.get_by_label("Cognome").fill("Nuova")
    page.get_by_label("Indirizzo e-mail").fill(EMAIL)
    page.get_by_label("Ho letto l’informativa").check()
    turn(page.locator(SEND))
    assert page.url.endswith("/controlla-la-posta")


def choose(page: Page, password: str) -> None:
    page.locator("#password").fill(password)
    page.locator("#again").fill(password)
    turn(page.locator(SEND))


@pytest.mark.browser
def test_from_nothing_to_a_forgotten_password(app: Flask, browser: Browser) -> None:
    """On a telephone, without script: everything works by links and forms alone."""
    with serve(app) as address, window(browser, viewport=PHONE, java_script_enabled=False) as page:
        sign_up(page, address)
        work()
        page.goto(address + link(EMAIL))
        choose(page, "passwordpassword")
        assert "Troppo facile da indovinare" in page.content()
        choose(page, PASSWORD)
        assert "Ti diamo il benvenuto, Bianca Nuova" in page.content()
        turn(page.get_by_role("button", name="Esci"))
        page.goto(f"{address}/accedi")
        turn(page.get_by_role("link", name="Password dimenticata?"))
        page.get_by_label("Indirizzo e-mail").fill(EMAIL)
        turn(page.locator(SEND))
        work()
        page.goto(address + link(EMAIL, "nuova password"))
        choose(page, "il vento di maggio")
        assert "usala per accedere" in page.content()
        page.get_by_label("Indirizzo e-mail").fill(EMAIL)
        page.locator("#password").fill("il vento di maggio")
        turn(page.locator(SEND))
        assert "Ciao, Bianca" in page.content()


@pytest.mark.browser
def test_every_page_holds_at_both_widths(app: Flask, page: Page) -> None:
    with serve(app) as address:
        assert_page_holds(page, f"{address}/registrati")
        page.set_viewport_size({"width": 1280, "height": 900})
        sign_up(page, address)
        work()
        assert_page_holds(page, address + link(EMAIL))
        choose(page, PASSWORD)
        db.session.commit()
        for path in ("/sessioni", "/registro", "/indirizzo"):
            assert_page_holds(page, f"{address}/profilo{path}")


@pytest.mark.browser
def test_an_invitation_is_sent_and_accepted(app: Flask, page: Page, browser: Browser) -> None:
    organiser = PercorsoClient(app).sign_in(factories.organiser())
    person = factories.person("Carla", "Ospite", email="carla@example.org")
    organiser.post(f"/persone/{person.id}/invito", {"email": "carla@example.org"})
    path = link("carla@example.org")
    with serve(app) as address:
        assert_page_holds(page, address + path)
        page.get_by_label("Ho letto l’informativa").check()
        words = page.locator("[data-strength]")
        for typed, told in (("corta", "mancanti: 7"), ("dodici lette", "sufficiente"),
                            (PASSWORD + " e oltre", "Lunga")):  # fmt: skip
            page.locator("#password").fill(typed)
            assert told in words.inner_text()
        choose(page, PASSWORD)
        assert "Ti diamo il benvenuto, Carla Ospite" in page.content()
