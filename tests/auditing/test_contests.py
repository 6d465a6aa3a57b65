"""Contests as an auditor reads them: of the own track, nothing to press, each look noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.attendance import actions_contests
from lms.attendance.contesting import ContestStatus
from lms.attendance.models_contests import Contest
from lms.clock import now
from lms.extensions import db
from lms.looks import AccessLook
from lms.pages import PAGE_SIZE
from tests import factories
from tests.attendance.scene import Scene
from tests.attendance.test_contests import PDF, closed
from tests.client import PercorsoClient
from tests.counting import statements


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = closed("Ada Rossi", "Bruno Neri")
    for number, enrolment in enumerate(made.people):
        upload = actions_contests.Upload("mio certificato.pdf", PDF) if number == 0 else None
        with app.test_request_context():
            actions_contests.contest_presence(
                made.lesson, enrolment, f"Ero presente ({number})", upload, by=enrolment.person_id
            )
            db.session.commit()
    return made


@pytest.fixture
def auditor(client: PercorsoClient, scene: Scene) -> PercorsoClient:
    client.sign_in(factories.auditor(scene.cycle.track))
    client.post(f"/revisione/percorsi/{scene.cycle.track.slug}/apri", {"purpose": "Controllo 9"})
    return client


def found() -> list[Contest]:
    rows = list(db.session.scalars(select(Contest).order_by(Contest.id)))
    db.session.rollback()
    return rows


def test_they_are_listed_searched_and_told_apart(
    app: Flask, auditor: PercorsoClient, scene: Scene
) -> None:
    page = f"/revisione/percorsi/{scene.cycle.track.slug}/contestazioni"
    assert page in auditor.get(f"/revisione/percorsi/{scene.cycle.track.slug}").text
    text = auditor.get(page).text
    assert "Rossi Ada" in text
    assert "Neri Bruno" in text
    assert "Rossi Ada" not in auditor.get(f"{page}?q=neri").text
    assert "Nessuna persona qui" in auditor.get(f"{page}?q=zzz").text
    with app.test_request_context():
        contest = db.session.get_one(Contest, found()[0].id)
        actions_contests.refuse(contest, scene.lesson, "Il foglio non c’è", by=scene.trainer.id)
        db.session.commit()
    refused = auditor.get(f"{page}?show=refused").text
    assert "Rossi Ada" in refused
    assert "Neri Bruno" not in refused
    assert "Rossi Ada" not in auditor.get(f"{page}?show=open").text
    assert "Qui non c’è ancora nulla" in auditor.get(f"{page}?show=accepted").text
    assert auditor.get(f"{page}?show=<x>").status_code == 200


def test_one_is_read_and_nothing_can_be_sent(auditor: PercorsoClient, scene: Scene) -> None:
    contest = found()[0]
    page = auditor.get(f"/revisione/contestazioni/{contest.id}").text
    assert "Ero presente (0)" in page
    assert "SHA-256" in page
    assert "mio certificato" not in page
    assert page.count("<form") == page.count('/chiudi"') + page.count("/esci") + page.count(
        "lingua"
    )
    assert auditor.get(f"/contestazioni/{contest.id}").status_code == 404
    assert auditor.get(f"/contestazioni/{contest.id}/documento").status_code == 404
    assert auditor.post(f"/contestazioni/{contest.id}/risposta", {}).status_code == 404
    looks = db.session.scalars(select(AccessLook).order_by(AccessLook.id)).all()
    assert [(each.endpoint, each.object_id, each.person_id, each.purpose) for each in looks] == [
        ("auditing.contest", contest.id, scene.people[0].person_id, "Controllo 9")
    ]


def test_another_track_and_no_purpose(auditor: PercorsoClient, scene: Scene) -> None:
    contest = found()[0]
    track = factories.track(slug="altrove")
    other = PercorsoClient(auditor.app).sign_in(factories.auditor(track))
    other.post("/revisione/percorsi/altrove/apri", {"purpose": "Controllo"})
    assert other.get(f"/revisione/contestazioni/{contest.id}").status_code == 404
    own = other.get("/revisione/percorsi/altrove/contestazioni")
    assert "Rossi" not in own.text
    assert "Nessuna presenza è stata contestata" in own.text
    slug = scene.cycle.track.slug
    auditor.post(f"/revisione/percorsi/{slug}/chiudi")
    for path in (f"percorsi/{slug}/contestazioni", f"contestazioni/{contest.id}"):
        assert auditor.get(f"/revisione/{path}").location.endswith("/apri")


def test_many_are_paged_with_as_many_queries(auditor: PercorsoClient, scene: Scene) -> None:
    page = f"/revisione/percorsi/{scene.cycle.track.slug}/contestazioni"

    def queries() -> int:
        with statements() as sent:
            assert auditor.get(page).status_code == 200
        return sum(not each.startswith("INSERT") for each in sent)

    before = queries()
    first = found()[0]
    db.session.add_all(
        Contest(
            register_id=first.register_id, enrolment_id=first.enrolment_id, minutes=0,
            status=ContestStatus.WITHDRAWN, opened_at=now() - timedelta(days=2), closed_at=now(),
        )
        for _each in range(PAGE_SIZE)
    )  # fmt: skip
    db.session.commit()
    assert queries() == before
    assert before <= 8
    assert "page=2" in auditor.get(page).text
    assert "Rossi Ada" in auditor.get(f"{page}?page=2").text
