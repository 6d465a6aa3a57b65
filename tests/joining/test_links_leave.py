"""What leaves by mail: whole addresses nobody else chooses, through a real mail server."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import jobs
from lms.config import Settings
from lms.extensions import db
from lms.jobs import Job
from lms.joining.models import MailedLink
from lms.mailserver import Sender, read_server
from lms.messages.models import OutboxMessage
from tests.accounts.people import sign_in, with_account
from tests.client import PercorsoClient
from tests.joining.scene import EMAIL, ask_for_reset, choose, link, register, whole_link, work
from tests.mailbox import Mailbox, mailbox

PUBLIC = "https://formazione.example.it"


@pytest.fixture
def public(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured public address."""
    settings: Settings = app.config["SETTINGS"]
    changed = dataclasses.replace(settings, public_url=PUBLIC)
    monkeypatch.setitem(app.config, "SETTINGS", changed)


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Host"])
def test_a_hostile_host_never_reaches_a_mailed_link(
    public: None, client: PercorsoClient, header: str
) -> None:
    """Weakness 24 (Indico): ASVS 6.4.1, 4.1.3."""
    with_account("ada@example.org")
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    answer = client.post(
        "/password-dimenticata", {"email": "ada@example.org"}, headers={header: value}
    )
    if header == "Host":
        assert answer.status_code == 400
        assert db.session.scalar(select(func.count(MailedLink.id))) == 0
        return
    assert answer.status_code == 303
    work()
    assert whole_link("ada@example.org").startswith(f"{PUBLIC}/password-dimenticata/")
    assert "evil" not in str(db.session.scalars(select(Job.payload)).all())


def test_without_a_configured_address_only_trusted_hosts_serve(client: PercorsoClient) -> None:
    with_account("ada@example.org")
    ask_for_reset(client, "ada@example.org")
    work()
    assert whole_link("ada@example.org").startswith("http://localhost/")


@pytest.fixture
def box(app: Flask, public: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A real mail server on loopback, which the application uses."""
    with mailbox() as opened:
        server = read_server(f"smtp://127.0.0.1:{opened.port}?tls=none", 5)
        changed = dataclasses.replace(
            app.config["SETTINGS"], mail_server=server, mail_from=Sender("Percorso", "p@example.it")
        )
        monkeypatch.setitem(app.config, "SETTINGS", changed)
        yield opened


def test_a_registration_through_a_real_mail_server(box: Mailbox, client: PercorsoClient) -> None:
    register(client)
    db.session.commit()
    jobs.run_until_empty()
    (received,) = box.received
    assert received.recipients == [EMAIL]
    for kind in ("plain", "html"):
        assert f"{PUBLIC}/registrati/" in received.part(kind)
    found = re.search(PUBLIC + r"(/registrati/[\w-]+)", received.part("plain"))
    assert found is not None
    db.session.commit()
    assert db.session.scalars(select(OutboxMessage.letter)).one() is None, "the secret has left"
    assert choose(client, found.group(1)).status_code == 303


def test_no_session_is_fixed_by_somebody_else(app: Flask, client: PercorsoClient) -> None:
    """ASVS 7.2.4: coming in through a link makes a new session too."""
    register(client)
    work()
    client.get(link(EMAIL))
    planted = client.http.get_cookie("percorso")
    assert planted is not None
    assert choose(client, link(EMAIL)).status_code == 303
    thief = PercorsoClient(app)
    thief.http.set_cookie("percorso", planted.value)
    assert thief.get("/profilo").status_code == 303
    assert client.get("/profilo").status_code == 200


def test_a_link_is_no_sign_in_for_who_has_another_account(app: Flask) -> None:
    """Ada opens Bianca's link in her own browser: she becomes Bianca, and Ada's session is over."""
    with_account("ada@example.org")
    register(PercorsoClient(app))
    work()
    ada = PercorsoClient(app)
    sign_in(ada, "ada@example.org")
    assert choose(ada, link(EMAIL)).status_code == 303
    page = ada.get("/profilo").text
    assert EMAIL in page
    assert "ada@example.org" not in page
