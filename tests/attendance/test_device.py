"""Marks that waited on a device: in order, once each, never over what somebody else said."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.attendance import actions_closing
from lms.attendance.models import Evidence
from lms.attendance.models_paper import DeviceMark
from lms.attendance.rules_device import DeviceOutcome
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene
from tests.client import PercorsoClient


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene("Ada Rossi", "Bruno Bianchi")


@pytest.fixture
def trainer(client: PercorsoClient, scene: Scene) -> PercorsoClient:
    return client.sign_in(scene.trainer)


def marked(scene: Scene, index: int, mark: str, was: str = "0::0", **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "enrolment": scene.people[index].id, "mark": mark,
        "minutes": "", "was": was, "at": "2026-05-12T08:10:00Z", **more,
    }  # fmt: skip


def send(
    client: PercorsoClient, scene: Scene, *marks: dict[str, Any], person: int | None = None
) -> Any:
    state = client.get(f"{scene.url}/segni.json").json
    assert state is not None
    return post(
        client, scene, {"person": person or state["person"], "marks": list(marks)}, state["csrf"]
    )


def post(client: PercorsoClient, scene: Scene, body: Any, token: str = "") -> Any:
    """One request with a context of its own, as a server gives it."""
    db.session.commit()
    with client.app.app_context():
        return client.http.post(
            f"{scene.url}/segni.json", json=body, headers={"X-CSRFToken": token}
        )


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["outcome"] for each in answer.json["marks"]]


def evidence() -> int:
    return db.session.scalar(select(func.count(Evidence.id))) or 0


def test_marks_are_taken_in_order_each_with_its_minutes(
    trainer: PercorsoClient, scene: Scene
) -> None:
    first = marked(scene, 0, "present")
    second = marked(scene, 0, "present", minutes="45", after=first["id"])
    third = marked(scene, 1, "absent")
    answer = send(trainer, scene, first, second, third)
    assert outcomes(answer) == ["saved"] * 3
    assert [each["was"] for each in answer.json["marks"]] == [
        "1:present:120", "2:present:45", "1:absent:0",
    ]  # fmt: skip
    assert scene.record(scene.people[0]) == ("present", 45, "trainer")
    assert scene.record(scene.people[1]) == ("absent", 0, "trainer")


def test_sent_again_the_answer_is_the_same_and_nothing_is_written(
    trainer: PercorsoClient, scene: Scene
) -> None:
    sent = [marked(scene, 0, "present"), marked(scene, 1, "excused")]
    first = send(trainer, scene, *sent)
    written = evidence()
    later = marked(scene, 0, "absent", was="1:present:120")
    assert outcomes(send(trainer, scene, later)) == ["saved"]
    again = send(trainer, scene, *sent)
    assert again.json == first.json
    assert evidence() == written + 1
    assert scene.record(scene.people[0]) == ("absent", 0, "trainer")


def test_two_trainers_a_conflict_is_shown_and_a_person_decides(
    trainer: PercorsoClient, scene: Scene
) -> None:
    other = PercorsoClient(trainer.app).sign_in(factories.trainer(scene.cycle))
    assert outcomes(send(other, scene, marked(scene, 0, "absent"))) == ["saved"]
    mine = marked(scene, 0, "present")
    answer = send(trainer, scene, mine, marked(scene, 1, "present"))
    assert outcomes(answer) == ["conflict", "saved"]
    told = answer.json["marks"][0]
    assert (told["name"], told["words"], told["was"]) == ("Rossi Ada", "Assente", "1:absent:0")
    assert told["who"]
    assert scene.record(scene.people[0]) == ("absent", 0, "trainer")
    # what was made upon the conflicting mark meets the same conflict
    upon = marked(scene, 0, "excused", after=mine["id"])
    assert outcomes(send(trainer, scene, upon)) == ["conflict"]
    decided = marked(scene, 0, "present", was=told["was"])
    assert outcomes(send(trainer, scene, decided)) == ["saved"]
    assert scene.record(scene.people[0]) == ("present", 120, "trainer")


def test_both_saying_the_same_is_no_conflict(trainer: PercorsoClient, scene: Scene) -> None:
    other = PercorsoClient(trainer.app).sign_in(factories.trainer(scene.cycle))
    send(other, scene, marked(scene, 0, "absent"))
    assert outcomes(send(trainer, scene, marked(scene, 0, "absent"))) == ["unchanged"]


def test_what_cannot_be_taken_is_refused_for_itself(trainer: PercorsoClient, scene: Scene) -> None:
    stranger = factories.enrolment(factories.cycle())
    answer = send(
        trainer, scene,
        {**marked(scene, 0, "present"), "enrolment": stranger.id},
        marked(scene, 0, "present", minutes="500"),
        marked(scene, 1, "excused"),
    )  # fmt: skip
    assert outcomes(answer) == ["refused", "refused", "saved"]
    assert all(each["why"] for each in answer.json["marks"][:2])
    actions_closing.close_register(scene.lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    late = marked(scene, 1, "present", was="1:excused:0")
    answer = send(trainer, scene, late)
    assert outcomes(answer) == ["refused"]
    assert "chiuso" in answer.json["marks"][0]["why"]
    assert scene.record(scene.people[1]) == ("excused", 0, "trainer")


def test_marks_are_of_one_person(trainer: PercorsoClient, scene: Scene) -> None:
    mine = marked(scene, 0, "present")
    assert send(trainer, scene, mine, person=scene.trainer.id + 999).status_code == 409
    assert outcomes(send(trainer, scene, mine)) == ["saved"]
    other = PercorsoClient(trainer.app).sign_in(factories.trainer(scene.cycle))
    assert outcomes(send(other, scene, mine)) == ["refused"]


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"person": 1}, {"person": 1, "marks": {}}, {"person": "x", "marks": []},
        {"person": 1, "marks": ["x"]}, {"person": 1, "marks": [{"enrolment": "1"}]},
        {"person": 1, "marks": [{"enrolment": 1, "id": "no"}]},
        {"person": 1, "marks": [{"enrolment": 2**40, "id": str(uuid.UUID(int=1))}]},
        {"person": 1, "marks": [{}] * 201},
    ],
)  # fmt: skip
def test_what_is_no_list_of_marks_is_refused(
    trainer: PercorsoClient, scene: Scene, body: Any
) -> None:
    state = trainer.get(f"{scene.url}/segni.json").json
    assert state is not None
    assert post(trainer, scene, body, state["csrf"]).status_code == 400
    assert db.session.scalar(select(DeviceMark)) is None


def test_without_a_token_nothing_is_taken(trainer: PercorsoClient, scene: Scene) -> None:
    body = {"person": scene.trainer.id, "marks": [marked(scene, 0, "present")]}
    assert post(trainer, scene, body).status_code == 400
    assert scene.record(scene.people[0]) is None


def test_the_database_takes_an_id_once(scene: Scene, app: Flask) -> None:
    register = factories.register(scene.lesson)
    for _each in range(2):
        db.session.add(
            DeviceMark(
                client_id=str(uuid.UUID(int=7)), register_id=register.id,
                enrolment_number=scene.people[0].id, author_id=scene.trainer.id,
                marked_at=datetime(2026, 5, 12, tzinfo=UTC), received_at=now(),
                outcome=DeviceOutcome.UNCHANGED, version=0, minutes=0,
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_the_worker_may_keep_the_register_and_nothing_above(
    trainer: PercorsoClient, scene: Scene
) -> None:
    answer = trainer.get(f"{scene.url}/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == scene.url


def test_a_copy_for_the_device_takes_no_message_away(trainer: PercorsoClient, scene: Scene) -> None:
    """The worker fetches the page once more: what was flashed is for who reads next."""
    saved = {f"mark-{scene.people[0].id}": "present", f"was-{scene.people[0].id}": "0::0"}
    assert trainer.post(scene.url, saved).status_code == 303
    assert "1 presenza salvata" not in trainer.get(scene.url, headers={"X-Copy": "1"}).text
    assert "1 presenza salvata" in trainer.get(scene.url).text
