"""My calendar in a real browser: nothing overflows, axe is silent, the address can be copied."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from lms.catalogue.programme_actions import cancel_lesson
from lms.extensions import db
from tests import factories
from tests.browser import assert_axe_clean, assert_no_overflow, serve, turn, window
from tests.calendars.conftest import Scene
from tests.client import PercorsoClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (1280, 320)


@pytest.mark.parametrize("language", ["it", "en"])
def test_making_replacing_and_revoking(
    app: Flask, browser: Browser, scene: Scene, language: str
) -> None:
    cancel_lesson(scene.first, by=None)
    person = factories.enrolment(scene.cycle).person
    client = PercorsoClient(app).sign_in(person)
    cookie = client.http.get_cookie("percorso")
    assert cookie
    db.session.commit()
    with serve(app) as root, window(browser, locale=language) as page:
        page.context.add_cookies([{"name": "percorso", "value": cookie.value, "url": root}])

        def hold() -> None:
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert_no_overflow(page)
                assert_axe_clean(page)

        page.goto(f"{root}/calendario")
        hold()
        turn(page.locator("main form button"))
        hold()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator("[data-copy]").click()
        address = page.evaluate("navigator.clipboard.readText()")
        assert address.startswith(f"{root}/calendario/")
        for link in ("sostituisci", "revoca"):
            page.goto(f"{root}/calendario")
            hold()
            turn(page.locator(f'main a[href="/calendario/{link}"]'))
            hold()
            turn(page.locator("main form button.btn-danger"))
            hold()
