"""Everybody's own joining link: a click is evidence without minutes, and leads to one place."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from lms.attendance import joining_links
from lms.attendance.joining_addresses import personal_address
from lms.attendance.models import EvidenceKind
from lms.calendars.actions import create_feed
from lms.catalogue.models import LessonStatus
from lms.clock import now
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from lms.secretbox import signing_keys
from tests import factories
from tests.attendance.scene import Scene
from tests.client import PercorsoClient

ROOM = "https://webinar.example.org/j/123?pwd=x"


def online(*names: str, begins: int = -5, url: str = ROOM) -> Scene:
    start = now().replace(microsecond=0) + timedelta(minutes=begins)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "join_url": url}
    return Scene(*names, lesson=times)


def link(scene: Scene, person_id: int) -> str:
    keys = signing_keys(joining_links.PURPOSE)
    return "/j/" + joining_links.token_of(keys, scene.lesson.id, person_id)


def path_in(text: str) -> str:
    found = re.search(r"/j/[\w-]+", text)
    assert found
    return found.group()


def test_a_click_is_evidence_and_gives_no_minutes(app: Flask) -> None:
    scene = online("Ada Abete")
    ada = scene.people[0]
    client = PercorsoClient(app)  # no sign-in: the link says who
    path = link(scene, ada.person_id)
    page = client.get(path)
    assert "Entra" in page.text
    assert ROOM not in page.text
    assert (
        "form-action 'self' https://webinar.example.org;" in page.headers["Content-Security-Policy"]
    )
    assert scene.evidence(ada) == []
    db.session.commit()
    for _twice in range(2):
        gone = client.post(path)
        assert (gone.status_code, gone.location) == (303, ROOM)
    assert [each.kind for each in scene.evidence(ada)] == [EvidenceKind.JOINED_LINK]
    assert scene.record(ada) is None
    why = PercorsoClient(app).sign_in(ada.person).get(f"{scene.url}/{ada.id}/perche")
    assert "collegamento personale" in why.text


def test_pages_and_calendars_show_ones_own_link(app: Flask) -> None:
    scene = online("Ada Abete", "Bruno Betulla", begins=60)
    ada, bruno = (each.person for each in scene.people)
    own = {}
    for who in (ada, bruno):
        client = PercorsoClient(app).sign_in(who)
        lesson = client.get(f"/incontri/{scene.lesson.id}")
        assert ROOM not in lesson.text
        own[who.id] = path_in(lesson.text)
        assert path_in(client.get("/").text) == own[who.id]
        token = create_feed(who.id, "it", by=who.id)
        db.session.commit()
        unfolded = client.get(f"/calendario/{token}.ics").text.replace("\r\n ", "")
        assert path_in(unfolded) == own[who.id]
        assert "webinar.example.org" not in unfolded
    assert own[ada.id] != own[bruno.id]
    staff = PercorsoClient(app).sign_in(factories.organiser())
    assert ROOM in staff.get(f"/incontri/{scene.lesson.id}").text


def test_a_trainers_link_opens_and_is_nobodys_presence(app: Flask) -> None:
    scene = online()
    gone = PercorsoClient(app).post(link(scene, scene.trainer.id))
    assert gone.location == ROOM


def test_who_takes_no_part_any_more_has_no_link(app: Flask) -> None:
    scene = online("Ada Abete")
    path = link(scene, scene.people[0].person_id)
    scene.people[0].status = EnrolmentStatus.WITHDRAWN
    db.session.commit()
    assert PercorsoClient(app).get(path).status_code == 404
    assert PercorsoClient(app).post(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "é", "-" * 200])
def test_a_forged_token_opens_nothing(app: Flask, token: str) -> None:
    assert PercorsoClient(app).get(f"/j/{token}").status_code == 404


def test_a_token_of_another_key_is_not_believed(app: Flask) -> None:
    scene = online("Ada Abete")
    token = joining_links.token_of((b"another key",), scene.lesson.id, scene.people[0].person_id)
    assert PercorsoClient(app).get(f"/j/{token}").status_code == 404
    assert joining_links.read_token((b"new", b"another key"), token) is not None


@pytest.mark.parametrize("how", ["cancelled", "over", "early"])
def test_outside_the_lesson_a_click_is_not_written(app: Flask, how: str) -> None:
    scene = online("Ada Abete", begins={"over": -130, "early": 90}.get(how, -5))
    if how == "cancelled":
        scene.lesson.status = LessonStatus.CANCELLED
    db.session.commit()
    answer = PercorsoClient(app).post(link(scene, scene.people[0].person_id))
    assert answer.status_code == (303 if how == "early" else 409)
    assert scene.evidence(scene.people[0]) == []


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://zoom.us/j/1?pwd=2", "https://zoom.us"),
        ("https://zoom.us:8443/j", "https://zoom.us:8443"),
        ("http://zoom.us/j/1", None),
        ("javascript:alert(1)", None),
        ("//zoom.us/j", None),
        ("https://zoom.us@evil.example/", None),
        ("https:///j", None),
        ("https://zoom.us/;script-src *", None),
        ("https://zoom.us/\r\nSet-Cookie: a=b", None),
        ("", None),
    ],
)
def test_where_a_browser_may_be_sent(address: str, origin: str | None) -> None:
    assert joining_links.origin_of(address) == origin


def test_an_address_that_is_not_safe_is_shown_as_it_is(app: Flask) -> None:
    scene = online("Ada Abete", url="http://old.example.org/room")
    assert personal_address(scene.lesson.id, scene.lesson.join_url, 1) == scene.lesson.join_url
    assert PercorsoClient(app).post(link(scene, scene.people[0].person_id)).status_code == 409
