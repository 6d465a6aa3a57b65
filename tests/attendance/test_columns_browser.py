"""The pages of tables of no platform in a real Chromium: wide, on a phone, without script."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from lms.accounts.actions import open_account
from lms.extensions import db
from tests.attendance.scene import Scene
from tests.attendance.test_browser import sign_in
from tests.attendance.test_columns import TABLE
from tests.browser import WIDE, assert_page_holds, serve, turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_table_is_explained_and_found_again(app: Flask, page: Page) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi", lesson={"title": "Co-programmazione"})
    open_account(scene.trainer, "docente@example.org", "quattro parole messe insieme")
    db.session.commit()
    with serve(app) as url:
        sign_in(page, url)
        page.goto(f"{url}{scene.url}/report")
        file = {"name": "foglio firme.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
        page.locator("main input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
        turn(page.get_by_role("button", name="Leggi il report"))
        address = page.url
        assert_page_holds(page, address)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        chosen = page.locator("table select")
        expect(chosen.nth(0)).to_have_value("name")
        expect(chosen.nth(2)).to_have_value("day")
        chosen.nth(3).select_option("joined")
        chosen.nth(4).select_option("left")
        turn(page.get_by_role("button", name="Leggi la tabella"))
        expect(page.locator("h1")).to_contain_text("Quello che il file non dice")
        page.goto(f"{url}{scene.url}/report")
        turn(page.get_by_role("link", name="Tabelle già spiegate"))
        assert_page_holds(page, page.url)
        turn(page.get_by_role("link", name="Elimina foglio firme.csv"))
        assert_page_holds(page, page.url)
