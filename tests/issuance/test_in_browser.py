"""The pages in a real browser: nothing overflows, axe is silent, the bar moves by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from lms import jobs
from lms.extensions import db
from lms.issuance import rendering
from tests import factories
from tests.browser import assert_axe_clean, assert_no_overflow, serve, turn, window
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle, close
from tests.issuance.test_issuing import certificates

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def hold(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_overflow(page)
        assert_axe_clean(page)


def sign_in(page: Page, app: Flask, person, root: str) -> None:
    cookie = PercorsoClient(app).sign_in(person).http.get_cookie("percorso")
    assert cookie
    db.session.commit()
    page.context.add_cookies([{"name": "percorso", "value": cookie.value, "url": root}])


@pytest.mark.parametrize("script", [True, False])
def test_from_issue_to_revocation(app: Flask, browser: Browser, script: bool) -> None:
    taught = TaughtCycle(code="CP-2027-1", title="Strumenti collaborativi del Terzo settore")
    first = taught.entitled(rendering.BATCH + 1)[0]
    taught.attendee(120, 0, 0, 0, 0)
    root_path = f"/cicli/{taught.cycle.slug}/attestati"
    organiser = factories.organiser()

    def look(page: Page) -> None:
        if script:  # axe is a script itself: without scripts only the walk is tried
            hold(page)

    with serve(app) as root, window(browser, java_script_enabled=script) as page:
        sign_in(page, app, organiser, root)
        page.goto(f"{root}{root_path}?soglia=10")
        look(page)
        page.goto(f"{root}{root_path}/aspetto")
        look(page)
        page.goto(f"{root}{root_path}/rilascio")
        look(page)
        page.click("main form button[type=submit]")
        page.wait_for_url(f"{root}{root_path}/preparazione")
        look(page)
        bar = page.locator("[data-progress] strong")
        assert bar.inner_text() == f"0 su {rendering.BATCH + 1}"
        db.session.rollback()
        jobs.run_until_empty()
        page.get_by_text("Tutti i documenti sono pronti").wait_for(timeout=15_000)
        db.session.rollback()
        certificate = next(row for row in certificates() if row.enrolment_id == first.id)
        number = certificate.id
        db.session.rollback()
        page.goto(f"{root}/attestati/{number}/revoca")
        page.fill("#reason", "Registro rettificato.")
        page.click("main form button[type=submit]")
        page.wait_for_url(f"{root}/attestati/{number}")
        assert page.get_by_text("Revocato", exact=True).count() >= 1
        look(page)
        page.goto(f"{root}/attestati/{number}/sostituzione")
        look(page)


def test_what_people_see(app: Flask, browser: Browser) -> None:
    taught = TaughtCycle(closed=False)
    close(taught.registers[0])
    person = taught.attendee(120, 0, 0, None, None).person
    slug = taught.cycle.slug
    with serve(app) as root, window(browser) as page:
        sign_in(page, app, person, root)
        for path in (f"/i-miei-cicli/{slug}", f"/cicli/{slug}", "/attestati", "/verifica"):
            page.goto(f"{root}{path}")
            hold(page)
        page.set_viewport_size({"width": 1280, "height": 800})
        page.fill("#code", "abc")
        turn(page.get_by_role("button", name="Verifica il codice"))
        hold(page)
        page.goto(f"{root}/verifica/XYZ")
        hold(page)
