"""Checking in by oneself: scans, early and late ones, the button, retries, the digits typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.attendance import actions_checking, codes, permits
from lms.attendance.actions_closing import close_register
from lms.attendance.codes import STEP, Direction, Scanned
from lms.attendance.models import EvidenceKind
from lms.attendance.models_checking import CheckInTrace
from lms.attendance.queries_seals import verify_seals
from lms.catalogue.models import LessonStatus
from lms.clock import frozen, now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests import factories
from tests.attendance.scene import Scene
from tests.client import PercorsoClient

IN, OUT = Direction.IN, Direction.OUT


class Room(Scene):
    """A lesson that began ten minutes ago and takes check-ins."""

    def __init__(self, *names: str, begins: int = -10, out: bool = False) -> None:
        start = now().replace(microsecond=0) + timedelta(minutes=begins)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        super().__init__(*names, lesson=times)
        actions_checking.open_check_in(self.lesson, asks_check_out=out, by=self.trainer.id)
        db.session.commit()
        self.page = f"/incontri/{self.lesson.id}/presenza"

    def code(self, direction: Direction = IN, ago: timedelta = timedelta(0)) -> codes.Code:
        return codes.code_of(permits.code_key(), self.lesson.id, direction, now() - ago)

    def scan(self, direction: Direction = IN, ago: timedelta = timedelta(0)) -> str:
        return f"/p/{self.code(direction, ago).long}"


def kinds(scene: Scene, enrolment: Enrolment) -> list[EvidenceKind]:
    found = [each.kind for each in scene.evidence(enrolment)]
    db.session.commit()
    return found


def phone(app: Flask, enrolment: Enrolment) -> PercorsoClient:
    return PercorsoClient(app).sign_in(enrolment.person)


def test_a_scan_and_one_button_are_a_presence(app: Flask) -> None:
    room = Room("Ada Abete")
    ada = room.people[0]
    client = phone(app, ada)
    scanned = client.get(room.scan())
    assert scanned.status_code == 200
    assert f'<form method="post" action="{room.page}"' in scanned.text  # no detour by a redirect
    assert "Sono presente" in scanned.text
    assert client.get(room.page).text.count("Sono presente") == scanned.text.count("Sono presente")
    assert room.evidence(ada) == []  # looking writes nothing
    assert client.post(room.page).status_code == 303
    done = client.get(room.page)
    assert "Ingresso registrato" in done.text
    mark, minutes, source = room.record(ada) or ("", 0, "")
    assert (mark, source) == ("present", "checkin")
    assert minutes in {109, 110}
    why = client.get(f"{room.url}/{ada.id}/perche")
    assert "Ingresso registrato con il codice" in why.text


def test_sending_it_again_writes_nothing(app: Flask) -> None:
    room = Room("Ada Abete")
    ada = room.people[0]
    client = phone(app, ada)
    client.get(room.scan())
    for _again in range(3):
        assert client.post(room.page).status_code == 303
    assert kinds(room, ada) == [EvidenceKind.CHECKIN]
    assert db.session.scalar(select(func.count(CheckInTrace.id))) == 1


def test_a_scan_is_judged_before_signing_in_and_lasts_through_it(app: Flask) -> None:
    room = Room("Ada Abete")
    client = PercorsoClient(app)
    over = client.get(room.scan(ago=3 * STEP))
    assert over.status_code == 410
    assert "Il codice è scaduto" in over.text
    assert client.get(room.scan()).location == room.page
    asked = client.get(room.page)
    assert asked.location == f"/accedi?next={room.page}"
    client.sign_in(room.people[0].person)
    assert "Sono presente" in client.get(room.page).text
    # the same address opened again, after its seconds: this browser scanned in time
    assert client.get(room.scan(ago=3 * STEP)).location == room.page


def test_without_a_scan_there_is_no_button_and_no_presence(app: Flask) -> None:
    room = Room("Ada Abete")
    client = phone(app, room.people[0])
    assert "Sono presente" not in client.get(room.page).text
    refused = client.post(room.page)
    assert refused.status_code == 409
    assert room.record(room.people[0]) is None


def test_a_permit_opens_its_lesson_and_direction_only(app: Flask) -> None:
    room, other = Room("Ada Abete", out=True), Room("Ada Abete")
    client = phone(app, room.people[0])
    client.get(room.scan())
    assert client.post(f"{room.page}/uscita").status_code == 409
    assert client.post(other.page).status_code == 409
    assert room.record(room.people[0]) is None


@pytest.mark.parametrize("harm", ["lesson", "mark", "direction", "noise"])
def test_a_forged_code_is_none_of_ours(app: Flask, harm: str) -> None:
    room = Room("Ada Abete")
    lesson, direction, step, mark = room.code().long.split("-")
    forged = {
        "lesson": f"{int(lesson) + 1}-{direction}-{step}-{mark}",
        "mark": f"{lesson}-{direction}-{step}-{'A' * 12}",
        "direction": f"{lesson}-uscita-{step}-{mark}",
        "noise": "../../x",
    }[harm]
    assert codes.read_long(permits.code_key(), forged, now()).standing is Scanned.UNKNOWN
    if harm != "noise":
        assert PercorsoClient(app).get(f"/p/{forged}").status_code == 404


def test_who_scans_early_waits_and_is_let_in(app: Flask) -> None:
    room = Room("Ada Abete", begins=40)
    client = phone(app, room.people[0])
    client.get(room.scan())
    waiting = client.get(room.page)
    assert 'http-equiv="refresh"' in waiting.text
    assert client.post(room.page).status_code == 409
    permit = client.http.get_cookie(f"{app.config['SESSION_COOKIE_NAME']}-presenza")
    assert permit is not None
    with app.test_request_context(headers={"Cookie": f"{permit.key}={permit.value}"}):
        held = permits.held()
        assert held is not None
        assert held.until > room.lesson.starts_at - timedelta(minutes=30)
    room.lesson.starts_at -= timedelta(minutes=20)  # the window opens
    db.session.commit()
    assert "Sono presente" in client.get(room.page).text


def test_who_is_not_enrolled_is_told_what_to_do(app: Flask) -> None:
    room = Room()
    client = PercorsoClient(app).sign_in(factories.person())
    client.get(room.scan())
    page = client.get(room.page)
    assert f"/cicli/{room.cycle.slug}" in page.text
    assert client.post(room.page).status_code == 409


def test_a_check_out_ends_what_the_check_in_began(app: Flask) -> None:
    room = Room("Ada Abete", out=True)
    ada = room.people[0]
    client = phone(app, ada)
    client.get(room.scan(OUT))
    assert client.post(f"{room.page}/uscita").status_code == 409  # never came
    client.get(room.scan())
    client.post(room.page)
    assert room.record(ada) == ("present", 0, "checkin")
    client.get(room.scan(OUT))
    assert "Esco" in client.get(f"{room.page}/uscita").text
    assert client.post(f"{room.page}/uscita").status_code == 303
    assert client.post(f"{room.page}/uscita").status_code == 303
    assert kinds(room, ada) == [EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT]


@pytest.mark.parametrize("how", ["closed", "cancelled", "over"])
def test_where_nothing_is_open_nothing_is_written(app: Flask, how: str) -> None:
    room = Room("Ada Abete", begins=-200 if how == "over" else -10)
    client = phone(app, room.people[0])
    client.get(room.scan())
    if how == "closed":
        actions_checking.close_check_in(room.lesson, by=room.trainer.id)
    elif how == "cancelled":
        room.lesson.status = LessonStatus.CANCELLED
    db.session.commit()
    assert client.post(room.page).status_code == 409
    assert "Sono presente" not in client.get(room.page).text
    assert kinds(room, room.people[0]) == []


def test_a_sealed_register_takes_no_check_out(app: Flask) -> None:
    room = Room("Ada Abete", begins=-130, out=True)
    ada = room.people[0]
    with frozen(room.lesson.starts_at):
        actions_checking.check(room.lesson.id, ada.person_id, IN, "0" * 64)
    close_register(room.lesson, absent=True, leave_queue=True, by=room.trainer.id)
    db.session.commit()
    client = phone(app, ada)
    client.get(room.scan(OUT))
    assert client.post(f"{room.page}/uscita").status_code == 409
    assert kinds(room, ada) == [EvidenceKind.CHECKIN]
    assert verify_seals().faults == ()


def test_the_digits_do_what_the_scan_does(app: Flask) -> None:
    room = Room("Ada Abete")
    client = phone(app, room.people[0])
    typed = room.code().typed
    answer = client.post("/presenza", {"code": f"{typed[:3]} {typed[3:]}"})
    assert (answer.status_code, answer.location) == (303, room.page)
    assert client.post(room.page).status_code == 303
    assert room.record(room.people[0]) is not None


def test_guessing_digits_is_slowed_down(app: Flask) -> None:
    room = Room("Ada Abete", "Bruno Betulla")
    client = phone(app, room.people[0])
    wrong = str((int(room.code().typed) + 1) % 10**6).zfill(6)
    answers = [client.post("/presenza", {"code": wrong}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    other = phone(app, room.people[1])  # counted by account: the room shares one address
    assert other.post("/presenza", {"code": room.code().typed}).status_code == 303


def test_one_device_for_many_people_is_told_not_punished(app: Flask) -> None:
    room = Room("Ada Abete", "Bruno Betulla", "Carla Cedro")
    lent = PercorsoClient(app)
    for who in room.people[:2]:
        lent.sign_in(who.person)
        lent.get(room.scan())
        assert lent.post(room.page).status_code == 303
    own = phone(app, room.people[2])
    own.get(room.scan())
    own.post(room.page)
    page = PercorsoClient(app).sign_in(room.trainer).get(f"{room.url}/ingressi")
    assert "Abete Ada" in page.text
    assert "Betulla Bruno" in page.text
    assert "Cedro" not in page.text
    assert all(room.record(who) is not None for who in room.people)


def test_the_screen_shows_a_code_that_works(app: Flask) -> None:
    room = Room("Ada Abete", out=True)
    trainer = PercorsoClient(app).sign_in(room.trainer)
    screen = trainer.get(f"{room.url}/codice")
    digits = re.search(r"data-typed>(\d{3}) (\d{3})<", screen.text)
    assert digits is not None
    assert "<svg" in screen.text
    client = phone(app, room.people[0])
    answer = client.post("/presenza", {"code": "".join(digits.groups())})
    assert answer.location == room.page
    client.post(room.page)
    now_shown = trainer.get(f"{room.url}/codice/ora?per=uscita").json
    assert now_shown is not None
    assert now_shown["came"] == "0 di 1 in uscita"


def test_opening_and_closing(app: Flask) -> None:
    scene = Room("Ada Abete")
    trainer = PercorsoClient(app).sign_in(scene.trainer)
    assert trainer.post(f"{scene.url}/codice/chiudi").status_code == 303
    assert "Apri" in trainer.get(f"{scene.url}/codice").text
    assert trainer.post(f"{scene.url}/codice/apri", {"asks_check_out": "y"}).status_code == 303
    client = phone(app, scene.people[0])
    client.get(scene.scan())
    client.post(scene.page)
    refused = trainer.post(f"{scene.url}/codice/apri", {})
    assert refused.status_code == 409  # somebody is in: what a check-in means stays


def test_a_lesson_that_ends_later_is_counted_again_for_who_checked_in(app: Flask) -> None:
    room = Room("Ada Abete")
    ada = room.people[0]
    actions_checking.check(room.lesson.id, ada.person_id, IN, "0" * 64)
    before = room.record(ada)
    room.lesson.ends_at += timedelta(minutes=30)
    db.session.commit()
    trainer = PercorsoClient(app).sign_in(room.trainer)
    assert "Ricalcola i minuti degli ingressi" in trainer.get(room.url).text
    assert trainer.post(f"{room.url}/ricalcola").status_code == 303
    after = room.record(ada)
    assert before is not None
    assert after is not None
    assert after[1] == before[1] + 30
