"""Staff who need a second factor and have none reach only its set-up; administrators reset others'.

OWASP ASVS 6.3.3, 6.4.3 (a lost factor is replaced by a way as strong), 8.3.2 (at once).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from lms.access import Role
from lms.accounts.models import Person, StaffRole
from lms.accounts.roles import end_grant, grant_role
from lms.accounts.security_log import SecurityEvent
from lms.audit import AuditEvent
from lms.cli.factors import factors as factors_command
from lms.cli.factors import keys as keys_command
from lms.clock import frozen, now
from lms.config import ConfigError, Settings
from lms.extensions import db
from lms.factors import queries
from lms.factors.actions import PURPOSE
from lms.factors.models import SessionProof, TotpFactor
from lms.factors.rules import PROOF_LIFETIME
from lms.permissions import TABLE
from lms.secretbox import SealError, open_sealed
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.factors.scene import (  # noqa: F401
    OWN,
    code_at,
    demanded,
    events,
    give,
    half_way,
    letters,
    with_app,
    with_codes,
)
from tests.factors.test_own import begin_set_up
from tests.foundation.asking import addresses, ask, digest, values_of
from tests.foundation.test_config import PRODUCTION
from tests.world import World

DEMAND = "LMS_REQUIRE_SECOND_FACTOR"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.accounts.actions.verify_password", lambda _s, p: p == PASSWORD)


def reset_path(person: Person) -> str:
    return f"/persone/{person.id}/secondo-fattore"


@pytest.mark.usefixtures("demanded")
@pytest.mark.parametrize("role", [StaffRole.ORGANISER, StaffRole.ADMINISTRATOR])
def test_after_the_password_staff_set_one_up(client: PercorsoClient, role: StaffRole) -> None:
    with_account("ada@example.org", factories.staff(role))
    assert sign_in(client, "ada@example.org", path="/accedi?next=/persone").location == "/persone"
    assert client.get("/persone").location == OWN
    page = client.get(OWN)
    assert "Ancora un passo" in page.text
    assert 'href="/persone"' not in page.text, "the header offers nothing that leads back here"
    secret = begin_set_up(client)
    assert client.get("/persone").location == OWN
    assert client.post(f"{OWN}/app/conferma", {"code": code_at(secret=secret)}).status_code == 200
    assert client.get("/persone").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_meanwhile_every_other_page_is_shut(app: Flask, client: PercorsoClient) -> None:
    """By the table itself: what is not marked `unready` leads to the set-up and does nothing."""
    world = World()
    client.sign_in(world.administrator)
    values = values_of(world, world.this)
    before = digest()
    for address in addresses(app):
        if not address.rule.unready:
            answer = ask(client, address, address.path(app, values))
            assert (answer.status_code, answer.location) == (303, OWN), address
    assert digest() == before
    open_rows = {endpoint for endpoint, rule in TABLE.items() if rule.unready}
    assert "attendance.scan" in open_rows  # judges a code, and writes only in one's own cookie
    rooms = {endpoint.partition(".")[0] for endpoint in open_rows - {"attendance.scan"}}
    assert rooms == {"home", "accounts", "factors"}
    assert all(TABLE[endpoint].roles <= {Role.STRANGER, Role.SIGNED_IN} for endpoint in open_rows)


@pytest.mark.usefixtures("demanded")
def test_it_is_asked_of_the_data_at_every_request(client: PercorsoClient) -> None:
    """ASVS 8.3.2: a role given, a factor gone: the next request of an old session knows."""
    account = with_account("ada@example.org")
    client.sign_in(account.person)
    assert client.get("/calendario").status_code == 200
    grant = grant_role(account.person, StaffRole.ORGANISER, by=None)
    db.session.commit()
    assert client.get("/calendario").location == OWN
    end_grant(grant, by=None)
    db.session.commit()
    assert client.get("/calendario").status_code == 200


@pytest.mark.usefixtures("demanded")
def test_participants_and_trainers_may_do_without(client: PercorsoClient) -> None:
    client.sign_in(factories.trainer(factories.cycle()))
    assert client.get("/").status_code == 200
    assert client.get(OWN).status_code == 200


@pytest.mark.usefixtures("demanded")
def test_the_last_factor_of_staff_stays(client: PercorsoClient) -> None:
    account = with_app(who=factories.administrator())
    client.sign_in(account.person)
    answer = client.post(f"{OWN}/app/togli")
    assert answer.status_code == 409
    assert queries.has_factor(account.id)


@pytest.mark.parametrize(
    ("environ", "demands"),
    [
        ({}, True),
        ({"LMS_REQUIRE_SECOND_FACTOR": "0"}, False),
        ({"LMS_REQUIRE_SECOND_FACTOR": "1"}, True),
    ],
)
def test_production_demands_it_unless_told_otherwise(
    environ: dict[str, str], demands: bool
) -> None:
    assert Settings.from_environ({**PRODUCTION, **environ}).require_second_factor is demands


def test_an_administrator_resets_somebodys_factors(app: Flask, client: PercorsoClient) -> None:
    account = with_app()
    with_codes(account)
    owner = PercorsoClient(app).sign_in(account.person)
    administrator = factories.administrator()
    client.sign_in(administrator)
    assert "Togli il secondo fattore" in client.get(f"/persone/{account.person_id}").text
    asked = client.get(reset_path(account.person))
    assert "parlale" in asked.text
    assert queries.has_factor(account.id)
    assert client.post(reset_path(account.person)).status_code == 303
    assert not queries.has_factor(account.id)
    assert not is_signed_in(owner)
    assert events(account.id) == [SecurityEvent.FACTORS_RESET]
    assert letters() == ["Il tuo secondo fattore è stato tolto dall’amministrazione del sito"]
    trace = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "factors.factors_reset")
    ).one()
    assert (trace.actor_id, trace.object_id) == (administrator.id, account.id)
    assert sign_in(owner, "ada@example.org").location == "/"


def test_resetting_asks_for_a_fresh_proof(client: PercorsoClient) -> None:
    account = with_app()
    with_account("capo@example.org", administrator := factories.administrator())
    client.sign_in(administrator)
    with frozen(now() + 2 * PROOF_LIFETIME):
        for ask_it in (client.get, client.post):
            location = ask_it(reset_path(account.person)).location
            assert location == f"/profilo/conferma?next={reset_path(account.person)}"
        assert queries.has_factor(account.id)
        client.post(f"/profilo/conferma?next={reset_path(account.person)}", {"password": PASSWORD})
        assert db.session.scalars(select(SessionProof)).one()
        assert client.post(reset_path(account.person)).status_code == 303


def test_nobody_resets_their_own(client: PercorsoClient) -> None:
    account = with_app(who=factories.administrator())
    client.sign_in(account.person)
    assert client.post(reset_path(account.person)).status_code == 409
    assert queries.has_factor(account.id)


def test_nothing_to_reset_is_told(client: PercorsoClient) -> None:
    nobody, person = factories.person(), with_account("eva@example.org").person
    client.sign_in(factories.administrator())
    assert client.post(reset_path(nobody)).status_code == 409
    assert client.post(reset_path(person)).status_code == 303
    assert letters() == []


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(factors_command, list(words))
    return result.exit_code, result.output


def test_the_command_line_resets_too(app: Flask) -> None:
    account = with_app()
    assert run(app, "reset", "ADA@example.org")[0] == 0
    db.session.expire_all()
    assert not queries.has_factor(account.id)
    assert letters() == ["Il tuo secondo fattore è stato tolto dall’amministrazione del sito"]
    again = run(app, "reset", "ada@example.org")
    assert again[0] == 1
    assert "no second factor" in again[1]
    nobody = run(app, "reset", "nessuno@example.org")
    assert nobody[0] == 1
    assert "nobody signs in" in nobody[1]


def test_secrets_are_sealed_again_by_a_new_key(app: Flask, client: PercorsoClient) -> None:
    account = with_app()
    before = app.config["SETTINGS"]
    new = "a-newer-key-for-tests-0123456789-abcdefghijklmn"
    try:
        app.config["SETTINGS"] = replace(before, encryption_keys=(new, *before.encryption_keys))
        done = app.test_cli_runner().invoke(keys_command, ["reseal"])
        assert done.output.startswith("1 sealed again")
        app.config["SETTINGS"] = replace(before, encryption_keys=(new,))
        db.session.expire_all()
        half_way(client)
        assert give(client, code_at()).status_code == 303
        sealed = db.session.scalars(select(TotpFactor.sealed_secret)).one()
    finally:
        app.config["SETTINGS"] = before
    with pytest.raises(SealError):
        open_sealed(sealed, PURPOSE, of=str(account.id))


@pytest.mark.usefixtures("demanded")
def test_whose_it_is_demanded_is_a_setting(app: Flask, client: PercorsoClient) -> None:
    auditor = factories.person()
    grant_role(auditor, StaffRole.AUDITOR, by=None, track_id=factories.cycle().track_id)
    db.session.commit()
    client.sign_in(auditor)
    assert client.get("/revisione").status_code == 200
    before: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, second_factor_roles=frozenset({"auditor"}))
    assert client.get("/revisione").location == OWN
    client.sign_in(factories.organiser())
    assert client.get("/persone").status_code == 200, "organisers are not among them any more"


@pytest.mark.parametrize(
    ("typed", "roles"),
    [
        ("", {"organiser", "administrator"}),
        ("organiser, administrator,Auditor", {"organiser", "administrator", "auditor"}),
    ],
)
def test_the_roles_are_read_from_the_environment(typed: str, roles: set[str]) -> None:
    read = Settings.from_environ({**PRODUCTION, "LMS_SECOND_FACTOR_ROLES": typed})
    assert read.second_factor_roles == roles


def test_an_unknown_role_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="LMS_SECOND_FACTOR_ROLES holds 'auditors'"):
        Settings.from_environ({**PRODUCTION, "LMS_SECOND_FACTOR_ROLES": "organiser auditors"})
