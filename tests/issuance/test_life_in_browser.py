"""Life and proof in a real browser: decided on, restored, archived, verified; nothing overflows."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from lms.attendance.models import AttendanceRecord
from lms.extensions import db
from lms.issuance import issuer_keys, reviewing
from tests import factories
from tests.browser import serve, turn, window
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_archive import documents
from tests.issuance.test_in_browser import hold, sign_in
from tests.issuance.test_issuing import certificates, issue

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def prepared(app: Flask) -> TaughtCycle:
    """Certificates of an organisation's people; hours of the first were rectified since."""
    taught = TaughtCycle(code="CP-2027-1", title="Strumenti collaborativi del Terzo settore")
    body = factories.organisation("Unione dei comuni di una valle dal nome molto lungo")
    taught.entitled(3, given_name="Maria Vittoria", family_name="Dell’Acqua", organisation=body)
    issue(app, taught)
    documents()
    issuer_keys.ensure()
    record = db.session.scalars(select(AttendanceRecord).order_by(AttendanceRecord.id)).first()
    assert record is not None
    record.minutes = 60
    reviewing.review(taught.cycle.id)
    db.session.commit()
    return taught


def give_reason(page: Page, words: str) -> None:
    page.fill("#reason", words)
    turn(page.locator("main form button[type=submit]"))


def test_decided_revoked_restored_archived_and_verified(app: Flask, browser: Browser) -> None:
    taught = prepared(app)
    path, slug = f"/attestati/{certificates()[0].id}", taught.cycle.slug
    code, organiser = certificates()[0].code, factories.organiser()
    db.session.commit()
    with serve(app) as root, window(browser) as page:
        sign_in(page, app, organiser, root)
        page.goto(f"{root}/attestati/da-controllare")
        hold(page)
        turn(page.get_by_role("link", name="Dell’Acqua"))
        hold(page)
        turn(page.get_by_role("link", name="Lascialo com’è"))
        hold(page)
        give_reason(page, "Deciso con il docente.")
        assert page.get_by_text("Deciso con il docente.").is_visible()
        page.goto(f"{root}{path}/revoca")
        give_reason(page, "Errore.")
        turn(page.get_by_role("link", name="Rendi di nuovo valido"))
        hold(page)
        give_reason(page, "La revoca era un errore.")
        assert page.get_by_text("Reso di nuovo valido").is_visible()
        hold(page)
        page.goto(f"{root}/cicli/{slug}/attestati/archivio")
        hold(page)
        with page.expect_download() as taken:
            page.get_by_role("link", name="Scarica l’archivio del ciclo").click()
        assert taken.value.suggested_filename == "attestati-cp-2027-1.zip"
        page.goto(f"{root}/verifica/{code}")
        hold(page)
        page.fill("#family_name", "dell'acqua")
        turn(page.locator("main form button[type=submit]"))
        hold(page)
        with page.expect_download() as taken:
            page.get_by_role("button", name="Scarica l’Open Badge").click()
        assert taken.value.suggested_filename.endswith(".jwt")
