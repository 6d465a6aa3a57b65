"""The main walk in a real browser, by keyboard alone and without script too; every page held."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from lms.accounts.models import Person
from lms.accounts.tax_codes import set_tax_code
from lms.catalogue.models import TaxCodePolicy
from lms.extensions import db
from tests import factories
from tests.accounts.codes import ROSSI, code_of
from tests.accounts.people import with_account
from tests.browser import assert_axe_clean, assert_no_overflow, serve, turn, window
from tests.duplicates.twins import Twins
from tests.issuance.test_in_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Where pictures of the pages go, for who wants to look at them.
PICTURES = os.environ.get("LMS_TEST_PICTURES")
LOCALES = ("it-IT", "en-GB") if PICTURES else ("it-IT",)
WAYS = [*((one, True) for one in LOCALES), ("it-IT", False)]


def hold(page: Page, name: str) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_overflow(page)
        assert_axe_clean(page)
        if PICTURES:
            language = page.locator("html").get_attribute("lang")
            path = Path(PICTURES) / f"{name}-{language}-{width}.png"
            page.screenshot(path=path, full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def scene() -> tuple[int, int, Person]:
    """Two records with a bit of everything, and an organiser; no transaction is left open."""
    body = factories.organisation("Comune di Forlì")
    twins = Twins()
    for person in (twins.one, twins.two):
        person.organisation = body
        set_tax_code(person, ROSSI, by=person.id)
    with_account("mario@example.org", twins.one)
    with_account("m.rossi@example.org", twins.two)
    twins.stays(twins.lesson(), twins.theirs, (0, 60))
    twins.certificate(twins.theirs, 1)
    factories.enrolment(factories.cycle(title="Coprogettazione e accordi"), twins.two)
    factories.person("Anna", "De Santis", organisation=body)
    factories.person("Anna", "Desantis")
    found = twins.one.id, twins.two.id, factories.organiser()
    db.session.commit()
    return found


@pytest.mark.parametrize(
    ("locale", "script"), [*((one, True) for one in LOCALES), ("it-IT", False)]
)
def test_two_records_become_one_and_two_again(
    app: Flask, browser: Browser, locale: str, script: bool
) -> None:
    one, two, organiser = scene()

    def look(page: Page, name: str) -> None:
        if script:
            hold(page, name)

    def press(page: Page, selector: str) -> None:
        """By keyboard: what is focused answers to Enter."""
        with page.expect_navigation():
            page.locator(selector).first.focus()
            page.keyboard.press("Enter")

    with serve(app) as root, window(browser, java_script_enabled=script, locale=locale) as page:
        sign_in(page, app, organiser, root)
        page.goto(f"{root}/doppioni")
        look(page, "queue")
        press(page, f"a[href='/doppioni/{one}/{two}']")
        look(page, "compare")
        press(page, f"a[href='/doppioni/{one}/unisci/{two}']")
        look(page, "unite")
        press(page, "main form button[type=submit]")
        look(page, "person")
        page.goto(f"{root}/persone/{two}")
        look(page, "person-united")
        page.goto(f"{root}/doppioni/unioni")
        look(page, "unions")
        press(page, "main table a[href$='annulla']")
        look(page, "undo")
        press(page, "main form button[type=submit]")
        page.goto(f"{root}/doppioni/{one}/{two}")
        press(page, "form[action$='diversi'] button")
        page.goto(f"{root}/doppioni/{one}/{two}")
        look(page, "apart")
        page.goto(f"{root}/persone/{one}/doppione?q=rossi")
        look(page, "find")
    db.session.expire_all()
    assert db.session.get_one(Person, two).merged_into_id is None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_tax_code_from_enrolment_to_profile(app: Flask, browser: Browser, locale: str) -> None:
    cycle = factories.cycle(tax_code_policy=TaxCodePolicy.REQUIRED, title="Bandi e rendicontazione")
    person, slug = factories.person("Mario", "Rossi"), cycle.slug
    organiser = factories.organiser()
    with serve(app) as root, window(browser, locale=locale) as page:
        sign_in(page, app, person, root)
        page.goto(f"{root}/cicli/{slug}")
        turn(page.locator(f"main a[href='/cicli/{slug}/iscrizione']"))
        hold(page, "enrol")
        page.fill("[name=tax_code]", code_of("BNCDAA").lower())
        page.check("[name=notice]")
        turn(page.locator("main form button[type=submit]"))
        hold(page, "enrol-doubt")
        page.fill("[name=tax_code]", ROSSI)
        turn(page.locator("main form button[type=submit]"))
        page.goto(f"{root}/profilo")
        hold(page, "profile")
        assert ROSSI not in page.content()
        turn(page.locator("form[action$='mostra'] button"))
        hold(page, "shown")
        assert ROSSI in page.content()
        page.goto(f"{root}/profilo/codice-fiscale")
        hold(page, "edit")
        page.goto(f"{root}/profilo/codice-fiscale/togli")
        hold(page, "remove")
        sign_in(page, app, organiser, root)
        page.goto(f"{root}/cicli/{slug}/modifica")
        hold(page, "cycle")
        page.goto(f"{root}/cicli/{slug}/iscritti/elenco")
        page.fill("[name=people]", f"Bianchi;Ada;ada@example.org;;{code_of('BNCDAA')}")
        turn(page.locator("main form button[type=submit]"))
        hold(page, "paste")
