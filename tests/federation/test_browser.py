"""A person with a telephone: to the provider, back, registered, out of both; every page holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from lms.accounts.models import Account
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.browser import PHONE, assert_axe_clean, assert_no_overflow, serve, turn
from tests.client import PercorsoClient
from tests.federation.providing import NAME, TestProvider, configured

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def live(app: Flask) -> Iterator[tuple[str, TestProvider]]:
    """The application on a port, and a provider that sends people back there."""
    with serve(app) as url:
        provider = TestProvider(f"{url}/identita/{NAME}/ritorno")
        try:
            with configured(app, provider):
                yield url, provider
        finally:
            provider.stop()


def holds(page: Page) -> None:
    assert_no_overflow(page)
    assert_axe_clean(page)


def test_from_the_button_to_being_in_and_out(live: tuple[str, TestProvider], page: Page) -> None:
    url, provider = live
    page.set_viewport_size(PHONE)
    factories.organisation("Comune di Forlì")
    page.goto(f"{url}/accedi?next=/calendario")
    holds(page)
    page.get_by_role("button", name="Entra con SPID di prova").click()
    page.wait_for_url("**/primo-accesso")
    holds(page)
    page.get_by_role("combobox").fill("forl")
    page.get_by_role("option", name="Comune di Forlì").click()
    page.get_by_label("I dati sono miei").check()
    page.get_by_label("Ho letto").check()
    turn(page.get_by_role("button", name="Completa la registrazione"))
    assert page.url == f"{url}/calendario"
    assert page.get_by_text("La registrazione è completa.").is_visible()
    page.goto(f"{url}/profilo")
    holds(page)
    assert page.get_by_text("Usata per la registrazione").is_visible()
    page.goto(f"{url}/profilo/identita/1/scollega")
    holds(page)
    page.get_by_role("button", name="Esci").click()
    page.wait_for_url(f"{provider.issuer}/session/end**")
    turn(page.get_by_role("button", name="Esci dal provider"))
    assert page.url == f"{url}/"
    assert page.get_by_role("link", name="Accedi").first.is_visible()


def test_without_script_a_button_goes_on(live: tuple[str, TestProvider], page: Page) -> None:
    url, provider = live
    context = page.context.browser.new_context(
        java_script_enabled=False, viewport=PHONE, locale="it-IT"
    )
    plain = context.new_page()
    plain.goto(f"{url}/accedi")
    plain.get_by_role("button", name="Entra con SPID di prova").click()
    plain.wait_for_url("**/ritorno?**")
    turn(plain.get_by_role("button", name="Continua"))
    assert plain.url == f"{url}/identita/primo-accesso"
    provider.behave(person={"error": "access_denied", "error_description": "ErrorCode nr25"})
    plain.context.clear_cookies()
    plain.goto(f"{url}/accedi")
    plain.get_by_role("button", name="Entra con SPID di prova").click()
    plain.wait_for_url("**/ritorno?**")
    turn(plain.get_by_role("button", name="Continua"))
    assert plain.get_by_text("interrotto prima della fine").is_visible()
    failed = plain.url
    context.close()
    page.set_viewport_size(PHONE)
    page.goto(failed)
    holds(page)


def test_linking_and_the_log(app: Flask, live: tuple[str, TestProvider], page: Page) -> None:
    url, _provider = live
    person = factories.administrator()
    db.session.add(
        Account(person_id=person.id, login="a@example.org", password_hash="x", created_at=now())
    )
    db.session.commit()
    cookie = PercorsoClient(app).sign_in(person).http.get_cookie("percorso")
    assert cookie
    page.context.add_cookies([{"name": "percorso", "value": cookie.value, "url": url}])
    page.set_viewport_size(PHONE)
    page.goto(f"{url}/profilo")
    holds(page)
    page.get_by_role("button", name="Collega SPID di prova").click()
    page.wait_for_url("**/profilo/identita/conferma")
    holds(page)
    turn(page.get_by_role("button", name="Collega", exact=True))
    assert page.get_by_text("Da ora puoi accedere con SPID di prova").is_visible()
    page.goto(f"{url}/persone/accessi-con-provider")
    holds(page)
    assert page.get_by_text(person.full_name).first.is_visible()
