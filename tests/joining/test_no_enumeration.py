"""Nobody learns who is known: not from words, status, headers, nor from the work a request does.

Time is compared by what takes it (statements and hashes), for a stopwatch errs on a busy machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms.accounts import passwords
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD as IN_USE
from tests.accounts.people import sign_in, with_account
from tests.client import PercorsoClient
from tests.counting import statements
from tests.joining.scene import ask_for_reset, register

VARIES = re.compile(r'nonce-[^\']+|csrf_token"[^>]*value="[^"]+"|nonce="[^"]+"')
Ask = Callable[[PercorsoClient, str], Any]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every Argon2 hash made or compared, by kind."""
    made: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def __getattr__(self, name: str) -> Any:
            made.append(name)
            return getattr(hasher, name)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    return made


def asked(client: PercorsoClient, ask: Ask, address: str) -> tuple[Any, ...]:
    """All that can be told from outside, and the work behind it."""
    client.token()
    with statements() as sent:
        answer = ask(client, address)
    headers = {name: VARIES.sub("", value) for name, value in answer.headers.items()
               if name not in {"Set-Cookie", "Date"}}  # fmt: skip
    followed = client.get(answer.location) if answer.location else answer
    return answer.status_code, headers, VARIES.sub("", followed.text), list(sent)


def everybody() -> list[str]:
    """Addresses of every kind; the last is nobody's."""
    with_account("ada@example.org")
    with_account("sospesa@example.org").is_active = False
    with_account("senza@example.org").password_hash = None
    factories.person(email="elenco@example.org")
    db.session.commit()
    return ["ada@example.org", "sospesa@example.org", "senza@example.org", "elenco@example.org",
            "nessuno@example.org"]  # fmt: skip


@pytest.mark.parametrize(
    "ask",
    [lambda client, address: register(client, email=address), ask_for_reset],
    ids=["registration", "reset"],
)
def test_asking_tells_nothing_and_works_the_same(app: Flask, hashes: list[str], ask: Ask) -> None:
    """ASVS 6.3.8: the request never looks for the address, so it cannot tell."""
    addresses = everybody()
    hashes.clear()
    told = [asked(PercorsoClient(app), ask, address) for address in addresses]
    assert told[0][3], "the statements are really seen"
    assert all(one == told[-1] for one in told)
    assert hashes == [], "no hash is made while a stranger waits"


def test_an_address_that_is_taken_cannot_be_told_when_changing_ones_own(app: Flask) -> None:
    """ASVS 6.3.8, for somebody signed in."""
    everybody()

    def ask(client: PercorsoClient, address: str) -> Any:
        fields = {"email": address, "current": IN_USE}
        return client.post("/profilo/indirizzo", fields)

    told = []
    for number, wanted in enumerate(("ada@example.org", "nessuno@example.org")):
        with_account(f"chi{number}@example.org", family_name="Uguale")
        client = PercorsoClient(app)
        sign_in(client, f"chi{number}@example.org")
        status, headers, page, sent = asked(client, ask, wanted)
        page = page.replace(f"chi{number}@example.org", "").replace(wanted, "")
        page = re.sub(r'data-sign-out="\d+"', "", page)  # who asks, not who is asked about
        told.append((status, headers, page, sent))
    assert told[0] == told[1]


def test_the_same_work_at_sign_in(app: Flask, hashes: list[str]) -> None:
    """ASVS 6.3.8: one hash compared and the same statements, whoever asks."""

    def ask(client: PercorsoClient, address: str) -> Any:
        return client.post("/accedi", {"login": address, "password": "tre parole sbagliate"})

    work = set()
    for address in everybody():
        hashes.clear()
        status, _headers, page, sent = asked(PercorsoClient(app), ask, address)
        work.add((status, page.replace(address, ""), tuple(sent), tuple(hashes)))
    assert len(work) == 1
    assert work.pop()[3] == ("verify",)
