"""The pages: one's own data, the queue, legal holds, the notice in its versions."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.config import OWN_NOTICE_VERSION
from lms.extensions import db
from lms.joining.models import NoticeAcceptance
from lms.joining.notices import accept_notice
from lms.messages.models import OutboxMessage
from lms.privacy.models import ErasureRequest, LegalHold, RequestStatus
from lms.privacy.notices import versions
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements

MINE = "/profilo/dati"
ASK = "/profilo/dati/cancellazione"
PUBLISHED = {
    "2026-11-25": "f6b482a0131e7ba080e1a71249e575be674786241e34e838bfb12ee26368b2d3",
}
NOTICES = Path(__file__).parents[2] / "templates" / "privacy" / "notices"


def the_request() -> ErasureRequest:
    db.session.expire_all()
    return db.session.scalars(select(ErasureRequest)).one()


def test_a_published_notice_is_never_changed() -> None:
    found = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in NOTICES.glob("*.html")
    }
    assert found == PUBLISHED


def test_the_notice_in_its_versions(client: PercorsoClient) -> None:
    page = client.get("/privacy").text
    assert f"Versione di questa informativa: {OWN_NOTICE_VERSION}" in page
    assert client.get("/privacy?version=../../base").status_code == 200
    assert versions()[0] == OWN_NOTICE_VERSION


def test_the_notice_is_asked_until_it_is_read(client: PercorsoClient) -> None:
    person = factories.person()
    accept_notice(person.id, "an-older-one")
    db.session.commit()
    client.sign_in(person)
    assert "/privacy/accetta" in client.get("/").text
    assert "an-older-one" in client.get(MINE).text
    assert client.post("/privacy/accetta", {}).status_code == 422
    done = client.post(f"/privacy/accetta?next={MINE}", {"notice": "y"})
    assert (done.status_code, done.location) == (303, MINE)
    assert "/privacy/accetta" not in client.get("/").text
    rows = db.session.scalars(select(NoticeAcceptance.version).order_by(NoticeAcceptance.id))
    assert list(rows) == ["an-older-one", OWN_NOTICE_VERSION]


def test_enrolling_asks_for_the_notice_once(client: PercorsoClient) -> None:
    one, two = factories.cycle(slug="uno"), factories.cycle(slug="due")
    client.sign_in(factories.person())
    assert 'name="notice"' in client.get(f"/cicli/{one.slug}/iscrizione").text
    refused = client.post("/cicli/uno/iscrizione", {})
    assert refused.status_code == 422
    assert "Leggi l’informativa" in refused.text
    assert client.post("/cicli/uno/iscrizione", {"notice": "y"}).status_code == 303
    assert 'name="notice"' not in client.get(f"/cicli/{two.slug}/iscrizione").text
    assert client.post("/cicli/due/iscrizione", {}).status_code == 303


def test_asking_and_thinking_better_of_it(client: PercorsoClient) -> None:
    client.sign_in(factories.person())
    assert client.post(ASK, {"note": "x"}).status_code == 422
    assert client.post(ASK, {"note": "x", "understood": "y"}).status_code == 303
    assert "In attesa di decisione" in client.get(MINE).text
    assert client.post(f"{ASK}/ritira").status_code == 303
    assert the_request().status is RequestStatus.TAKEN_BACK
    assert client.post(f"{ASK}/ritira").status_code == 409


def test_asking_wants_the_password_again(app: Flask, client: PercorsoClient) -> None:
    from datetime import timedelta

    from lms.accounts.models import UserSession
    from lms.clock import now

    client.sign_in(factories.person())
    session = db.session.scalars(select(UserSession)).one()
    session.created_at = now() - timedelta(hours=1)
    db.session.commit()
    for response in (client.get(ASK), client.post(ASK, {"understood": "y"})):
        assert response.status_code == 303
        assert response.location.startswith("/profilo/conferma")
    assert db.session.scalars(select(ErasureRequest)).all() == []


def test_the_office_refuses_with_a_reason(client: PercorsoClient) -> None:
    person = factories.person()
    client.sign_in(person).post(ASK, {"understood": "y"})
    office = PercorsoClient(client.app).sign_in(factories.organiser())
    assert person.sorted_name in office.get("/privacy/richieste").text
    path = f"/privacy/richieste/{the_request().id}"
    assert office.post(path, {"decision": "refuse"}).status_code == 422
    assert office.post(path, {"decision": "refuse", "reason": "Manca un dato"}).status_code == 303
    assert "Manca un dato" in client.get(MINE).text
    letters = db.session.scalars(select(OutboxMessage.key)).all()
    assert f"erasure:{the_request().id}:refused" in letters
    assert person.sorted_name in office.get("/privacy/richieste?status=decided").text


def test_the_office_erases(client: PercorsoClient) -> None:
    person = factories.person("Elena", "Cancellata")
    number = person.id
    office = client.sign_in(factories.organiser())
    asked = office.post(f"/persone/{number}/cancellazione", {"note": "lettera"})
    assert asked.location == f"/privacy/richieste/{the_request().id}"
    assert "Che cosa resta" in office.get(asked.location).text
    assert office.post(asked.location, {"decision": "erase"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Person, number).family_name == "Persona anonima"
    assert "non si può tornare indietro" in office.get(f"/persone/{number}").text
    assert office.post(asked.location, {"decision": "erase"}).status_code == 409
    assert "Cancellata" not in office.get("/persone?q=Cancellata").text.partition("<main")[
        2
    ].replace('value="Cancellata"', "")


def test_a_hold_is_set_seen_and_lifted(client: PercorsoClient) -> None:
    person = factories.person()
    number = person.id
    admin = client.sign_in(factories.administrator())
    path = f"/persone/{number}/vincolo"
    assert admin.post(path, {}).status_code == 422
    assert admin.post(path, {"reason": "Procedimento 12"}).status_code == 303
    assert admin.post(path, {"reason": "ancora"}).status_code == 409
    assert "vincolo di conservazione" in admin.get(f"/persone/{number}").text
    admin.post(f"/persone/{number}/cancellazione", {"note": "lettera"})
    refused = admin.post(f"/privacy/richieste/{the_request().id}", {"decision": "erase"})
    assert refused.status_code == 409
    hold = db.session.scalars(select(LegalHold)).one()
    assert "Procedimento 12" in admin.get("/privacy/vincoli").text
    lifted = f"/privacy/vincoli/{hold.id}/togli"
    assert admin.post(lifted, {"reason": "Archiviato"}).status_code == 303
    assert admin.post(lifted, {"reason": "Archiviato"}).status_code == 409


def test_holds_on_cycles(client: PercorsoClient) -> None:
    cycle = factories.cycle(title="Progettare insieme")
    admin = client.sign_in(factories.administrator())
    assert admin.post(f"/cicli/{cycle.slug}/vincolo", {"reason": "Controllo"}).status_code == 303
    assert "Progettare insieme" in admin.get("/privacy/vincoli?q=progettare").text
    assert "vincolo di conservazione" in admin.get(f"/cicli/{cycle.slug}/gestione").text


def test_few_questions_for_each_page(client: PercorsoClient) -> None:
    client.sign_in(factories.administrator())
    for path in (
        MINE,
        ASK,
        "/privacy",
        "/privacy/accetta",
        "/privacy/richieste",
        "/privacy/vincoli",
    ):
        with statements() as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= 8, (path, asked)
