"""An auditor: one track, a stated purpose, nothing changed, and every look noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from lms.access import Role
from lms.auditing.models import AuditSession
from lms.clock import now
from lms.extensions import db
from lms.looks import AccessLook, record_look
from lms.permissions import AUDITING, TABLE
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.foundation.asking import SAFE, addresses, digest, values_of
from tests.issuance.cycles import TaughtCycle
from tests.world import World


@pytest.fixture
def taught(app: Flask) -> TaughtCycle:
    cycle = TaughtCycle(1, title="Ciclo da verificare")
    cycle.attendee(90, who=factories.person("Ada", "Guardata"))
    return cycle


@pytest.fixture
def auditor(client: PercorsoClient, taught: TaughtCycle) -> PercorsoClient:
    return client.sign_in(
        factories.auditor(taught.cycle.track, given_name="Aldo", family_name="Revisore")
    )


def looks() -> list[AccessLook]:
    return list(db.session.scalars(select(AccessLook).order_by(AccessLook.id)))


def opened(auditor: PercorsoClient, taught: TaughtCycle, purpose: str = "Controllo 7/2026") -> None:
    path = f"/revisione/percorsi/{taught.cycle.track.slug}/apri"
    assert auditor.post(path, {"purpose": purpose}).status_code == 303


def test_without_a_purpose_nothing_is_seen(auditor: PercorsoClient, taught: TaughtCycle) -> None:
    ask = f"/revisione/percorsi/{taught.cycle.track.slug}/apri"
    for path in (
        f"/revisione/percorsi/{taught.cycle.track.slug}",
        f"/revisione/cicli/{taught.cycle.slug}/persone",
        f"/revisione/incontri/{taught.lessons[0].id}",
    ):
        answer = auditor.get(path)
        assert answer.status_code == 303
        assert answer.location == ask
        assert "Guardata" not in answer.text
    assert auditor.post(ask, {"purpose": "  "}).status_code == 422
    assert looks() == []


def test_each_look_is_noted_with_its_purpose(auditor: PercorsoClient, taught: TaughtCycle) -> None:
    opened(auditor, taught)
    lesson = taught.lessons[0]
    enrolment = db.session.scalars(select(factories.Enrolment)).one()
    people = auditor.get(f"/revisione/cicli/{taught.cycle.slug}/persone")
    assert "Guardata" in people.text
    assert "Guardata" in auditor.get(f"/revisione/incontri/{lesson.id}").text
    assert auditor.get(f"/revisione/incontri/{lesson.id}/{enrolment.id}").status_code == 200
    assert auditor.get(f"/revisione/incontri/{lesson.id}/999999").status_code == 404
    seen = [(look.endpoint, look.object_type, look.object_id, look.person_id) for look in looks()]
    assert seen == [
        ("auditing.people", "cycle", taught.cycle.id, None),
        ("auditing.register", "lesson", lesson.id, None),
        ("auditing.evidence", "enrolment", enrolment.id, enrolment.person_id),
    ]
    assert {look.purpose for look in looks()} == {"Controllo 7/2026"}
    boss = PercorsoClient(auditor.app).sign_in(factories.administrator())
    log = boss.get("/registro-accessi").text
    assert "Aldo Revisore" in log
    assert "Ada Guardata" in log
    assert "Controllo 7/2026" in log
    assert "Ada Guardata" in boss.get("/registro-accessi?q=guardata").text
    assert "Nessun" in boss.get("/registro-accessi?q=zzz").text


def test_nobody_looks_unseen(
    auditor: PercorsoClient, taught: TaughtCycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the look cannot be written down, the page is not shown."""
    opened(auditor, taught)

    def fail() -> None:
        raise OSError("disk full")

    monkeypatch.setattr("lms.looks.write_down", fail)
    auditor.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = auditor.get(f"/revisione/cicli/{taught.cycle.slug}/persone")
    finally:
        auditor.app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert "Guardata" not in answer.text


