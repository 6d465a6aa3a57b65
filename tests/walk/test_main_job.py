"""The main job in a real browser, as the README tells it: from a report to a verified certificate.

With PERCORSO_PICTURES=folder every page on the way is kept as a picture (the README's come thence).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import icalendar
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from certificates.verify import read_identity
from lms import create_app, jobs
from lms.demo import content
from lms.demo.build import Built, build
from lms.extensions import db
from tests.browser import (
    PHONE,
    WIDE,
    assert_axe_clean,
    assert_no_overflow,
    collect_complaints,
    serve,
    turn,
)
from tests.conftest import make_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PICTURES = os.environ.get("PERCORSO_PICTURES")
# Rows out of sight are not drawn; in a picture of the whole page they would be blank.
WHOLE = """() => document.querySelectorAll(".rg-table tr").forEach(
  (row) => { row.style.contentVisibility = "visible"; })"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Built, str]]:
    folder = tmp_path_factory.mktemp("walk")
    app = create_app(make_settings(folder, LMS_DEMO="1"))
    with app.app_context():
        flask_migrate.upgrade()
        built = build(folder)
        lesson_id = built.waiting.id
        slug = built.waiting.module.cycle.slug
        db.session.remove()
    with serve(app) as address:
        yield app, built, f"{address}|{lesson_id}|{slug}"
    with app.app_context():
        db.engine.dispose()


class Walker:
    """One person at a browser; every page stops to be looked at, wide and on a phone."""

    def __init__(self, browser: Browser, address: str, login: str | None) -> None:
        self.context: BrowserContext = browser.new_context(viewport=WIDE, locale="it-IT")
        self.page: Page = self.context.new_page()
        self.complaints = collect_complaints(self.page)
        self.address = address
        if login:
            self.go("/accedi")
            self.page.fill("input[name=login]", login)
            self.page.fill("input[name=password]", content.PASSWORD)
            turn(self.page.locator("main form button[type=submit]").first)

    def go(self, path: str) -> None:
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.status == 200, path

    def press(self, name: str) -> None:
        turn(self.page.get_by_role("button", name=name).first)

    def follow(self, name: str) -> None:
        turn(self.page.get_by_role("link", name=name).first)

    def text(self) -> str:
        return self.page.inner_text("main")

    def look(self, name: str) -> None:
        for size in (WIDE, PHONE):
            self.page.set_viewport_size(size)
            assert_no_overflow(self.page)
            assert_axe_clean(self.page)
            if PICTURES:
                self.page.evaluate(WHOLE)
                path = Path(PICTURES) / f"{name}-{size['width']}.png"
                self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size(WIDE)

    def leave(self) -> None:
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


def test_from_a_report_to_a_certificate_that_proves_itself(
    demo: tuple[Flask, Built, str], browser: Browser
) -> None:
    app, built, packed = demo
    address, lesson_id, slug = packed.split("|")
    logins = dict(content.SIGN_INS)
    trainer = Walker(browser, address, logins["Trainer"])
    hold_the_lesson(trainer, built, lesson_id)
    trainer.leave()
    organiser = Walker(browser, address, logins["Organiser"])
    issue_certificates(organiser, app, slug)
    organiser.leave()
    participant = Walker(browser, address, logins["Participant"])
    pdf = take_the_certificate(participant, slug)
    subscribe(participant)
    participant.leave()
    stranger = Walker(browser, address, None)
    scan(stranger, pdf)
    stranger.leave()


