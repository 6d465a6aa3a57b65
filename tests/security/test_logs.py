"""The log serves the operator and betrays nobody: no names, addresses, typed text or secrets.

ASVS 16.2.5, 16.3.2, 16.4.1, 16.5.1.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from lms.accounts.models import Account
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient
from tests.security.attack import Record
from tests.security.payloads import LINES, PROBE
from tests.world import FEED_TOKEN, World

SECRET = "Cognome-Riservatissimo"
# Names and addresses of the small world, what was typed, secrets that stand in addresses.
PERSONAL = re.compile(
    rf"{PROBE}|X-Evil|\bAda\b|\bProva\d|@example|quattro parole|{FEED_TOKEN}|CODE(?:QUESTO|ALTRO)"
    r"|\b[A-Z2-7]{26}\b|/persone/|/verifica/|/calendario/"
)


@pytest.mark.one_database
def test_no_line_of_a_whole_crawl_names_anybody(attacked: Record) -> None:
    assert len(attacked.log_lines) > 500, "nothing was logged: the test looks at nothing"
    assert [line for line in attacked.log_lines if PERSONAL.search(line)] == []


@pytest.mark.one_database
def test_every_line_is_one_json_object(attacked: Record) -> None:
    for line in attacked.log_lines:
        assert "\n" not in line
        told = json.loads(line)
        assert {"timestamp", "levelname", "name", "message"} <= told.keys()


@pytest.fixture
def lines(app: Flask) -> Iterator[list[str]]:
    """The log as it is written, in the application's own format."""
    written: list[str] = []
    own = logging.getLogger("lms")

    class Keep(logging.Handler):
        def emit(self, log: logging.LogRecord) -> None:
            written.append(self.format(log))

    handler = Keep()
    handler.setFormatter(own.handlers[0].formatter)
    own.addHandler(handler)
    yield written
    own.removeHandler(handler)


def _plant(app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    monkeypatch.setitem(app.view_functions, "home.index", fault)


def _a_login_in_capitals() -> str:
    person = db.session.execute(text("SELECT min(id) FROM person")).scalar_one()
    db.session.add(Account(person_id=person, login=f"{SECRET}@x".upper(), created_at=now()))
    db.session.flush()
    return ""


def _a_name_is_no_number() -> str:
    return str(int(SECRET))


def _an_unknown_name() -> str:
    return {"a": "b"}[SECRET]


def _a_value_the_database_refuses() -> str:
    return str(db.session.execute(text("SELECT CAST(:name AS integer) / 0"), {"name": SECRET}))


def _one_fault_after_another() -> str:
    try:
        return _a_name_is_no_number()
    except ValueError as error:
        raise RuntimeError("while counting") from error


FAULTS = [
    _a_login_in_capitals,
    _a_name_is_no_number,
    _an_unknown_name,
    _one_fault_after_another,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
def test_a_fault_is_logged_without_the_values_at_hand(
    app: Flask, monkeypatch: pytest.MonkeyPatch, lines: list[str], fault: Any
) -> None:
    factories.person()
    monkeypatch.setattr("lms.transaction.SAFE_METHODS", frozenset())  # let this GET write
    _plant(app, monkeypatch, fault)
    client = PercorsoClient(app)
    answer = client.get(f"/?q={SECRET}")
    assert answer.status_code == 500
    (line,) = [line for line in lines if '"ERROR"' in line]
    assert SECRET.lower() not in line.lower()
    told = json.loads(line)
    assert told["reference"] in answer.text
    assert f"in {fault.__name__}" in told["exc_info"], "the place of the fault is told"
    assert told["endpoint"] == "home.index"
    assert told["request"]
    if fault is _one_fault_after_another:
        assert "builtins.ValueError" in told["exc_info"]
        assert told["exc_info"].endswith("RuntimeError: while counting\n")
    if fault is _a_login_in_capitals:
        assert "account_login_lower" in told["exc_info"], "the rule is named"


def test_a_value_that_postgresql_quotes_is_not_repeated(
    app: Flask, database: str, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    if database != "postgresql":
        return  # SQLite's errors name no values
    _plant(app, monkeypatch, _a_value_the_database_refuses)
    assert PercorsoClient(app).get("/").status_code == 500
    (line,) = [line for line in lines if '"ERROR"' in line]
    assert SECRET not in line
    assert "SQLSTATE 22P02" in line


def test_two_faults_have_two_references(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(app, monkeypatch, _a_name_is_no_number)
    client = PercorsoClient(app)
    pages = [client.get("/").text for _turn in range(2)]
    references = [re.search(r"<strong>([0-9A-F]{8})</strong>", page) for page in pages]
    assert references[0]
    assert references[1]
    assert references[0][1] != references[1][1]


def test_a_refusal_is_logged_with_who_asked_for_what(app: Flask, lines: list[str]) -> None:
    """ASVS 16.3.2: by an id and the name of the page, whether one is told 403 or 404."""
    world = World()
    participant, foreign = world.this.participant, world.other.certificate.id
    client = PercorsoClient(app).sign_in(participant)
    organiser = PercorsoClient(app).sign_in(world.organiser)
    person, staff = participant.id, f"/persone/{world.administrator.id}/accesso/sospendi"
    lines.clear()
    assert client.get("/persone").status_code == 403
    assert client.get(f"/attestati/{foreign}.pdf").status_code == 404
    assert client.get("/attestati/987654.pdf").status_code == 404
    assert organiser.post(staff, {}).status_code == 403
    told = [json.loads(line) for line in lines if '"refused"' in line]
    assert [(each["endpoint"], each["person"], each["levelname"]) for each in told] == [
        ("people.index", person, "WARNING"),
        ("issuance.download", person, "WARNING"),
        ("people.disable", world.organiser.id, "WARNING"),
    ]


def test_what_is_typed_cannot_forge_a_line(app: Flask, lines: list[str]) -> None:
    logging.getLogger("lms.forged").error("typed: %s", f"a{LINES}" + '","levelname":"FORGED')
    (line,) = lines
    assert "\n" not in line
    assert json.loads(line)["levelname"] == "ERROR"
