"""The register in a real Chromium: by keyboard, by drag and drop, on a phone; every page holds."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.accounts.actions import open_account
from lms.attendance.models import ReportEntry
from lms.catalogue.models import LessonStatus
from lms.extensions import db
from tests import factories
from tests.attendance.scene import END, START, Scene, bring_in, cells, hidden, upload, zoom
from tests.browser import PHONE, WIDE, assert_axe_clean, assert_no_overflow, serve, turn
from tests.client import PercorsoClient

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "quattro parole messe insieme"
LONG = "Marialuisa Antonietta Castellammare-Della Rovere di Montefeltro"
NAMES = ("Ada Rossi", "Bruno Bianchi", "Carla Verdi", "Dario Neri", "Elena Gallo", LONG)


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = Scene(*NAMES, lesson={"title": "Co-programmazione e co-progettazione nei territori"})
    open_account(made.trainer, "docente@example.org", PASSWORD)
    db.session.commit()
    return made


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/accedi")
    page.fill("input[name=login]", "docente@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def counts(page: Page) -> list[int]:
    return [int(text) for text in page.locator("[data-count]").all_inner_texts()]


def row(page: Page, name: str) -> str:
    return page.locator("tr[data-row]", has_text=name).locator("input:checked").input_value()


def test_marking_by_keyboard_with_live_counts(app: Flask, scene: Scene, page: Page) -> None:
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        assert counts(page) == [0, 0, 0, 6]
        page.locator("tr[data-row] input[type=radio]").first.focus()
        for key in "pae":  # Antonietta…, Bianchi, Gallo; each key goes on to the next person
            page.keyboard.press(key)
        assert counts(page) == [1, 1, 1, 3]
        page.keyboard.press("ArrowDown")  # Neri → Rossi
        page.keyboard.press("m")
        page.keyboard.type("45")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowLeft")  # the radio group's own arrows: Neri, excused
        expect(page.locator("[data-unsaved]")).to_have_text("5 modifiche da salvare")
        assert counts(page) == [2, 1, 2, 1]
        assert row(page, "Neri") == "excused"
        page.get_by_role("button", name="Salva le presenze").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".pc-messages")).to_contain_text("5 presenze salvate")
        assert counts(page) == [2, 1, 2, 1]
    by_name = {each.full_name: scene.record(each) for each in scene.people}
    assert by_name[LONG] == ("present", 120, "trainer")
    assert by_name["Bruno Bianchi"] == ("absent", 0, "trainer")
    assert by_name["Ada Rossi"] == ("present", 45, "trainer")
    assert by_name["Dario Neri"] == ("excused", 0, "trainer")
    assert by_name["Carla Verdi"] is None


def test_the_rest_is_looked_at_before_it_is_saved(app: Flask, scene: Scene, page: Page) -> None:
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        page.locator("tr[data-row]", has_text="Rossi").locator(".rg-excused").click()
        page.get_by_role("button", name="Gli altri presenti").click()
        assert counts(page) == [5, 0, 1, 0]
        assert page.url == url + scene.url
        page.get_by_label("Cerca per nome o ente").fill("CASTELL")
        assert page.locator("tr[data-row]:visible").count() == 1
        page.get_by_label("Cerca per nome o ente").fill("")
        page.get_by_role("button", name="Salva le presenze").click()
        expect(page.locator(".pc-messages")).to_contain_text("6 presenze salvate")
    assert scene.record(scene.people[0]) == ("excused", 0, "trainer")
    assert scene.record(scene.people[5]) == ("present", 120, "trainer")


def test_typed_marks_are_not_left_behind_by_mistake(app: Flask, scene: Scene, page: Page) -> None:
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        page.locator(".rg-present").first.click()
        page.get_by_role("link", name="Calendario").first.click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        assert page.url == url + scene.url
        assert counts(page)[0] == 1
        page.get_by_role("button", name="Salva le presenze").click()
        expect(page.locator(".pc-messages")).to_contain_text("1 presenza salvata")
    assert len(asked) == 1


def test_a_report_is_dropped_on_the_page(app: Flask, scene: Scene, page: Page) -> None:
    content = base64.b64encode(zoom(("Ada Rossi", "", "10:00:00", "11:27:30"))).decode()
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        carried = page.evaluate_handle(
            """(encoded) => {
                const bytes = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
                const carried = new DataTransfer();
                carried.items.add(new File([bytes], "riunione.csv", { type: "text/csv" }));
                return carried;
            }""",
            content,
        )
        page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": carried})
        expect(page.locator("[data-drop]")).to_have_class(re.compile("rg-dropping"))
        page.dispatch_event("[data-drop]", "drop", {"dataTransfer": carried})
        page.get_by_role("button", name="Vai all’anteprima").click()
        expect(page.locator("main")).to_contain_text("1 h 27 min")
        page.get_by_role("button", name="Importa il report").click()
        expect(page.locator(".pc-messages")).to_contain_text("minuti riconosciuti a 1 persona")
    assert scene.record(scene.people[0]) == ("present", 87, "report")


def test_it_all_works_without_scripts(app: Flask, scene: Scene, browser: object) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="it-IT")  # type: ignore[attr-defined]
    page: Page = context.new_page()
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        page.locator("tr[data-row]", has_text="Rossi").locator(".rg-absent input").check()
        turn(page.get_by_role("button", name="Gli altri presenti"))
        turn(page.get_by_role("button", name="Segna tutti"))
        expect(page.locator(".pc-messages")).to_contain_text("5 presenze salvate")
        page.get_by_label("Cerca per nome o ente").fill("rossi")
        turn(page.get_by_role("button", name="Cerca"))
        assert page.locator("tr[data-row]").count() == 1
    context.close()
    assert scene.record(scene.people[0]) == ("absent", 0, "trainer")


def test_targets_on_a_phone_are_large(app: Flask, scene: Scene, page: Page) -> None:
    page.set_viewport_size(PHONE)
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        for target in page.locator(".rg-marks label, .rg-minutes input, main button").all():
            if not target.is_visible():
                continue
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, target.inner_text()
            assert box["width"] >= 44, target.inner_text()


def paths_of(client: PercorsoClient, scene: Scene) -> list[str]:
    """Every page of the room, with something in it."""
    client.sign_in(scene.trainer)
    ada, bruno, *_rest = scene.people
    bring_in(
        client,
        scene,
        zoom(
            ("Ada Rossi", "", "09:50:00", "10:40:00"),
            (f"iPhone di {LONG}", "un.indirizzo.molto.lungo@comune.di.prova.example.org",
             "10:00:00", "11:00:00"),
            ("R. Bianchi", "", "10:00:00", "10:30:00"),
        ),
    )  # fmt: skip
    drawn = cells(client.get(scene.url))
    client.post(scene.url, {**drawn, f"mark-{bruno.id}": "present", f"minutes-{ada.id}": "30"})
    open_questions = upload(client, scene, zoom(("Carla Verdi", "", "10:00:00", "10:10:00"))
                            .replace(b"2026-05-12", b"12/05/2026")).location  # fmt: skip
    other_day = upload(
        client, scene, zoom((LONG, "", "18:00:00", "19:10:00")), name=f"{'r' * 150}.csv"
    ).location
    client.post(f"{other_day}/risposte", {"zone": "Europe/Rome", "other_zone": ""})
    entry = db.session.scalar(select(ReportEntry.id).where(ReportEntry.match.is_(None)))
    closed = factories.lesson(scene.module, starts_at=START, ends_at=END)
    factories.lesson(scene.module, status=LessonStatus.CANCELLED)
    own = f"/incontri/{closed.id}/registro"
    expected = hidden(client.get(f"{own}/chiudi"), "expected")
    client.post(f"{own}/chiudi", {"expected": expected, "unmarked": "absent"})
    why = f"{own}/{ada.id}"
    client.post(f"{why}/rettifica", {
        "version": hidden(client.get(f"{why}/rettifica"), "version"), "mark": "present",
        "minutes": "", "reason": "Firma sul foglio cartaceo " * 8,
    })  # fmt: skip
    return [
        scene.url, f"{scene.url}/altri?mark=absent", f"{scene.url}/report",
        open_questions, other_day,
        f"{scene.url}/report/1", f"{scene.url}/da-abbinare", f"{scene.url}/da-abbinare?decided=1",
        f"{scene.url}/da-abbinare/{entry}?q=a", f"{scene.url}/chiudi",
        f"{scene.url}/{ada.id}/perche", own, f"{why}/perche", f"{why}/rettifica",
        f"/cicli/{scene.cycle.slug}/registri", f"/incontri/{scene.lesson.id}",
    ]  # fmt: skip


def test_every_page_holds(app: Flask, scene: Scene, page: Page, tmp_path: Path) -> None:
    paths = paths_of(PercorsoClient(app), scene)
    with serve(app) as url:
        sign_in(page, url)
        for path in paths:
            response = page.goto(url + path)
            assert response is not None
            assert response.status == 200, path
            for size in (WIDE, PHONE):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                assert_no_overflow(page)
                assert_axe_clean(page)


def test_the_page_of_two_values_holds(app: Flask, scene: Scene, page: Page) -> None:
    client = PercorsoClient(app).sign_in(scene.trainer)
    ada = scene.people[0]
    with serve(app) as url:
        sign_in(page, url)
        page.goto(url + scene.url)
        drawn = cells(client.get(scene.url))
        client.post(scene.url, {**drawn, f"mark-{ada.id}": "excused"})
        mine = page.locator("tr[data-row]", has_text="Rossi")
        mine.locator(".rg-absent").click()
        page.get_by_role("button", name="Salva le presenze").click()
        expect(page.locator("h1")).to_contain_text("Due persone")
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert_no_overflow(page)
            assert_axe_clean(page)
        page.get_by_label("quello che hai scritto tu").check()
        page.get_by_role("button", name="Salva con queste scelte").click()
        expect(page.locator(".pc-messages")).to_contain_text("1 presenza salvata")
    assert scene.record(ada) == ("absent", 0, "trainer")
