"""Every address asked as every role, and compared with the one table of permissions."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.extensions import db
from lms.looks import AccessLook
from lms.permissions import AUDITING, TABLE
from tests.client import PercorsoClient
from tests.conftest import Template
from tests.foundation.asking import (
    ACTORS,
    MISSING_ID,
    SAFE,
    WITHOUT_CYCLE,
    Address,
    addresses,
    ask,
    digest,
    may_enter,
    person_of,
    to_sign_in,
    values_of,
    was_let_in,
)
from tests.world import World

# Who may enter is decided above the database; that each page works on both, its room's tests show.
pytestmark = [pytest.mark.usefixtures("silent_provider"), pytest.mark.one_database]
LOOKS = frozenset({"access_look"})


def browser(app: Flask, world: World, actor: str) -> PercorsoClient:
    client = PercorsoClient(app)
    person = person_of(world, actor)
    return client.sign_in(person) if person is not None else client


def test_routes_and_table_match_both_ways(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(TABLE) == set(), "views without a row in the table"
    assert set(TABLE) - endpoints == set(), "rows without a view"


def test_every_name_in_an_address_has_a_value(app: Flask) -> None:
    known = set(values_of(world := World(), world.this))
    unknown = {name for address in addresses(app) for name in address.names} - known
    assert unknown == set()


@pytest.mark.slow
@pytest.mark.parametrize("actor", ACTORS)
def test_reading_matches_the_table(app: Flask, actor: str) -> None:
    """Weaknesses 4 and 5; ASVS 3.5.3, 8.2.2."""
    world = World()
    client, values = browser(app, world, actor), values_of(world, world.this)
    before, unchanged = looks(), digest(without=LOOKS)
    wrong = []
    for address in addresses(app):
        if address.method not in SAFE:
            continue
        wrong += answer_to(client, address, actor, values)
        if actor == "administrator":
            assert client.head(address.path(app, values)).status_code < 500
    assert wrong == []
    assert digest(without=LOOKS) == unchanged, "a GET wrote to the database"
    # The one exception: an auditor's looks are noted. Nobody else's GET writes even that.
    seen = set(looks()[len(before) :])
    audited = {each for each, rule in TABLE.items() if rule.roles == AUDITING and rule.loads}
    asking = {"auditing.ask_register_pdf", "auditing.ask_cycle_pdf"}
    writing = {"auditing.open_session", "auditing.close_session"} | asking
    assert seen == (audited - writing if actor == "auditor of this track" else set())


@pytest.mark.slow
@pytest.mark.parametrize("actor", ACTORS)
def test_writing_matches_the_table(app: Flask, template: Template, actor: str) -> None:
    """Weaknesses 12 and 17; ASVS 8.2.1."""
    world = World()
    client, values = browser(app, world, actor), values_of(world, world.this)
    client.token()
    kept, before = template.keep(), digest()
    writing = [address for address in addresses(app) if address.method not in SAFE]
    wrong = []
    for address in writing:
        if not may_enter(actor, address.rule):
            wrong += answer_to(client, address, actor, values)
    assert digest() == before, f"{actor} changed something they may not"
    # Signing out comes last: the browser would have to sign in again.
    for address in sorted(writing, key=lambda each: each.endpoint == "accounts.sign_out"):
        if may_enter(actor, address.rule):
            wrong += answer_to(client, address, actor, values)
            db.session.rollback()
            db.session.remove()
            template.restore(kept)
    assert wrong == []


def looks() -> list[str]:
    """The pages of the log of looks, oldest first."""
    return list(db.session.scalars(select(AccessLook.endpoint).order_by(AccessLook.id)))


def answer_to(
    client: PercorsoClient, address: Address, actor: str, values: dict[str, object]
) -> list[str]:
    """Ask, and say what is wrong with the answer or its page."""
    try:
        response = ask(client, address, address.path(client.app, values))
    except AssertionError as fault:  # the page itself is wrong: go on, tell all at the end
        return [str(fault)]
    return complaints(address, actor, response.status_code, response)


def complaints(address: Address, actor: str, status: int, response: object) -> list[str]:
    """What is wrong with an answer, in words; empty when it is as the table says."""
    where = f"{address.method} {address.endpoint} as {actor}: {status}"
    if status >= 500:
        return [f"{where} is a fault"]
    if may_enter(actor, address.rule):
        return [] if was_let_in(response) else [f"{where} although the table lets them in"]  # type: ignore[arg-type]
    if actor == "stranger":
        return [] if to_sign_in(response) else [f"{where}, not sent to sign in"]  # type: ignore[arg-type]
    expected = 404 if address.rule.hidden else 403
    return [] if status == expected else [f"{where} instead of {expected}"]


def test_no_token_no_deed(app: Flask) -> None:
    """Weakness 5; ASVS 3.5.1."""
    world = World()
    client, values = browser(app, world, "administrator"), values_of(world, world.this)
    before = digest()
    for address in addresses(app):
        if address.method not in SAFE:
            response = client.post(address.path(app, values), {}, csrf=False)
            assert response.status_code == 400, address
    assert digest() == before


def test_what_does_not_exist_is_not_found(app: Flask) -> None:
    world = World()
    client, values = browser(app, world, "administrator"), values_of(world, world.this)
    for address in addresses(app):
        rule = address.rule
        if rule.loads is None or Role.STRANGER in rule.roles:
            continue
        for name in sorted(address.names):
            missing = MISSING_ID if name.endswith("_id") else f"missing-{name}"
            response = ask(client, address, address.path(app, {**values, name: missing}))
            assert response.status_code == 404, (address, name)


def test_parts_of_two_cycles_do_not_mix(app: Flask) -> None:
    """An enrolment of another cycle under this cycle's lesson: no such page, whoever asks.

    Weakness 1; ASVS 8.2.2.
    """
    world = World()
    client = browser(app, world, "administrator")
    this, other = values_of(world, world.this), values_of(world, world.other)
    free = {
        "person_id",
        "organisation_id",
        "role",
        "job_id",
        "token",
        "track_slug",
        "message_id",
        "other_id",
        "saved_id",  # columns are a track's
        "merge_id",
        "grant_id",
    }
    before = digest()
    for address in addresses(app):
        names = sorted(address.names - free)
        if len(names) < 2 or address.rule.loads in WITHOUT_CYCLE:
            continue
        for name in names:
            response = ask(client, address, address.path(app, {**this, name: other[name]}))
            assert response.status_code == 404, (address, name)
    foreign = values_of(world, world.elsewhere)["saved_id"]
    (forget,) = {a.path(app, {**this, "saved_id": foreign}) for a in addresses(app)
                 if a.endpoint == "attendance.forget_columns"}  # fmt: skip
    assert client.get(forget).status_code == client.post(forget).status_code == 404
    assert digest() == before


def test_a_stranger_learns_nothing_of_what_exists(app: Flask) -> None:
    """Weakness 26."""
    world = World()
    client, values = PercorsoClient(app), values_of(world, world.this)
    for address in addresses(app):
        if Role.STRANGER in address.rule.roles or not address.names or address.method not in SAFE:
            continue
        real = client.get(address.path(app, values))
        nothing = {
            name: MISSING_ID if name.endswith("_id") else f"missing-{name}"
            for name in address.names
        }
        absent = client.get(address.path(app, nothing))
        assert to_sign_in(real), address
        assert to_sign_in(absent), address


def test_an_undeclared_view_is_refused(app: Flask) -> None:
    """ASVS 8.2.1."""
    rules = dict(TABLE)
    world = World()
    client = browser(app, world, "administrator")
    try:
        del TABLE["home.index"]
        assert client.get("/").status_code == 403
    finally:
        TABLE.clear()
        TABLE.update(rules)
    assert client.get("/").status_code == 200
