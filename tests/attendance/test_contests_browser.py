"""Contesting and watching in a real Chromium: from one's own hours to the answer, and live."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from lms.accounts.actions import open_account
from lms.attendance.actions_closing import close_register
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene, bring_in, zoom
from tests.attendance.test_contests import PDF
from tests.browser import assert_page_holds, serve, turn, window
from tests.client import PercorsoClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "quattro parole messe insieme"


def enter(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/accedi")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    turn(page.locator("main form button[type=submit]"))


def test_from_my_hours_to_the_answer(
    app: Flask, page: Page, browser: Browser, tmp_path: Path
) -> None:
    scene = Scene("Ada Rossi")
    scene.cycle.contest_days = 365
    who = factories.read_notice(scene.people[0].person)
    open_account(who, "ada@example.org", PASSWORD)
    open_account(scene.trainer, "docente@example.org", PASSWORD)
    close_register(scene.lesson, absent=True, leave_queue=False, by=scene.trainer.id)
    mine, why = f"/i-miei-cicli/{scene.cycle.slug}", f"{scene.url}/{scene.people[0].id}/perche"
    db.session.commit()
    document = tmp_path / "schermata.pdf"
    document.write_bytes(PDF)
    with serve(app) as url, window(browser) as other:
        enter(page, url, "ada@example.org")
        page.goto(url + mine)
        turn(page.get_by_role("link", name="Perché?").first)
        assert_page_holds(page, url + why)
        turn(page.get_by_role("link", name="Contesta", exact=True))
        assert_page_holds(page, page.url)
        page.get_by_label("Che cosa non è giusto").fill("Ero presente dalle 10 alle 11.")
        page.get_by_label("Documento").set_input_files(document)
        turn(page.get_by_role("button", name="Invia la contestazione"))
        expect(page.locator(".pc-messages")).to_contain_text("La tua contestazione è arrivata")
        contest = page.url
        assert_page_holds(page, contest)
        assert_page_holds(page, f"{contest}/ritira")
        enter(other, url, "docente@example.org")
        turn(other.get_by_role("link", name="1 presenza contestata attende una risposta"))
        assert_page_holds(other, other.url)
        turn(other.get_by_role("link", name="Rossi Ada"))
        assert_page_holds(other, contest)
        other.get_by_role("radio", name="Accolta: il segno").and_(
            other.locator("[value=accept]")
        ).check()
        other.get_by_label("Minuti").fill("60")
        other.get_by_label("Motivo della risposta").fill("Visto in aula.")
        turn(other.get_by_role("button", name="Dai la risposta"))
        expect(other.locator(".pc-messages")).to_contain_text("La risposta è data")
        page.goto(contest)
        expect(page.locator("main")).to_contain_text("Visto in aula.")
        page.goto(url + mine)
        expect(page.locator("main")).to_contain_text("Contestazione accolta")
    assert scene.record(scene.people[0]) == ("present", 60, "rectification")


def test_counts_come_in_while_somebody_watches(app: Flask, page: Page) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    open_account(scene.trainer, "docente@example.org", PASSWORD)
    db.session.commit()
    client = PercorsoClient(app).sign_in(scene.trainer)
    live, cycle = f"/incontri/{scene.lesson.id}/diretta", f"/cicli/{scene.cycle.slug}/presenze"
    db.session.commit()  # or this transaction would stand in the server's way
    with serve(app) as url:
        page.clock.install()
        enter(page, url, "docente@example.org")
        page.goto(url + live)
        present = page.locator('[data-count="present"]')
        expect(present).to_have_text("0")
        bring_in(client, scene, zoom(("Ada Rossi", "", "10:00:00", "12:00:00")))
        page.clock.fast_forward("00:06")
        expect(present).to_have_text("1")
        expect(page.locator("[data-live-status]")).to_have_text("1 presenti su 2")
        expect(page.locator("svg.pv-chart path")).to_have_count(1)
        page.get_by_role("button", name="Ferma l’aggiornamento").click()
        expect(page.get_by_role("button", name="Riprendi l’aggiornamento")).to_be_visible()
        assert_page_holds(page, url + live)
        assert_page_holds(page, url + cycle)
