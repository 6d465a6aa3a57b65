"""Passkeys over HTTP, each part of an answer made wrong in turn.

OWASP ASVS 6.3.3, 6.5.1 (a challenge is answered once), 6.4.1, 9.2.2 (meant for us: origin, RP id).
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent
from lms.clock import frozen, now
from lms.extensions import db
from lms.factors import queries
from lms.factors.models import Passkey, PasskeyChallenge
from lms.factors.rules import CHALLENGE_LIFETIME, MAXIMUM_PASSKEYS
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, with_account
from tests.client import PercorsoClient
from tests.factors.authenticator import Authenticator
from tests.factors.scene import OWN, STEP, events, half_way, letters, unused_codes, with_app
from tests.factors.test_own import CODE

NEW = f"{OWN}/chiavi/nuova"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)


@pytest.fixture
def account(client: PercorsoClient) -> Account:
    made = with_account("ada@example.org")
    client.sign_in(made.person)
    return made


def options(client: PercorsoClient, path: str = f"{OWN}/chiavi/richiesta") -> dict[str, Any]:
    client._csrf = None
    answer = client.post(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return json.loads(answer.text)


def register(client: PercorsoClient, key: Authenticator, name: str = "Telefono") -> Any:
    return client.post(NEW, {"name": name, "response": key.create(options(client))})


def refused_to_register(client: PercorsoClient, response: str, name: str = "Telefono") -> bool:
    answer = client.post(NEW, {"name": name, "response": response})
    return answer.status_code == 303 and answer.location == NEW


def ask(client: PercorsoClient) -> dict[str, Any]:
    """Through the password, up to the challenge for a passkey."""
    half_way(client)
    return options(client, f"{STEP}/chiave/richiesta")


def answer_with(client: PercorsoClient, response: str) -> bool:
    """Whether the answer signs in."""
    client._csrf = None
    answer = client.post(f"{STEP}/chiave", {"response": response})
    client._csrf = None
    assert answer.status_code == 303
    return answer.location != STEP


def with_passkey(
    client: PercorsoClient, key: Authenticator, login: str = "ada@example.org"
) -> Account:
    """An account with a passkey, signed out again."""
    made = with_account(login)
    client.sign_in(made.person)
    assert register(client, key).status_code == 200
    client.post("/esci")
    return made


def test_adding_one_and_signing_in_with_it(client: PercorsoClient, account: Account) -> None:
    key = Authenticator()
    asked = options(client)
    assert asked["rp"] == {"id": "localhost", "name": "Percorso"}
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert len(asked["challenge"]) >= 43
    assert "ada" not in asked["user"]["id"]
    page = client.post(NEW, {"name": "Telefono", "response": key.create(asked)})
    assert len(CODE.findall(page.text)) == 10
    assert "Telefono" in client.get(OWN).text
    assert events(account.id) == [SecurityEvent.PASSKEY_ADDED]
    assert letters() == ["Secondo fattore: aggiunta una passkey"]
    client.post("/esci")
    asked = ask(client)
    assert [known["id"] for known in asked["allowCredentials"]] == [
        json.loads(key.get(asked))["id"]
    ]
    assert answer_with(client, key.get(asked))
    assert is_signed_in(client)
    passkey = db.session.scalars(select(Passkey)).one()
    assert passkey.used_at is not None
    assert passkey.sign_count == key.count
    assert db.session.scalar(select(func.count(PasskeyChallenge.id))) == 0


def test_several_are_told_apart_by_their_names(client: PercorsoClient, account: Account) -> None:
    first, second = Authenticator(), Authenticator(count=None)
    register(client, first)
    known = options(client)["excludeCredentials"]
    assert [each["id"] for each in known] == [json.loads(first.create({"challenge": ""}))["id"]]
    assert register(client, second, "Chiave").location == OWN
    assert refused_to_register(client, Authenticator().create(options(client)), "Chiave")
    assert len(queries.passkeys_of(account.id)) == 2
    assert unused_codes(account.id) == 10
    client.post("/esci")
    assert answer_with(client, second.get(ask(client)))
    client.post("/esci")
    assert answer_with(client, second.get(ask(client))), "one that does not count keeps saying 0"


def test_removing_one_of_two(client: PercorsoClient, account: Account) -> None:
    first, second = Authenticator(), Authenticator()
    register(client, first)
    register(client, second, "Chiave")
    gone = queries.passkeys_of(account.id)[0]
    path = f"{OWN}/chiavi/{gone.id}/togli"
    assert "Telefono" in client.get(path).text
    assert client.post(path).location == OWN
    assert events(account.id)[-1] is SecurityEvent.PASSKEY_REMOVED
    client.post("/esci")
    assert not answer_with(client, first.get(ask(client)))
    assert answer_with(client, second.get(ask(client)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://percorso.example"}, {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:9"}, {"rp_id": "evil.example"}, {"rp_id": "example.org"},
    ],
)  # fmt: skip
def test_another_origin_is_refused(client: PercorsoClient, wrong: dict[str, str]) -> None:
    """ASVS 9.2.2: what a false page collected is worth nothing here."""
    key = Authenticator()
    account = with_passkey(client, key)
    phished = replace(key, **wrong)  # type: ignore[arg-type]
    assert not answer_with(client, phished.get(ask(client)))
    client.sign_in(account.person)
    assert refused_to_register(
        client, replace(phished, credential=b"new").create(options(client)), "Altra"
    )
    assert len(queries.passkeys_of(account.id)) == 1


def test_another_key_or_another_persons_is_refused(client: PercorsoClient) -> None:
    own, others = Authenticator(), Authenticator()
    with_passkey(client, others, "eva@example.org")
    with_passkey(client, own)
    assert not answer_with(client, others.get(ask(client)))
    forged = Authenticator(credential=own.credential)
    assert not answer_with(client, forged.get(ask(client)))
    assert not answer_with(client, Authenticator().get(ask(client)))
    assert not answer_with(client, own.get(ask(client), kind="webauthn.create"))
    assert answer_with(client, own.get(ask(client)))


def test_a_challenge_is_answered_once(client: PercorsoClient, account: Account) -> None:
    """ASVS 6.5.1: for adding and for signing in, right or wrong."""
    key = Authenticator()
    asked = options(client)
    assert refused_to_register(client, "{}")
    assert refused_to_register(client, key.create(asked)), "the wrong answer spent it"
    register(client, key)
    client.post("/esci")
    asked = ask(client)
    assert not answer_with(client, "{}")
    assert not answer_with(client, key.get(asked))
    asked = ask(client)
    answer = key.get(asked)
    assert answer_with(client, answer)
    client.post("/esci")
    half_way(client)
    assert not answer_with(client, answer), "an answer seen on the way is worth nothing"


def test_only_the_latest_challenge_counts_and_not_for_long(
    client: PercorsoClient, account: Account
) -> None:
    key = Authenticator()
    first, second = options(client), options(client)
    assert first["challenge"] != second["challenge"]
    assert refused_to_register(client, key.create(first))
    asked = options(client)
    with frozen(now() + CHALLENGE_LIFETIME + timedelta(seconds=1)):
        assert refused_to_register(client, key.create(asked))
        register(client, key)
    assert len(queries.passkeys_of(account.id)) == 1


def test_a_challenge_of_another_browser_is_none(app: Flask, client: PercorsoClient) -> None:
    key = Authenticator()
    with_passkey(client, key)
    other = PercorsoClient(app)
    asked = ask(other)
    half_way(client)
    assert not answer_with(client, key.get(asked))


def test_a_copied_passkey_is_refused_and_told(client: PercorsoClient) -> None:
    """Its counter goes back; the one refused is told, whichever of the two it was."""
    key = Authenticator(count=5)
    account = with_passkey(client, key)
    copy = replace(key)
    for _time in range(3):
        assert answer_with(client, key.get(ask(client)))
        client.post("/esci")
    assert not answer_with(client, copy.get(ask(client)))
    assert not is_signed_in(client)
    assert events(account.id)[-1] is SecurityEvent.PASSKEY_COPIED
    assert letters()[-1] == "Rifiutato un accesso con la tua passkey"
    assert answer_with(client, key.get(ask(client)))


def test_guesses_are_slowed_down_together_with_codes(client: PercorsoClient) -> None:
    """ASVS 6.3.1."""
    key = Authenticator()
    with_passkey(client, key)
    asked = ask(client)
    for _attempt in range(5):
        assert not answer_with(client, "{}")
        asked = options(client, f"{STEP}/chiave/richiesta")
    client._csrf = None
    assert client.post(f"{STEP}/chiave", {"response": key.get(asked)}).status_code == 429


def test_a_passkey_known_elsewhere_is_not_taken_twice(client: PercorsoClient) -> None:
    key = Authenticator()
    with_passkey(client, key, "eva@example.org")
    account = with_account("ada@example.org")
    client.sign_in(account.person)
    assert refused_to_register(client, key.create(options(client)))
    assert not queries.has_factor(account.id)


def test_there_is_an_end_to_how_many(client: PercorsoClient, account: Account) -> None:
    for number in range(MAXIMUM_PASSKEYS):
        register(client, Authenticator(), f"Chiave {number}")
    assert refused_to_register(client, Authenticator().create(options(client)), "Una di troppo")
    assert NEW not in client.get(OWN).text


@pytest.mark.parametrize("name", ["", "   ", "n" * 61])
def test_a_passkey_wants_a_name(client: PercorsoClient, account: Account, name: str) -> None:
    page = client.post(NEW, {"name": name, "response": Authenticator().create(options(client))})
    assert page.status_code == 422
    assert not queries.has_factor(account.id)


def test_hostile_answers_are_refused_not_faults(client: PercorsoClient, account: Account) -> None:
    """Every answer a little wrong: never a fault, never a passkey, never a session."""
    key, draw = Authenticator(), random.Random(11)
    good = json.loads(key.create(options(client)))
    broken = ["", "null", "[]", "{", '"x"', "1", "{}", "\ud800".encode("utf-8", "replace").decode()]
    for _time in range(15):
        broken.append(json.dumps(damaged(good, draw)))
    broken.append(json.dumps({**good, "response": {**good["response"], "attestationObject": "oA"}}))
    deep = "[" * 5000 + "]" * 5000
    broken.append(deep)
    for response in broken:
        options(client)
        answer = client.post(NEW, {"name": "Telefono", "response": response})
        assert answer.status_code in {303, 422}, response[:200]
    assert not queries.has_factor(account.id)


def damaged(good: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """A copy of an answer with one part dropped, cut, replaced or stirred."""
    copy: dict[str, Any] = json.loads(json.dumps(good))
    part = draw.choice([copy, copy["response"]])
    name = draw.choice(sorted(part))
    value = part[name]
    if draw.random() < 0.2 or not isinstance(value, str):
        part[name] = draw.choice([None, 7, [], {}, "", "é", "=" * 9, "A" * 9000, {"a": {}}])
    else:
        at = draw.randrange(len(value))
        part[name] = draw.choice([value[:at], value[:at] + "A" + value[at + 2 :], value + "AAAA"])
    return copy


def test_a_key_that_could_never_be_checked_is_refused(
    client: PercorsoClient, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would count as a factor and shut its owner out for good."""
    off_the_curve = {1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}
    monkeypatch.setattr(Authenticator, "_public_key", lambda _self: cbor2.dumps(off_the_curve))
    assert refused_to_register(client, Authenticator().create(options(client)))
    assert not queries.has_factor(account.id)


