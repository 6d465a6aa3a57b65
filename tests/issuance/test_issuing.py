"""Issuing: who gets one, numbers without gaps, nothing twice, and what was frozen stays."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms import jobs
from lms.audit import AuditEvent
from lms.catalogue.models import FundingEmblem
from lms.clock import ROME
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import actions, queries
from lms.issuance.models import (
    Certificate,
    CertificateDocument,
    CertificateEvent,
    CertificateEventKind,
)
from lms.issuance.snapshots import thaw
from tests import factories
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle


def issue(app: Flask, taught: TaughtCycle, by: int | None = None) -> actions.Issued:
    with app.test_request_context():
        issued = actions.issue(taught.cycle, by=by)
        db.session.commit()
    return issued


def certificates() -> list[Certificate]:
    return list(db.session.scalars(select(Certificate).order_by(Certificate.number)))


def test_the_entitled_get_one_the_others_none(app: Flask) -> None:
    taught = TaughtCycle(code="CP-2027")
    organiser = factories.organiser()
    yes = taught.entitled(2)
    just = taught.attendee(120, 120, 120, 120, 0)
    taught.attendee(120, 120, 120, 119, 0)
    taught.attendee(120, 120, 120, 120, 120, status="withdrawn")
    issued = issue(app, taught, organiser.id)
    assert (issued.count, issued.unprintable) == (3, ())
    rows = certificates()
    assert {row.enrolment_id for row in rows} == {*(one.id for one in yes), just.id}
    assert [row.serial for row in rows] == ["CP-2027-00001", "CP-2027-00002", "CP-2027-00003"]
    assert len({row.code for row in rows}) == 3
    assert {row.minutes for row in rows if row.enrolment_id == just.id} == {480}
    kinds = db.session.scalars(select(CertificateEvent.kind)).all()
    assert kinds == [CertificateEventKind.ISSUED] * 3
    event = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "certificates.issued")
    ).one()
    assert event.actor_id == organiser.id
    assert event.detail == {"count": 3, "first": "CP-2027-00001", "last": "CP-2027-00003"}


def test_asked_again_it_does_nothing(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(2)
    first = issue(app, taught)
    second = issue(app, taught)
    assert (first.count, second.count, second.job_id) == (2, 0, None)
    assert len(certificates()) == 2
    assert db.session.query(jobs.Job).count() == 1
    taught.entitled(1)
    third = issue(app, taught)
    assert third.count == 1
    assert [row.number for row in certificates()] == [1, 2, 3]
    assert db.session.query(jobs.Job).count() == 2


def test_the_snapshot_says_everything(app: Flask) -> None:
    track = factories.track(
        title="Co-progettare", issuer="Regione di prova", funding_statement="Con fondi europei",
        fictional=True,
    )  # fmt: skip
    db.session.add(
        FundingEmblem(track_id=track.id, position=1, symbol="eu", label="Unione europea")
    )
    db.session.commit()
    taught = TaughtCycle(track=track, threshold_percent=75, title="Ciclo d’autunno", place="Bari")
    comune = factories.organisation("Comune di Forlì")
    who = factories.person("Zoë", "D’Alò", organisation=comune)
    taught.attendee(120, 120, 120, 110, 0, who=who)
    assert issue(app, taught).count == 1
    row = certificates()[0]
    data = thaw(row.snapshot)
    assert (data.holder, data.organisation) == ("Zoë D’Alò", "Comune di Forlì")
    assert (data.track_title, data.cycle_title) == ("Co-progettare", "Ciclo d’autunno")
    assert (data.minutes_attended, data.minutes_planned) == (470, 600)
    assert [(module.title, module.minutes) for module in data.modules] == [
        (taught.lessons[0].module.title, 360),
        (taught.lessons[4].module.title, 240),
    ]
    assert data.verify_url == f"http://localhost/verifica/{row.code}"
    assert (data.serial, data.code) == (row.serial, row.code)
    assert "75" in data.rule_text
    last_day = taught.lessons[4].ends_at.astimezone(ROME).date()
    assert data.completed_on == row.completed_on == last_day
    assert [(one.symbol, one.label) for one in data.emblems] == [("eu", "Unione europea")]
    assert (data.fictional, data.place, data.issuer_name) == (True, "Bari", "Regione di prova")
    assert (row.holder_name, row.holder_family_name, row.minutes) == ("Zoë D’Alò", "D’Alò", 470)
    assert row.snapshot == json.dumps(
        json.loads(row.snapshot), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE certificate SET snapshot = '{}'",
        "UPDATE certificate SET minutes = minutes + 60",
        "UPDATE certificate SET holder_name = 'Altra Persona'",
        "UPDATE certificate SET code = 'X'",
        "DELETE FROM certificate",
        "UPDATE certificate_event SET reason = 'x'",
        "DELETE FROM certificate_event",
        "UPDATE certificate_document SET sha256 = 'x'",
        "DELETE FROM certificate_document",
    ],
)
def test_the_database_refuses_to_change_what_was_issued(app: Flask, change: str) -> None:
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    row = certificates()[0]
    db.session.add(
        CertificateDocument(
            certificate_id=row.id, pdf=b"%PDF", sha256="0" * 64, size=4, rendered_at=row.issued_at
        )
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="kept as it was written"):
        db.session.execute(text(change))
    db.session.rollback()
    db.session.execute(text("UPDATE certificate SET status = 'revoked'"))


def test_the_database_refuses_a_second_valid_one(app: Flask) -> None:
    """Weakness 11."""
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    first = certificates()[0]
    columns = {
        column.name: getattr(first, column.name)
        for column in Certificate.__table__.columns
        if column.name not in {"id", "number", "serial", "code"}
    }
    db.session.add(Certificate(**columns, number=2, serial="another", code="ANOTHER"))
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        db.session.commit()
    db.session.rollback()


def test_who_cannot_be_printed_is_named_and_holds_up_nobody(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(1)
    taught.entitled(1, given_name="Ada \N{GRINNING FACE}", family_name="Abate")
    issued = issue(app, taught)
    assert issued.count == 1
    assert [row.number for row in certificates()] == [1]
    assert len(issued.unprintable) == 1
    assert issued.unprintable[0].name == "Abate Ada \N{GRINNING FACE}"
    assert "\N{GRINNING FACE}" in issued.unprintable[0].why


@pytest.mark.parametrize(
    "lack", [{"signatory_name": ""}, {"signatory_role": ""}, {"place": "x" * 90}]
)
def test_an_incomplete_cycle_says_what_it_lacks(app: Flask, lack: dict[str, str]) -> None:
    taught = TaughtCycle(**lack)
    taught.entitled(1)
    with app.test_request_context(), pytest.raises(UserError):
        actions.issue(taught.cycle, by=None)
    db.session.rollback()
    assert certificates() == []


def test_open_registers_hold_everybody_up(app: Flask) -> None:
    taught = TaughtCycle(closed=False)
    taught.entitled(3)
    assert issue(app, taught).count == 0


def test_a_cycle_of_many_takes_as_many_queries_as_one_of_few(app: Flask) -> None:
    few, many = TaughtCycle(), TaughtCycle()
    few.entitled(1)
    many.entitled(30)
    assert few.cycle.code != many.cycle.code  # both read afresh after the commits
    with statements() as small:
        assert len(queries.candidates(few.cycle)) == 1
    with statements() as large:
        assert len(queries.candidates(many.cycle)) == 30
    assert len(small) == len(large) == 3
