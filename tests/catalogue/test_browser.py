"""The catalogue in a real Chromium, wide and on a phone: axe silent, nothing beyond the edges."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from lms.accounts.actions import open_account
from lms.catalogue.models import Cycle, CycleStatus, FundingEmblem, LessonStatus
from lms.extensions import db
from tests import factories
from tests.browser import assert_page_holds, serve
from tests.catalogue.pages import cycle_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "quattro parole messe insieme"
LONG = "Co-programmazione, co-progettazione e accreditamento nell’amministrazione condivisa"


@pytest.fixture
def cycle(app: Flask) -> Cycle:
    """A cycle with everything a page may show, and words that are long."""
    track = factories.track(
        title=f"Co-Progetta – {LONG} (dati dimostrativi)", fictional=True,
        funding_statement="Cofinanziato dall’Unione europea.",
    )  # fmt: skip
    db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="eu", label=LONG))
    cycle = cycle_with(7, track=track, title=LONG, summary=LONG, status=CycleStatus.DRAFT)
    lesson = factories.lesson(
        factories.module(cycle, title=LONG, summary=LONG, subject_area=LONG), title=LONG,
        place="Sala delle conferenze " * 4, status=LessonStatus.CANCELLED,
        join_url="https://webinar.example.org/" + "j" * 300,
    )  # fmt: skip
    factories.register(lesson)
    return cycle


def sign_in(page: Page, url: str) -> None:
    open_account(factories.organiser(), "segreteria@example.org", PASSWORD)
    db.session.commit()
    page.goto(f"{url}/accedi")
    page.fill("input[name=login]", "segreteria@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def test_every_page_holds(app: Flask, cycle: Cycle, page: Page) -> None:
    lesson = cycle_with(1, title="Aperto a tutti")
    module = factories.module(cycle)
    own = f"/cicli/{cycle.slug}"
    paths = [
        "/cicli", f"/cicli/{lesson.slug}", own, "/incontri/8", "/gestione/cicli",
        "/gestione/percorsi", f"/gestione/percorsi/{cycle.track.slug}/modifica", f"{own}/gestione",
        f"{own}/modifica", f"{own}/stato", f"{own}/docenti?q=prova", "/incontri/8/modifica",
        "/incontri/8/elimina", f"/moduli/{module.id}/modifica",
    ]  # fmt: skip
    with serve(app) as url:
        sign_in(page, url)
        for path in paths:
            assert_page_holds(page, url + path)
            assert page.url == url + path, "sent elsewhere"


def test_an_organiser_brings_a_cycle_to_the_public(app: Flask, page: Page) -> None:
    """From nothing to a published cycle, by the keyboard and the pointer only."""
    factories.person("Niccolò", "Trovato")
    with serve(app) as url:
        sign_in(page, url)
        page.goto(f"{url}/gestione/cicli")
        page.get_by_role("link", name="Nuovo percorso").click()
        page.get_by_label("Titolo").fill("Co-Progetta")
        page.get_by_label("Ente che rilascia gli attestati").fill("Comune di Prova")
        page.get_by_role("button", name="Salva").click()
        page.get_by_role("link", name="Nuovo ciclo").click()
        page.get_by_label("Titolo").fill("Primo ciclo")
        page.get_by_label("Codice").fill("CP1")
        page.get_by_label("Chi firma").fill("Ada Prova")
        page.get_by_label("In quale ruolo").fill("Dirigente")
        page.get_by_role("button", name="Salva").click()
        page.get_by_role("link", name="Aggiungi un modulo").click()
        page.get_by_label("Titolo").fill("Le basi")
        page.get_by_role("button", name="Salva").click()
        page.get_by_role("link", name="Docenti", exact=True).click()
        page.get_by_label("Cerca una persona").fill("trovato")
        page.get_by_role("button", name="Cerca").click()
        page.get_by_role("button", name="Aggiungi Niccolò Trovato").click()
        page.get_by_role("link", name="Programma", exact=True).click()
        page.get_by_role("link", name="Aggiungi un incontro").click()
        page.get_by_label("Titolo").fill("Il primo incontro")
        page.get_by_label("Giorno").fill("2026-10-25")
        page.locator("#start").fill("02:30")
        page.locator("#end").fill("04:00")
        page.get_by_label("Niccolò Trovato").check()
        page.get_by_role("button", name="Salva").click()
        page.get_by_label("La seconda volta, un’ora dopo, UTC+1").check()
        page.get_by_role("button", name="Salva").click()
        page.get_by_role("link", name="Pubblica", exact=True).click()
        page.get_by_role("button", name="Cambia lo stato").click()
        page.get_by_role("link", name="Pagina pubblica").click()
        assert page.get_by_role("heading", name="Primo ciclo").is_visible()
        assert "1 h 30 min" in page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")
    db.session.commit()
    assert db.session.scalars(select(Cycle.status)).one() is CycleStatus.PUBLISHED
