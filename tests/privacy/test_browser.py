"""The privacy pages walked in a real browser, on a telephone: read, download, ask to be erased."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page
from sqlalchemy import Select, select

from lms.catalogue.models import EnrolmentMode
from lms.config import OWN_NOTICE_VERSION
from lms.extensions import db
from lms.joining.models import NoticeAcceptance
from lms.privacy.models import ErasureRequest, RequestStatus
from tests import factories
from tests.accounts.people import PASSWORD, with_account
from tests.browser import PHONE, assert_axe_clean, assert_no_overflow, serve, turn, window
from tests.joining.scene import EMAIL, link, work

pytestmark = [pytest.mark.browser]
SEND = "main form.pc-form button[type=submit]"
READ = "Ho letto l’informativa"


def holds(page: Page) -> None:
    assert_no_overflow(page)
    assert_axe_clean(page)


def enter(page: Page, address: str, login: str) -> None:
    page.goto(f"{address}/accedi")
    page.get_by_label("Indirizzo e-mail").fill(login)
    page.locator("#password").fill(PASSWORD)
    turn(page.locator(SEND))


def kept(asked: Select[Any]) -> list[Any]:
    """What the database holds now; no transaction of ours stays open in the server's way."""
    found = list(db.session.scalars(asked))
    db.session.rollback()
    return found


def download(button: Locator) -> bytes:
    with button.page.expect_download() as begun:
        button.click()
    return Path(begun.value.path()).read_bytes()


def test_the_notice_at_registration_and_at_enrolment(app: Flask, browser: Browser) -> None:
    """Nobody gets past either without the tick; one tick holds for both."""
    slug = factories.cycle(enrolment_mode=EnrolmentMode.OPEN).slug
    with_account()
    db.session.commit()
    with serve(app) as address, window(browser, viewport=PHONE) as page:
        page.goto(f"{address}/registrati")
        page.get_by_label("Nome", exact=False).first.fill("Bianca")
        page.get_by_label("Cognome").fill("Nuova")
        page.get_by_label("Indirizzo e-mail").fill(EMAIL)
        page.locator("form.pc-form").evaluate("form => form.noValidate = true")
        turn(page.locator(SEND))
        assert page.locator(".pc-error", has_text="informativa").count() == 1
        assert page.get_by_label("Cognome").input_value() == "Nuova", "what was typed is kept"
        holds(page)
        page.get_by_label(READ).check()
        turn(page.locator(SEND))
        work()
        assert link(EMAIL)
        db.session.rollback()
        enter(page, address, "ada@example.org")
        page.goto(f"{address}/cicli/{slug}/iscrizione")
        holds(page)
        page.get_by_label(READ).check()
        turn(page.locator(SEND))
        assert kept(select(NoticeAcceptance.version)) == [OWN_NOTICE_VERSION]
        page.goto(f"{address}/profilo/dati")
        assert page.get_by_text("Hai preso visione della versione").count() == 1


def test_downloading_and_asking_to_be_erased(app: Flask, browser: Browser) -> None:
    with_account(family_name="Perlaparola")
    db.session.commit()
    with serve(app) as address, window(browser, viewport=PHONE) as page:
        enter(page, address, "ada@example.org")
        page.goto(f"{address}/profilo/dati")
        holds(page)
        said = json.loads(download(page.get_by_role("button", name="JSON")))
        assert "Perlaparola" in json.dumps(said, ensure_ascii=False)
        packed = zipfile.ZipFile(io.BytesIO(download(page.get_by_role("button", name="CSV"))))
        tables = {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}
        assert any("Perlaparola" in table for table in tables.values())
        turn(page.get_by_role("link", name="Chiedi la cancellazione"))
        holds(page)
        page.locator("form.pc-form").evaluate("form => form.noValidate = true")
        page.locator("textarea").fill("Ho cambiato lavoro")
        turn(page.locator(SEND))
        assert page.locator("textarea").input_value() == "Ho cambiato lavoro"
        assert kept(select(ErasureRequest.id)) == []
        holds(page)
        page.locator("#understood").check()
        turn(page.locator(SEND))
        holds(page)
        assert kept(select(ErasureRequest.status)) == [RequestStatus.OPEN]
        turn(page.get_by_role("button", name="Ritira la richiesta"))
        assert page.get_by_role("link", name="Chiedi la cancellazione").is_visible()
