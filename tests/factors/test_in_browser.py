"""The second factor in a real Chromium: a virtual authenticator, pages wide and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from lms.accounts.models import Account
from lms.clock import now
from lms.extensions import db
from lms.factors.models import Passkey
from tests import factories
from tests.accounts.people import PASSWORD, with_account
from tests.browser import (
    assert_axe_clean,
    assert_no_overflow,
    assert_page_holds,
    serve,
    turn,
    window,
)
from tests.factors.scene import OWN, code_at, demanding, with_app, with_codes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def at_localhost(app: Flask) -> Iterator[str]:
    """Served under a name: browsers offer no passkeys to a number."""
    with serve(app) as url:
        yield url.replace("127.0.0.1", "localhost")


def virtual_authenticator(page: Page) -> tuple[CDPSession, str]:
    """A passkey's device that always says yes, and its session of the debugging protocol."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return cdp, made["authenticatorId"]


def credentials(cdp: CDPSession, device: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})[
        "credentials"
    ]
    return found


def give_password(page: Page, url: str, login: str = "ada@example.org") -> None:
    page.goto(f"{url}/accedi")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    turn(page.locator("main form button[type=submit]").first)


def add_passkey(page: Page, url: str, name: str = "Portatile") -> None:
    page.goto(f"{url}{OWN}/chiavi/nuova")
    page.fill("input[name=name]", name)
    turn(page.get_by_role("button", name="Aggiungi la passkey"))


def sign_out(page: Page) -> None:
    turn(page.get_by_role("button", name="Esci"))


def test_a_passkey_from_the_first_day_to_a_copy(app: Flask, page: Page) -> None:
    """Added, used, used again; then its copy is refused because its counter goes back."""
    with_account("ada@example.org")
    cdp, device = virtual_authenticator(page)
    with at_localhost(app) as url:
        give_password(page, url)
        add_passkey(page, url)
        assert page.locator("h1").inner_text() == "I tuoi codici di recupero"
        assert page.locator(".pc-recovery li").count() == 10
        (copied,) = credentials(cdp, device)
        for _time in range(2):
            sign_out(page)
            give_password(page, url)
            assert page.url.endswith("/secondo-passo")
            turn(page.get_by_role("button", name="Usa una passkey"))
            assert page.get_by_role("button", name="Esci").is_visible()
        sign_out(page)
        cdp.send("WebAuthn.clearCredentials", {"authenticatorId": device})
        cdp.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": copied})
        give_password(page, url)
        turn(page.get_by_role("button", name="Usa una passkey"))
        expect(page.get_by_role("alert")).to_contain_text("non è stata accettata")
        assert page.url.endswith("/secondo-passo")


def test_what_the_browser_cannot_do_is_told_in_the_page(app: Flask, page: Page) -> None:
    """No device answers; the device is known already; the site has another name."""
    with_account("ada@example.org")
    cdp, device = virtual_authenticator(page)
    with at_localhost(app) as url:
        give_password(page, url)
        add_passkey(page, url)
        page.goto(f"{url}{OWN}/chiavi/nuova")
        page.fill("input[name=name]", "Un altro nome")
        page.get_by_role("button", name="Aggiungi la passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("contiene già una tua passkey")
        sign_out(page)
        cdp.send("WebAuthn.clearCredentials", {"authenticatorId": device})
        give_password(page, url)
        page.get_by_role("button", name="Usa una passkey").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.url.endswith("/secondo-passo")


def test_a_page_at_another_address_gets_no_passkey(app: Flask, browser: Browser) -> None:
    """The configured public address decides: the browser refuses to answer for another."""
    with_account("ada@example.org")
    before = app.config["SETTINGS"]
    with at_localhost(app) as url, window(browser) as page:
        virtual_authenticator(page)
        give_password(page, url)
        try:
            app.config["SETTINGS"] = replace(before, public_url="https://formazione.example.it")
            page.goto(f"{url}{OWN}/chiavi/nuova")
            page.get_by_role("button", name="Aggiungi la passkey").click()
            expect(page.get_by_role("alert")).to_contain_text("non ha potuto")
        finally:
            app.config["SETTINGS"] = before


def test_without_scripts_app_and_codes_do_everything(app: Flask, browser: Browser) -> None:
    with_account("ada@example.org")
    with at_localhost(app) as url, window(browser, java_script_enabled=False) as page:
        give_password(page, url)
        page.goto(f"{url}{OWN}")
        turn(page.get_by_role("button", name="Attiva un’app"))
        secret = page.locator("#copy-field").input_value()
        page.fill("input[name=code]", pyotp.TOTP(secret).at(now()))
        turn(page.get_by_role("button", name="Conferma"))
        codes = page.locator(".pc-recovery code").all_inner_texts()
        with page.expect_download() as download:
            page.get_by_role("link", name="Salva in un file").click()
        saved = Path(download.value.path()).read_text(encoding="utf-8")
        assert all(code in saved for code in codes)
        sign_out(page)
        give_password(page, url)
        page.fill("input[name=code]", pyotp.TOTP(secret).at(now(), counter_offset=1))
        turn(page.get_by_role("button", name="Continua"))
        sign_out(page)
        give_password(page, url)
        turn(page.get_by_role("link", name="Usa un codice di recupero"))
        page.fill("input[name=code]", codes[0])
        turn(page.get_by_role("button", name="Continua"))
        assert page.get_by_role("button", name="Esci").is_visible()
        page.goto(f"{url}{OWN}/chiavi/nuova")
        expect(page.get_by_text("deve eseguire gli script")).to_be_visible()


def every_factor(account: Account) -> None:
    with_codes(account)
    passkey = Passkey(
        account_id=account.id, name="Il portatile dell’ufficio formazione con la borsa blu",
        credential="AAAA", public_key=b"key", sign_count=0, created_at=now(),
    )  # fmt: skip
    db.session.add(passkey)
    db.session.commit()


def test_every_page_holds(app: Flask, page: Page) -> None:
    account = with_app(who=factories.administrator())
    other = with_app("un.indirizzo.molto.lungo.davvero@comune.esempio-di-prova.example.org")
    reset = f"/persone/{other.person_id}/secondo-fattore"
    every_factor(account)  # commits: on SQLite an open transaction would hold the server up
    with at_localhost(app) as url:
        give_password(page, url)
        assert_page_holds(page, f"{url}/secondo-passo")
        assert_page_holds(page, f"{url}/secondo-passo/recupero")
        page.goto(f"{url}/secondo-passo")
        page.fill("input[name=code]", code_at())
        turn(page.get_by_role("button", name="Continua"))
        for path in (OWN, f"{OWN}/chiavi/nuova", "/profilo/conferma", reset):
            assert_page_holds(page, f"{url}{path}")
        page.goto(f"{url}{OWN}")
        turn(page.get_by_role("button", name=re.compile("Sostituisci")))
        assert_page_holds(page, f"{url}{OWN}/app/conferma")
        page.goto(f"{url}{OWN}/codici")
        turn(page.locator("main form button[type=submit]"))
        assert_no_overflow(page)
        assert_axe_clean(page)


def test_the_way_of_who_must_have_one_holds(app: Flask, page: Page) -> None:
    with_account("ada@example.org", factories.organiser())
    with demanding(app), at_localhost(app) as url:
        give_password(page, url)
        assert page.url.endswith(OWN)
        assert_page_holds(page, f"{url}{OWN}")
