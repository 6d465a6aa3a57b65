"""The page of the seal and what verification says of it, in a real browser, wide and on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests import factories
from tests.browser import assert_page_holds, serve, turn, window
from tests.certificates.keys import sealing_key
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_agid import owned
from tests.issuance.test_in_browser import sign_in
from tests.issuance.test_issuing import certificates, issue
from tests.issuance.test_sealing import given, set_seal
from tests.issuance.test_verification import with_document

__all__ = ["given", "owned", "set_seal"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.one_database]


def test_pages_of_the_seal_hold(
    app: Flask, browser: Browser, given, set_seal, owned, tmp_path
) -> None:
    taught = TaughtCycle(title="Strumenti collaborativi del Terzo settore")
    taught.entitled(1)
    issue(app, taught)
    set_seal(given)
    [one] = certificates()
    with_document(app, one)
    code, number, slug = one.code, one.id, taught.cycle.slug
    (tmp_path / "seal.p12").write_bytes(sealing_key("p-256", 30)[0])
    set_seal(given)
    with serve(app) as root, window(browser) as page:
        assert_page_holds(page, f"{root}/verifica/{code}")
        sign_in(page, app, factories.administrator(), root)
        for path in ("/sigillo", "/lavori", f"/cicli/{slug}/attestati", f"/attestati/{number}"):
            assert_page_holds(page, f"{root}{path}")
        page.goto(f"{root}/sigillo")
        turn(page.get_by_role("button", name="Prova la chiave"))
        assert page.get_by_text("la sua firma è valida").is_visible()
