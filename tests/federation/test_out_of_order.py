"""A provider that is down, silent or has new keys; signing out with it and without."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from lms.clock import frozen, now
from lms.extensions import db
from lms.federation import outgoing
from lms.federation.models import Outcome
from tests import factories
from tests.client import PercorsoClient
from tests.federation.providing import (
    ADA,
    NAME,
    TestProvider,
    Traveller,
    failure,
    last_line,
    query_of,
    registered,
)


@pytest.mark.parametrize("address", ["/.well-known/openid-configuration", "/token", "/jwks", "/me"])
def test_the_provider_is_out_of_order(ada: Traveller, spid: TestProvider, address: str) -> None:
    """At every step: a page that says so, another try, and the local way in."""
    spid.behave(person=ADA, down=address)
    if address.startswith("/.well"):
        response = ada.post(f"/identita/{NAME}/vai?next=/calendario")
    else:
        response = ada.signs_in(f"/identita/{NAME}/vai?next=/calendario")
    assert failure(response) == "down"
    page = ada.client.get(response.location).text
    assert "non risponde" in page
    assert f'action="/identita/{NAME}/vai?next=/calendario"' in page
    assert 'href="/accedi?next=/calendario"' in page
    spid.behave(person=ADA)
    with frozen(now() + timedelta(seconds=11)):
        assert ada.signs_in().location == "/identita/primo-accesso"


def test_a_provider_asked_in_vain_is_left_alone_for_a_moment(
    ada: Traveller, spid: TestProvider
) -> None:
    """However many press the button meanwhile, no thread waits for it again."""
    spid.behave(person=ADA, down="/.well-known/openid-configuration")
    for _time in range(3):
        assert failure(ada.client.post(f"/identita/{NAME}/vai")) == "down"
    assert spid.behave(person=ADA)["/.well-known/openid-configuration"] == 1


def test_what_was_known_serves_while_the_provider_is_silent(
    ada: Traveller, spid: TestProvider
) -> None:
    ada.departs()
    spid.behave(person=ADA, down="/.well-known/openid-configuration")
    with frozen(now() + timedelta(hours=2)):
        assert ada.departs()
    with frozen(now() + timedelta(hours=25)):
        assert failure(ada.client.post(f"/identita/{NAME}/vai")) == "down"


def test_nobody_listens_there(silent_provider: None, client: PercorsoClient) -> None:
    response = client.post(f"/identita/{NAME}/vai")
    assert failure(response) == "down"
    assert last_line().outcome is Outcome.FAILED


def test_a_silent_provider_is_not_waited_for_and_blocks_nobody(
    app: Flask, ada: Traveller, spid: TestProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lock is free while the provider is asked (here it never answers)."""
    monkeypatch.setattr(outgoing, "READ_SECONDS", 0.8)
    answer = ada.travels(ada.departs())
    spid.behave(person=ADA, silent="/token")
    found: list[str] = []

    def come_back() -> None:
        with app.app_context():
            found.append(failure(ada.comes_back(answer)))

    thread = threading.Thread(target=come_back)
    begun = time.monotonic()
    thread.start()
    written = 0
    while thread.is_alive():
        with db.engine.begin() as connection:
            if db.engine.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            connection.execute(text("UPDATE seal_chain SET number = number"))
        written += 1
    thread.join()
    assert found == ["down"]
    assert written > 3
    assert time.monotonic() - begun < 6


def test_a_new_key_is_looked_for_at_once_but_not_all_day(
    ada: Traveller, spid: TestProvider
) -> None:
    registered(ada)
    spid.behave(person=ADA, sign="added")
    assert failure(ada.signs_in()) == "untrusted", "asked for keys a moment ago"
    with frozen(now() + timedelta(seconds=61)):
        assert ada.signs_in().location == "/"
        ada.post("/esci")
        spid.behave(person=ADA, sign="strange")
        for _time in range(3):
            assert ada.signs_in().location == "/", "the key is known by now"
            ada.post("/esci")
        asked = spid.behave()
    assert "/jwks" not in asked
    assert "/.well-known/openid-configuration" not in asked
    assert asked["/token"] == 3


def test_signing_out_here_always_and_there_too(ada: Traveller, spid: TestProvider) -> None:
    registered(ada)
    ada.signs_in()
    page = ada.post("/esci")
    assert page.status_code == 200
    assert not ada.is_signed_in()
    address = page.text.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{spid.issuer}/session/end?")
    asked = query_of(address)
    assert asked["post_logout_redirect_uri"] == "http://localhost/"
    answer = ada.outside.get(address, timeout=10)
    assert "uscire?" in answer.text, "the provider knows who wants to leave"
    assert last_line().outcome is Outcome.SIGNED_OUT
    assert ada.post("/esci").location == "/"


def test_signing_out_without_the_providers_help(ada: Traveller, spid: TestProvider) -> None:
    spid.behave(person=ADA, metadata={"end_session_endpoint": None})
    ada.signs_in()
    ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"})
    assert ada.is_signed_in()
    assert ada.post("/esci").location == "/"
    assert not ada.is_signed_in()


def test_a_local_session_ends_here_alone(ada: Traveller) -> None:
    ada.client.sign_in(factories.person())
    assert ada.post("/esci").location == "/"


def test_too_many_failures_of_a_network_are_slowed_down(ada: Traveller) -> None:
    for _time in range(30):
        assert failure(ada.client.post(f"/identita/{NAME}/entra", {"state": "x"})) == "expired"
    assert ada.client.post(f"/identita/{NAME}/entra", {"state": "x"}).status_code == 429