def hold_the_lesson(trainer: Walker, built: Built, lesson_id: str) -> None:
    """Drop in the report, see who is credited and why, match the unknown device, close."""
    trainer.look("trainer-home")
    trainer.follow(content.FIRST_CYCLE[-1].lessons[-1].title)
    if "/registro" not in trainer.page.url:
        trainer.go(f"/incontri/{lesson_id}/registro")
    trainer.look("register-empty")
    trainer.page.set_input_files("input[type=file]", built.report)
    trainer.press("Leggi il report")
    trainer.look("report-questions")
    trainer.press("Vai all’anteprima")
    assert "da abbinare" in trainer.text()
    trainer.look("report-preview")
    trainer.press("Importa il report")
    trainer.look("queue")
    turn(trainer.page.locator("main form button[name=person]").first)
    assert trainer.page.locator("main form button[name=person]").count() == 0
    trainer.go(f"/incontri/{lesson_id}/registro")
    trainer.look("register")
    turn(trainer.page.locator("main a[href$='/perche']").first)
    assert built.report.name in trainer.text()
    trainer.look("why")
    trainer.go(f"/incontri/{lesson_id}/registro/chiudi")
    trainer.look("close")
    trainer.page.locator("main input[type=radio]").first.check()
    turn(trainer.page.locator("main form button[type=submit]").last)
    trainer.go(f"/incontri/{lesson_id}/registro")
    assert "sigill" in trainer.text().lower()
    trainer.look("register-closed")


def issue_certificates(organiser: Walker, app: Flask, slug: str) -> None:
    """Issue them all in one act and watch the progress."""
    organiser.look("organiser-home")
    organiser.go(f"/cicli/{slug}/attestati")
    organiser.look("certificates-before")
    organiser.follow("Rilascia gli attestati")
    organiser.look("issue")
    turn(organiser.page.locator("main form button[type=submit]").last)
    organiser.look("certificates-in-preparation")
    with app.app_context():
        assert jobs.run_until_empty() >= 1
        db.session.remove()
    # the page tells by itself that they are made; who leaves it meanwhile would be drawn back
    expect(organiser.page.locator("[data-progress]")).to_have_count(0)
    organiser.page.wait_for_load_state()
    organiser.go(f"/cicli/{slug}/attestati")
    organiser.look("certificates-issued")


def take_the_certificate(participant: Walker, slug: str) -> bytes:
    """The participant's hours and the PDF's bytes."""
    participant.look("participant-home")
    participant.go(f"/i-miei-cicli/{slug}")
    participant.look("progress")
    participant.go("/attestati")
    participant.look("my-certificates")
    link = participant.page.locator("main a[href$='.pdf']").first.get_attribute("href")
    answer = participant.context.request.get(participant.address + str(link))
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def subscribe(participant: Walker) -> None:
    """Make the calendar's address and read what lies behind it."""
    participant.go("/calendario")
    participant.look("calendar")
    turn(participant.page.locator("main form button[type=submit]").first)
    participant.look("calendar-address")
    value = participant.page.locator("input[readonly]").first.input_value()
    feed = participant.context.request.get(value.replace("webcal://", "http://"))
    calendar = icalendar.Calendar.from_ical(feed.body())
    assert len(calendar.walk("VEVENT")) >= 20
    assert calendar.walk("VTIMEZONE")[0]["TZID"] == "Europe/Rome"


def scan(stranger: Walker, pdf: bytes) -> None:
    """What a telephone sees: the QR code of the printed page leads to "valid"."""
    picture = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=3).to_pil()
    [code] = zxingcpp.read_barcodes(picture)
    identity = read_identity(pdf)
    assert identity is not None
    assert identity.code in code.text
    assert code.text.startswith(stranger.address)
    if PICTURES:
        picture.save(Path(PICTURES) / "certificate.png")
    stranger.go(code.text.removeprefix(stranger.address))
    assert "valido" in stranger.text().lower()
    stranger.look("verified")


def test_every_first_page_holds_for_a_stranger(
    demo: tuple[Flask, Built, str], browser: Browser
) -> None:
    _app, _built, packed = demo
    address, lesson_id, slug = packed.split("|")
    stranger = Walker(browser, address, None)
    for name, path in {
        "welcome": "/",
        "cycles": "/cicli",
        "cycle": f"/cicli/{slug}",
        "lesson": f"/incontri/{lesson_id}",
        "verify": "/verifica",
        "sign-in": "/accedi",
        "demonstration": "/dimostrazione",
    }.items():
        stranger.go(path)
        stranger.look(name)
    stranger.leave()