def test_the_log_is_never_changed(auditor: PercorsoClient, taught: TaughtCycle) -> None:
    opened(auditor, taught)
    auditor.get(f"/revisione/cicli/{taught.cycle.slug}")
    for deed in ("UPDATE access_look SET actor_id = 1", "DELETE FROM access_look"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(deed))
        db.session.rollback()
    assert len(looks()) == 1


def test_a_sitting_ends_by_itself_or_by_hand(
    app: Flask, auditor: PercorsoClient, taught: TaughtCycle
) -> None:
    opened(auditor, taught)
    page = f"/revisione/cicli/{taught.cycle.slug}"
    assert auditor.get(page).status_code == 200
    slug = taught.cycle.track.slug
    assert auditor.post(f"/revisione/percorsi/{slug}/chiudi").status_code == 303
    assert auditor.get(page).status_code == 303
    opened(auditor, taught, "Seconda verifica")
    assert auditor.get(page).status_code == 200
    db.session.execute(update(AuditSession).values(closes_at=now() - timedelta(minutes=1)))
    db.session.commit()
    assert auditor.get(page).status_code == 303


def test_another_track_is_not_there(auditor: PercorsoClient, taught: TaughtCycle) -> None:
    opened(auditor, taught)
    other = TaughtCycle(1)
    enrolment = other.attendee(60)
    for path in (
        f"/revisione/percorsi/{other.cycle.track.slug}/apri",
        f"/revisione/cicli/{other.cycle.slug}",
        f"/revisione/cicli/{other.cycle.slug}/persone",
        f"/revisione/incontri/{other.lessons[0].id}",
        f"/revisione/incontri/{other.lessons[0].id}/{enrolment.id}",
        f"/revisione/iscrizioni/{enrolment.id}",
    ):
        assert auditor.get(path).status_code == 404, path
    assert other.cycle.track.title not in auditor.get("/revisione").text
    assert looks() == []


def test_an_auditor_writes_nothing_but_the_own_sittings() -> None:
    """By the table: of what an auditor may send, nothing touches what is audited."""
    opens = {endpoint for endpoint, rule in TABLE.items() if Role.AUDITOR in rule.roles}
    assert all(TABLE[endpoint].roles == AUDITING for endpoint in opens)
    assert {endpoint.partition(".")[0] for endpoint in opens} == {"auditing"}


def test_what_an_auditor_sends_changes_nothing_audited(app: Flask) -> None:
    world = World()
    client = PercorsoClient(app).sign_in(world.scoped["auditor of this"])
    values = values_of(world, world.this)
    own = frozenset({"audit_session", "audit_event", "access_look", "user_session", "account"})
    client.token()
    before = digest(without=own)
    for address in addresses(app):
        if address.method not in SAFE and address.endpoint.startswith("auditing."):
            client.post(address.path(app, values), {"purpose": "Controllo"})
    assert digest(without=own) == before


def test_pages_ask_as_often_for_many(auditor: PercorsoClient, taught: TaughtCycle) -> None:
    opened(auditor, taught)
    paths = [
        f"/revisione/percorsi/{taught.cycle.track.slug}",
        f"/revisione/cicli/{taught.cycle.slug}",
        f"/revisione/cicli/{taught.cycle.slug}/persone",
        f"/revisione/incontri/{taught.lessons[0].id}",
    ]
    counts: list[list[int]] = []
    for _each in range(2):
        counts.append([])
        for path in paths:
            with statements() as sent:
                assert auditor.get(path).status_code == 200
            counts[-1].append(sum(not each.startswith("INSERT") for each in sent))
        taught.entitled(20)
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 10  # a register shows seven kinds of rows


def test_a_look_from_a_writing_request_goes_with_its_deed(app: Flask) -> None:
    """`record_look` serves both: while writing it is part of the transaction."""
    person = factories.person()
    with app.test_request_context("/prova", method="POST"):
        record_look(person, actor_id=7, person_id=person.id)
        db.session.rollback()
        assert looks() == []
        record_look(person, actor_id=7, person_id=person.id)
        record_look(person, actor_id=person.id, person_id=person.id)  # at oneself: no look
        db.session.commit()
    assert [(look.actor_id, look.person_id) for look in looks()] == [(7, person.id)]