def test_passkeys_are_offered_where_browsers_have_them(app: Flask, client: PercorsoClient) -> None:
    client.sign_in(with_app().person)
    assert NEW in client.get(OWN).text
    before = app.config["SETTINGS"]
    try:
        app.config["SETTINGS"] = replace(before, public_url="http://127.0.0.1:8000")
        assert "non offrono passkey" in client.get(OWN).text
        assert client.get(NEW).status_code == 409
    finally:
        app.config["SETTINGS"] = before


def test_its_owner_calls_it_by_another_name(
    app: Flask, client: PercorsoClient, account: Account
) -> None:
    register(client, Authenticator())
    register(client, Authenticator(), "Chiave")
    first = queries.passkeys_of(account.id)[0]
    path = f"{OWN}/chiavi/{first.id}/nome"
    assert 'value="Telefono"' in client.get(path).text
    taken = client.post(path, {"name": "Chiave"})
    assert taken.status_code == 422
    assert "Hai già una passkey con questo nome" in taken.text
    assert 'value="Chiave"' in taken.text, "what was typed is kept"
    assert client.post(path, {"name": " "}).status_code == 422
    assert client.post(path, {"name": "Telefono nuovo"}).location == OWN
    assert "Telefono nuovo" in client.get(OWN).text
    assert events(account.id)[-1] is SecurityEvent.PASSKEY_RENAMED
    other = PercorsoClient(app).sign_in(factories.person())
    assert other.post(path, {"name": "Mia"}).status_code == 404
    assert queries.passkeys_of(account.id)[0].name == "Telefono nuovo"
