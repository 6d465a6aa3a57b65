"""Choosing an organisation in a real browser: keyboard, pointer, phone, no script, no server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, with_account
from tests.browser import (
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    assert_page_holds,
    serve,
    turn,
    window,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    for town, province in (("Samone", "TO"), ("Samone", "TN"), ("Samolaco", "SO")):
        factories.organisation(f"Comune di {town}", province_code=province)
    with_account("olga@example.org", factories.organiser(given_name="Olga"))
    db.session.remove()
    with serve(app) as address:
        yield address


def new_person(page: Page, site: str) -> None:
    page.goto(f"{site}/accedi")
    page.fill("input[name=login]", "olga@example.org")
    page.fill("input[name=password]", PASSWORD)
    turn(page.locator("main button[type=submit]"))
    page.goto(f"{site}/persone/nuova")
    page.fill("input[name=given_name]", "Ada")
    page.fill("input[name=family_name]", "Prova")


def province_of(name: str) -> str | None:
    db.session.rollback()
    person = db.session.scalars(select(Person).where(Person.family_name == name)).one()
    return person.organisation.province_code if person.organisation else None


def test_by_keyboard(page: Page, site: str) -> None:
    new_person(page, site)
    field = page.get_by_role("combobox", name="Ente")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("samo")
    options = page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".pc-combobox-status")).to_have_text("3 risultati")
    assert_axe_clean(page)
    field.press("ArrowUp")  # the last, then round to the first
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    pointed = field.get_attribute("aria-activedescendant")
    assert pointed == options.nth(0).get_attribute("id")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("samo")
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = options.nth(1).locator("span").inner_text()
    field.press("Enter")
    expect(field).to_have_value(chosen)
    expect(page.locator(".pc-combobox-status")).to_have_text(f"Scelto: {chosen}")
    with page.expect_navigation():
        field.press("Enter")  # the list is closed: Enter sends the form
    assert f"({province_of('Prova')})" in chosen


def test_by_pointer_on_a_phone(browser: Browser, site: str) -> None:
    with window(browser, viewport=PHONE, has_touch=True) as page:
        new_person(page, site)
        field = page.get_by_role("combobox", name="Ente")
        field.press_sequentially("samone tn")
        expect(page.get_by_role("option")).to_have_count(0)
        expect(page.locator(".pc-combobox-status")).to_have_text("Nessun risultato")
        field.fill("samone")
        option = page.get_by_role("option", name="Comune di Samone (TN)")
        expect(option).to_be_visible()
        assert_no_overflow(page)
        assert_axe_clean(page)
        option.tap()
        expect(field).to_have_value("Comune di Samone (TN)")
        turn(page.get_by_role("button", name="Aggiungi"))
    assert province_of("Prova") == "TN"


def test_a_changed_name_no_longer_means_what_was_chosen(page: Page, site: str) -> None:
    new_person(page, site)
    field = page.get_by_role("combobox", name="Ente")
    field.press_sequentially("samolaco")
    page.get_by_role("option").click()
    field.fill("Associazione nuova")
    turn(page.get_by_role("button", name="Aggiungi"))
    expect(page.get_by_text("Questo ente non è in elenco").first).to_be_visible()


def test_without_script(browser: Browser, site: str) -> None:
    with window(browser, java_script_enabled=False) as page:
        new_person(page, site)
        page.fill("input[name=organisation]", "samone")
        turn(page.get_by_role("button", name="Aggiungi"))
        page.get_by_label("Comune di Samone (TN)").check()
        turn(page.get_by_role("button", name="Aggiungi"))
    assert province_of("Prova") == "TN"


def test_when_the_list_cannot_be_had_the_form_goes_on(page: Page, site: str) -> None:
    new_person(page, site)
    page.route("**/enti/suggerimenti*", lambda route: route.fulfill(status=429, body="{}"))
    page.get_by_role("combobox", name="Ente").press_sequentially("samolaco")
    expect(page.locator(".pc-combobox-status")).to_contain_text("non è disponibile")
    turn(page.get_by_role("button", name="Aggiungi"))
    page.get_by_label("Comune di Samolaco").check()
    turn(page.get_by_role("button", name="Aggiungi"))
    assert province_of("Prova") == "SO"


def test_the_pages_of_organisations_hold(page: Page, site: str, app: Flask) -> None:
    from lms.organisations import actions_life
    from lms.organisations.models import OrganisationKind

    known = factories.organisation("Associazione Il Ponte", kind="third_sector")
    body = actions_life.propose("Assocazione Il Ponte", OrganisationKind.THIRD_SECTOR)
    db.session.commit()
    paths = ("/enti?q=samo", f"/enti/{body.id}/decidi", f"/enti/{known.id}/chiudi")
    db.session.remove()
    new_person(page, site)
    for path in paths:
        assert_page_holds(page, f"{site}{path}")
