"""The personal feed: what it holds and when it changes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lms.attendance.joining_links import PURPOSE, token_of
from lms.calendars import answers
from lms.catalogue.actions import touch_lessons
from lms.catalogue.models import Cycle, CycleStatus, LessonMode, LessonTrainer, Module
from lms.catalogue.programme_actions import cancel_lesson, remove_lesson, restore_lesson
from lms.clock import frozen, now
from lms.enrolment.actions import enrol_self, withdraw
from lms.extensions import db
from lms.secretbox import signing_keys
from tests import factories
from tests.calendars.conftest import JOIN, Scene, events, feed_of, lesson_at, move, uids
from tests.client import PercorsoClient
from tests.counting import statements

# What it holds -------------------------------------------------------------------------------


def test_the_lessons_of_confirmed_enrolments_in_order(client: PercorsoClient, scene: Scene) -> None:
    lesson_at(factories.module(), 3)  # of a cycle in which the person is not
    assert uids(client, scene.path) == [scene.first.uid, scene.second.uid]


def own_link(scene: Scene) -> str:
    """The person's own address of the first lesson's room."""
    token = token_of(signing_keys(PURPOSE), scene.first.id, scene.person.id)
    return f"http://localhost/j/{token}"


def test_an_event_says_where_and_how_to_join(client: PercorsoClient, scene: Scene) -> None:
    event = events(client.get(scene.path))[0]
    own = own_link(scene)
    assert event["SUMMARY"] == scene.first.title
    assert event["LOCATION"] == own
    page = f"http://localhost/incontri/{scene.first.id}"
    assert event["URL"] == page
    assert event["DESCRIPTION"] == (
        f"Modulo: Basi\nCiclo: Ciclo uno\nPer partecipare: {own}\nPagina dell’incontro: {page}"
    )


@pytest.mark.parametrize(
    ("mode", "place", "location"),
    [
        (LessonMode.ROOM, "Sala Rossa", "Sala Rossa"),
        (LessonMode.BLENDED, "Sala Rossa", "Sala Rossa e online"),
        (LessonMode.BLENDED, "", "Online"),
    ],
)
def test_where(client: PercorsoClient, scene: Scene, mode, place, location) -> None:
    move(scene.first, mode=mode, place=place)
    assert events(client.get(scene.path))[0]["LOCATION"] == location


def test_nothing_in_it_names_the_person(client: PercorsoClient, scene: Scene) -> None:
    text = client.get(scene.path).text
    for personal in (scene.person.given_name, scene.person.family_name, "@example.org\r\nATT"):
        assert personal not in re.sub(r"UID:.*", "", text)
    assert scene.path.removeprefix("/calendario/").removesuffix(".ics") not in text


def test_trainers_see_what_they_give(client: PercorsoClient, scene: Scene) -> None:
    """Lessons that name them; of their own cycles also those that name nobody."""
    trainer, other = factories.trainer(scene.cycle), factories.trainer(scene.cycle)
    factories.teaches(other, scene.second)
    guest_lesson = lesson_at(factories.module(), 21)
    factories.teaches(trainer, guest_lesson)
    path = feed_of(trainer.id)
    assert uids(client, path) == [scene.first.uid, guest_lesson.uid]
    factories.teaches(other, scene.first)
    assert uids(client, path) == [guest_lesson.uid]


def test_who_takes_part_and_trains_sees_a_lesson_once(client: PercorsoClient, scene: Scene) -> None:
    factories.teaches(scene.person, scene.first)
    assert uids(client, scene.path) == [scene.first.uid, scene.second.uid]


def test_drafts_are_not_announced(client: PercorsoClient, scene: Scene) -> None:
    scene.cycle.status = CycleStatus.DRAFT
    assert uids(client, scene.path) == []
    for shown in (CycleStatus.CLOSED, CycleStatus.ARCHIVED):
        scene.cycle.status = shown
        assert len(uids(client, scene.path)) == 2


def test_it_speaks_the_language_it_was_made_in(client: PercorsoClient, scene: Scene) -> None:
    english = feed_of(factories.enrolment(scene.cycle).person_id, "en")
    cancel_lesson(scene.first, by=None)
    for accepted in ("it", "en"):
        asked = {"headers": {"Accept-Language": accepted}}
        assert b"NAME:Percorso: i miei incontri" in client.get(scene.path, **asked).data
        assert b"SUMMARY:ANNULLATO: " in client.get(scene.path, **asked).data
        assert b"NAME:Percorso: my lessons" in client.get(english, **asked).data
        assert b"SUMMARY:CANCELLED: " in client.get(english, **asked).data


# When it changes -----------------------------------------------------------------------------


def test_moved_is_the_same_event_with_the_next_sequence(
    client: PercorsoClient, scene: Scene
) -> None:
    before = events(client.get(scene.path))[0]
    later = scene.first.starts_at + timedelta(hours=3)
    with frozen(now() + timedelta(minutes=5)):
        move(scene.first, starts_at=later, ends_at=later + timedelta(hours=2))
    after = events(client.get(scene.path))[0]
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    assert after["DTSTART"].dt == later


def test_cancelled_stays_and_restored_comes_back(client: PercorsoClient, scene: Scene) -> None:
    cancel_lesson(scene.first, by=None)
    event = events(client.get(scene.path))[0]
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"] == f"ANNULLATO: {scene.first.title}"
    assert event["SEQUENCE"] == 1
    assert JOIN not in event.to_ical().decode()
    assert "/j/" not in event.to_ical().decode()
    restore_lesson(scene.first, by=None)
    event = events(client.get(scene.path))[0]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 2)


def test_withdrawing_empties_it_at_once_and_enrolling_again_fills_it(
    client: PercorsoClient, scene: Scene
) -> None:
    """Weakness 14."""
    full = client.get(scene.path)
    withdraw(scene.enrolment, reason="", by=scene.person.id, by_organiser=False)
    empty = client.get(scene.path, headers={"If-None-Match": full.headers["ETag"]})
    assert events(empty) == []
    assert JOIN not in empty.text
    enrol_self(scene.cycle.id, scene.person)
    assert client.get(scene.path).data == full.data


def test_two_polls_without_a_change_give_the_same_bytes_and_a_304(
    client: PercorsoClient, scene: Scene
) -> None:
    with frozen(now() + timedelta(hours=1)):
        first = client.get(scene.path)
    answers._written.cache_clear()  # as after a restart
    second = client.get(scene.path)
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    again = client.get(scene.path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert "Content-Type" not in again.headers


def test_a_poll_without_a_change_writes_no_calendar(
    client: PercorsoClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get(scene.path).headers["ETag"]

    def refuse(_calendar: object) -> bytes:
        raise AssertionError("the calendar was written again")

    monkeypatch.setattr(answers.ical, "write", refuse)
    with statements() as sent:
        again = client.get(scene.path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert len(sent) == 2


CHANGES = {
    "a lesson is cancelled": lambda scene: cancel_lesson(scene.first, by=None),
    "a lesson is removed": lambda scene: remove_lesson(scene.second, by=None),
    "a lesson is added": lambda scene: lesson_at(scene.module, 30),
    "a title changes": lambda scene: move(scene.first, title="Un altro titolo"),
    "a summary changes": lambda scene: move(scene.first, summary="Portare un esempio."),
    "a link changes": lambda scene: move(scene.first, join_url=JOIN + "7"),
    "a place changes": lambda scene: move(scene.first, mode=LessonMode.ROOM, place="Sala"),
    "the zone changes": lambda scene: move(scene.first, zone="Europe/London"),
    "the module is renamed": lambda scene: _rename(scene.module, "Altro modulo"),
    "the cycle is renamed": lambda scene: _rename(scene.cycle, "Altro ciclo"),
    "one enrols elsewhere": lambda scene: factories.enrolment(
        lesson_at(factories.module(), 9).module.cycle, scene.person
    ),
    "one withdraws": lambda scene: withdraw(
        scene.enrolment, reason="", by=scene.person.id, by_organiser=False
    ),
    "one is asked to teach": lambda scene: factories.teaches(
        scene.person, lesson_at(factories.module(), 9)
    ),
}


def _rename(what: Module | Cycle, title: str) -> None:
    what.title = title
    cycle_id = what.id if isinstance(what, Cycle) else what.cycle_id
    touch_lessons(Module.cycle_id == cycle_id)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_changes_the_tag(client: PercorsoClient, scene: Scene, change) -> None:
    before = client.get(scene.path)
    with frozen(now() + timedelta(seconds=2)):
        change(scene)
    after = client.get(scene.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.last_modified >= before.last_modified


def test_no_longer_asked_to_teach_changes_the_tag(client: PercorsoClient, scene: Scene) -> None:
    taught = lesson_at(factories.module(), 9)
    factories.teaches(scene.person, taught)
    before = client.get(scene.path)
    db.session.query(LessonTrainer).filter_by(lesson_id=taught.id).delete()
    after = client.get(scene.path, headers={"If-None-Match": before.headers["ETag"]})
    assert [event["UID"] for event in events(after)] == [scene.first.uid, scene.second.uid]


def test_a_date_alone_is_never_believed(client: PercorsoClient, scene: Scene) -> None:
    """A lesson that left the calendar bears no date: If-Modified-Since could not see it go."""
    before = client.get(scene.path)
    remove_lesson(scene.second, by=None)
    asked = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert len(events(client.get(scene.path, headers=asked))) == 1
