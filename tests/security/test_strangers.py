"""What somebody who may not know learns nothing of: the same answer for what is and what is not.

Weaknesses 1, 3, 7, 26, 30 and 31; ASVS 6.3.8 8.2.1 8.2.2. That signing in takes the same work for
every login is counted in tests/accounts/test_sign_in.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.access import Role
from lms.catalogue.models import CycleStatus
from tests import factories
from tests.accounts.people import with_account
from tests.client import PercorsoClient
from tests.foundation.asking import MISSING_ID, SAFE, addresses, values_of
from tests.security.pages import Site

CHANCE = re.compile(r"""(value|nonce)="[^"]*"|nonce-[\w-]+|percorso=[^;]+""")


def known(client: PercorsoClient) -> PercorsoClient:
    """A browser that has its cookie already: only the first page sets it."""
    client.get("/")
    return client


def bare(answer: TestResponse, *own: object) -> tuple[Any, ...]:
    """An answer byte by byte, without chance and without the address it was asked by."""

    def told(text: str) -> str:
        for part in own:
            text = text.replace(str(part), "*")
        return CHANCE.sub("", text)

    headers = [(name, told(value)) for name, value in answer.headers if name != "Content-Length"]
    return answer.status_code, headers, told(answer.text)


def test_a_stranger_gets_the_same_bytes_for_real_and_missing_objects(site: Site) -> None:
    stranger, asked = site.browser("stranger"), 0
    for address in addresses(site.app):
        if Role.STRANGER in address.rule.roles or not address.names:
            continue
        missing = {n: MISSING_ID if n.endswith("_id") else f"missing-{n}" for n in address.names}
        paths = [address.path(site.app, values) for values in (site.values, missing)]
        for csrf in (True, False):
            answers = [
                stranger.get(path) if address.method in SAFE else stranger.post(path, {}, csrf=csrf)
                for path in paths
            ]
            one, other = (bare(a, path) for a, path in zip(answers, paths, strict=True))
            assert one == other, address
            asked += 1
    assert asked > 100


def test_what_is_hidden_looks_to_the_signed_in_like_what_is_not(site: Site) -> None:
    """A participant's look at another cycle's certificates, registers, enrolments and drafts."""
    client, asked = known(site.browser("participant of another cycle")), 0
    real = values_of(site.world, site.world.this)
    for address in addresses(site.app):
        if not address.rule.hidden or address.method not in SAFE:
            continue
        missing = {n: MISSING_ID if n.endswith("_id") else f"missing-{n}" for n in address.names}
        paths = [address.path(site.app, values) for values in (real, missing)]
        one, other = (bare(client.get(path), path) for path in paths)
        assert one == other, address
        assert one[0] == 404, address
        asked += 1
    assert asked > 8


@pytest.mark.parametrize("pattern", ["/cicli/{}", "/cicli/{}.ics", "/cicli/{}/iscrizione"])
def test_a_draft_is_as_if_it_were_not(app: Flask, pattern: str) -> None:
    draft = factories.cycle(slug="ciclo-segreto", status=CycleStatus.DRAFT)
    lesson = factories.lesson(factories.module(draft))
    for client in (PercorsoClient(app), PercorsoClient(app).sign_in(factories.person())):
        known(client)
        answers = [
            bare(client.get(path), path)
            for path in (pattern.format("ciclo-segreto"), pattern.format("ciclo-mancante"))
        ]
        assert answers[0] == answers[1]
        for suffix in ("", ".ics"):
            here, nowhere = f"/incontri/{lesson.id}{suffix}", f"/incontri/{MISSING_ID}{suffix}"
            assert bare(client.get(here), here) == bare(client.get(nowhere), nowhere)


def test_codes_that_were_never_issued_are_all_alike(site: Site) -> None:
    """Well-formed or not, nobody can tell by the answer how near a guess came."""
    client = known(site.browser("stranger"))
    real = site.values["code"]
    near = ("A" if real[0] != "A" else "B") + real[1:]
    codes = [
        near,
        "A" * 26,
        "7" * 26,
        "nessun-codice",
        "a",
        real[:-1],
        f"{real}A",
        "codice-in-due",
    ]
    answers = [bare(client.get(f"/verifica/{code}"), f"/verifica/{code}") for code in codes]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404


def test_addresses_of_calendars_are_all_alike_unless_known(site: Site) -> None:
    client = known(site.browser("stranger"))
    tokens = ["a", "A" * 43, "feed-token-of-the-worlds", "x" * 3000]
    answers = [bare(client.get(f"/calendario/{t}.ics"), f"/calendario/{t}.ics") for t in tokens]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 404


def test_signing_in_tells_nothing_of_accounts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, known, disabled, without password: the same bytes (6.3.8)."""
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _stored, _typed: False)
    with_account("ada@example.org")
    with_account("sospesa@example.org").is_active = False
    with_account("senza@example.org").password_hash = None
    logins = ("ada@example.org", "nessuno@example.org", "sospesa@example.org", "senza@example.org")
    answers = []
    for login in logins:
        client = PercorsoClient(app)
        answer = client.post("/accedi", {"login": login, "password": "tre parole sbagliate"})
        answers.append(bare(answer, login))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 422
    assert "sbagliate" not in answers[0][2]


def test_lists_hold_what_is_ones_own(site: Site) -> None:
    """Weakness 31: every list is looked at with a second owner's rows in the tables."""
    other = site.world.other
    foreign = (other.participant.full_name, other.cycle.title, other.certificate.serial)
    for actor in ("participant of this cycle", "trainer of this cycle"):
        client = site.browser(actor)
        for path in ("/", "/attestati", "/calendario", "/gestione/cicli", "/profilo"):
            answer = client.get(path)
            if answer.status_code == 200:
                named = [name for name in foreign if name in answer.text]
                # The public list of open cycles stands on the first page too.
                assert named in ([], [other.cycle.title] if path == "/" else []), (actor, path)
