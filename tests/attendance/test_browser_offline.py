"""The register without network, in a real Chromium at 320 px: it waits, comes back, is decided."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from lms.accounts.actions import open_account
from lms.attendance.actions import record_marks
from lms.attendance.rules import Cell, Mark, Typed
from lms.extensions import db
from tests.attendance.scene import Scene
from tests.browser import PHONE, assert_axe_clean, assert_no_overflow, serve, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "quattro parole messe insieme"


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi", "Dario Neri")
    open_account(made.trainer, "docente@example.org", PASSWORD)
    db.session.commit()
    return made


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="it-IT")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/accedi")
    page.fill("input[name=login]", "docente@example.org")
    page.fill("input[name=password]", PASSWORD)
    turn(page.locator("main form button[type=submit]"))


def open_and_keep(page: Page, address: str) -> None:
    """Open the register and wait until the worker has kept it."""
    page.goto(address)
    page.wait_for_function(
        "async () => { for (const name of await caches.keys()) {"
        " const kept = (await (await caches.open(name)).keys()).map((each) => each.url);"
        " if (kept.some((each) => each.endsWith('/registro'))"
        " && kept.some((each) => each.includes('register-offline'))"
        " && kept.some((each) => each.includes('register.css'))) return true; }"
        " return false; }"
    )


def tap(page: Page, name: str, mark: str) -> None:
    page.locator("tr[data-row]", has_text=name).locator(f".rg-{mark}").click()


def test_marks_wait_survive_a_reload_and_are_sent_once(
    app: Flask, scene: Scene, phone: Page
) -> None:
    with serve(app) as url:
        sign_in(phone, url)
        open_and_keep(phone, url + scene.url)
        box = phone.locator(".rg-present").first.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        phone.context.set_offline(True)
        phone.evaluate("window.dispatchEvent(new Event('offline'))")
        phone.get_by_role("button", name="Gli altri presenti").click()
        tap(phone, "Bianchi", "absent")
        sentence = phone.locator("[data-sentence]")
        expect(sentence).to_contain_text("4 segni")
        assert_no_overflow(phone)
        phone.reload()
        expect(sentence).to_contain_text("4 segni")
        assert phone.locator("[data-count=present]").inner_text() == "3"
        assert scene.record(scene.people[0]) is None
        phone.context.set_offline(False)
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        expect(sentence).to_contain_text("salvati")
        assert_axe_clean(phone)
        assert phone.evaluate("Object.keys(localStorage).length") == 0
    found = [scene.record(each) for each in scene.people]
    assert found == [
        ("present", 120, "trainer"), ("absent", 0, "trainer"),
        ("present", 120, "trainer"), ("present", 120, "trainer"),
    ]  # fmt: skip


def test_a_conflict_is_decided_by_a_person(app: Flask, scene: Scene, phone: Page) -> None:
    ada, bruno = scene.people[:2]
    with serve(app) as url:
        sign_in(phone, url)
        open_and_keep(phone, url + scene.url)
        phone.context.set_offline(True)
        phone.evaluate("window.dispatchEvent(new Event('offline'))")
        tap(phone, "Rossi", "present")
        tap(phone, "Bianchi", "present")
        typed = [Typed(each.id, Cell(Mark.ABSENT), 0) for each in (ada, bruno)]
        record_marks(scene.lesson, typed, by=None)
        db.session.commit()
        phone.context.set_offline(False)
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        asked = phone.locator("[data-asked] > li")
        expect(asked).to_have_count(2)
        assert_no_overflow(phone)
        assert_axe_clean(phone)
        asked.filter(has_text="Bianchi").locator("[data-keep]").click()
        expect(asked).to_have_count(1)
        asked.locator("[data-over]").click()
        expect(asked).to_have_count(0)
        expect(phone.locator("[data-sentence]")).to_contain_text("salvato")
    assert scene.record(ada) == ("present", 120, "trainer")
    assert scene.record(bruno) == ("absent", 0, "trainer")


def test_signing_out_takes_the_copy_away_and_leaves_the_marks(
    app: Flask, scene: Scene, phone: Page
) -> None:
    with serve(app) as url:
        sign_in(phone, url)
        open_and_keep(phone, url + scene.url)
        phone.context.set_offline(True)
        phone.evaluate("window.dispatchEvent(new Event('offline'))")
        tap(phone, "Rossi", "present")
        kept = phone.evaluate("JSON.stringify(Object.entries(localStorage))")
        assert "Rossi" not in kept
        phone.context.set_offline(False)
        phone.context.clear_cookies()  # as when a session is over
        phone.evaluate("window.dispatchEvent(new Event('online'))")
        expect(phone.locator("[data-sentence]")).to_contain_text("accedi")
        assert scene.record(scene.people[0]) is None
        phone.goto(f"{url}/")
        phone.wait_for_function("async () => (await caches.keys()).length === 0")
        sign_in(phone, url)
        phone.goto(url + scene.url)
        expect(phone.locator("[data-sentence]")).to_contain_text("salvato")
    assert scene.record(scene.people[0]) == ("present", 120, "trainer")
