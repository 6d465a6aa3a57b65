"""The code on the trainer's screen in a real Chromium: it changes, and a reader reads it."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from lms.accounts.actions import open_account
from lms.attendance import codes, permits
from lms.attendance.codes import STEP, Direction
from lms.clock import now
from lms.extensions import db
from tests.attendance.test_browser import PASSWORD, sign_in
from tests.attendance.test_checkin import Room
from tests.browser import PHONE, assert_axe_clean, assert_no_overflow, serve, turn, window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.one_database]


class Later:
    """The screen's clock: it stands still, moves on at will, and at last is the true one again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at: datetime | None = now()
        monkeypatch.setattr("lms.attendance.views_screen.now", lambda: self.at or now())


@pytest.fixture
def room(app: Flask) -> Room:
    made = Room("Ada Abete")
    open_account(made.trainer, "docente@example.org", PASSWORD)
    open_account(made.people[0].person, "ada@example.org", PASSWORD)
    db.session.commit()
    return made


def read(page: Page) -> str:
    """What a phone's camera reads from the screen."""
    picture = Image.open(io.BytesIO(page.locator("[data-picture]").screenshot()))
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text).rpartition("/p/")[2]


def digits(page: Page) -> str:
    return page.locator("[data-typed]").inner_text()


def wait_for_the_next(page: Page) -> None:
    page.clock.run_for(STEP // timedelta(milliseconds=1))


def scan(page: Page, url: str, code: str, lands_on: str) -> None:
    """A phone that nobody has signed in on yet scans, signs in, and presses the button."""
    page.goto(f"{url}/p/{code}")
    expect(page).to_have_url(f"{url}/accedi?next={lands_on}")
    page.fill("input[name=login]", "ada@example.org")
    page.fill("input[name=password]", PASSWORD)
    turn(page.locator("main form button[type=submit]"))
    assert page.url == url + lands_on
    turn(page.get_by_role("button", name="Sono presente"))
    expect(page.locator("main")).to_contain_text("Ingresso registrato")


def test_the_code_changes_and_leads_to_the_check_in(
    app: Flask, room: Room, browser: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, lesson_id = Later(monkeypatch), room.lesson.id
    db.session.rollback()  # a transaction left open stands in the way of the server's thread
    with serve(app) as url:
        sign_in(page, url)
        page.wait_for_url(lambda address: "/accedi" not in address)
        page.clock.install()  # the page's own timers go on when we say so
        page.goto(f"{url}{room.url}/codice")
        for _step in range(2):
            assert later.at
            shown = codes.code_of(permits.code_key(), lesson_id, Direction.IN, later.at)
            assert read(page) == shown.long
            assert digits(page).replace("\u00a0", "").replace(" ", "") == shown.typed
            before, later.at = digits(page), later.at + STEP
            wait_for_the_next(page)
            expect(page.locator("[data-typed]")).not_to_have_text(before)
        before, later.at = digits(page), None
        wait_for_the_next(page)
        expect(page.locator("[data-typed]")).not_to_have_text(before)
        with window(browser, viewport=PHONE) as phone:
            scan(phone, url, read(page), room.page)
        wait_for_the_next(page)
        expect(page.locator("[data-came]")).to_contain_text("1")
    assert (room.record(room.people[0]) or ("",))[0] == "present"


def test_it_stands_on_a_small_window_too(app: Flask, room: Room, browser: Browser) -> None:
    lesson_id = room.lesson.id
    db.session.rollback()
    with serve(app) as url, window(browser, viewport=PHONE) as page:
        sign_in(page, url)
        page.wait_for_url(lambda address: "/accedi" not in address)
        page.goto(f"{url}{room.url}/codice")
        assert read(page).startswith(f"{lesson_id}-entrata-")
        assert_no_overflow(page)
        assert_axe_clean(page)
