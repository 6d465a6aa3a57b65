"""The public files of a lesson and of a cycle."""

from __future__ import annotations

from lms.catalogue.models import CycleStatus
from lms.catalogue.programme_actions import cancel_lesson
from tests import factories
from tests.calendars.conftest import JOIN, Scene, events, lesson_at, move, uids
from tests.client import PercorsoClient
from tests.counting import statements


def test_a_lesson_to_add_once(client: PercorsoClient, scene: Scene) -> None:
    move(scene.first, title="Perché co-progettare?")
    response = client.get(f"/incontri/{scene.first.id}.ics")
    [event] = events(response)
    assert event["UID"] == scene.first.uid
    assert event["SUMMARY"] == "Perché co-progettare?"
    assert event["LOCATION"] == "Online"
    assert "nella pagina dell’incontro" in event["DESCRIPTION"]
    assert event["URL"] == f"http://localhost/incontri/{scene.first.id}"
    assert b"X-WR-CALNAME" not in response.data
    day = scene.first.starts_at.strftime("%Y-%m-%d")
    wanted = f"attachment; filename={day}-perche-co-progettare.ics"
    assert response.headers["Content-Disposition"] == wanted


def test_a_cycle_to_add_or_subscribe_to(client: PercorsoClient, scene: Scene) -> None:
    elsewhere = lesson_at(factories.module(), 5)
    path = f"/cicli/{scene.cycle.slug}.ics"
    assert uids(client, path) == [scene.first.uid, scene.second.uid]
    response = client.get(path)
    assert b"\r\nX-WR-CALNAME:Ciclo uno\r\n" in response.data
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in response.data
    assert elsewhere.uid not in response.text
    wanted = f"attachment; filename={scene.cycle.slug}.ics"
    assert response.headers["Content-Disposition"] == wanted


def test_the_joining_link_is_in_no_public_file_whoever_asks(
    client: PercorsoClient, scene: Scene
) -> None:
    trainer = factories.trainer(scene.cycle)
    for who in (None, scene.person, trainer, factories.organiser()):
        browser = PercorsoClient(client.app)
        if who:
            browser.sign_in(who)
        for path in (f"/incontri/{scene.first.id}.ics", f"/cicli/{scene.cycle.slug}.ics"):
            text = browser.get(path).text.replace("\r\n ", "")
            assert JOIN not in text
            assert "/j/" not in text


def test_the_same_event_in_every_file(client: PercorsoClient, scene: Scene) -> None:
    """One UID and SEQUENCE whichever file it came from, or it would stand twice in a calendar."""
    cancel_lesson(scene.first, by=None)
    paths = (f"/incontri/{scene.first.id}.ics", f"/cicli/{scene.cycle.slug}.ics", scene.path)
    found = [events(client.get(path))[0] for path in paths]
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "STATUS", "SUMMARY", "URL"):
        assert len({event[name].to_ical() for event in found}) == 1


def test_conditional_requests_and_headers(client: PercorsoClient, scene: Scene) -> None:
    for path in (f"/incontri/{scene.first.id}.ics", f"/cicli/{scene.cycle.slug}.ics"):
        response = client.get(path)
        headers = response.headers
        assert headers["Cache-Control"] == "private, max-age=300"
        assert "Set-Cookie" not in headers
        assert response.last_modified
        again = client.get(path, headers={"If-None-Match": headers["ETag"]})
        assert again.status_code == 304
        move(scene.first, title=scene.first.title + " bis")
        assert client.get(path, headers={"If-None-Match": headers["ETag"]}).status_code == 200


def test_the_reader_s_language(client: PercorsoClient, scene: Scene) -> None:
    cancel_lesson(scene.first, by=None)
    path = f"/incontri/{scene.first.id}.ics"
    tags = {}
    for language, prefix in (("it", "ANNULLATO"), ("en", "CANCELLED")):
        response = client.get(path, headers={"Accept-Language": language})
        assert events(response)[0]["SUMMARY"].startswith(f"{prefix}: ")
        assert "Accept-Language" in response.headers["Vary"]
        tags[language] = response.headers["ETag"]
    assert tags["it"] != tags["en"]


def test_a_draft_is_there_for_its_staff_only(client: PercorsoClient, scene: Scene) -> None:
    scene.cycle.status = CycleStatus.DRAFT
    trainer = PercorsoClient(client.app).sign_in(factories.trainer(scene.cycle))
    for path in (f"/incontri/{scene.first.id}.ics", f"/cicli/{scene.cycle.slug}.ics"):
        assert client.get(path).status_code == 404
        assert trainer.get(path).status_code == 200


def test_a_cycle_without_lessons_and_what_is_not_there(
    client: PercorsoClient, scene: Scene
) -> None:
    empty = factories.cycle()
    response = client.get(f"/cicli/{empty.slug}.ics")
    assert events(response) == []
    assert response.last_modified is None
    for path in ("/cicli/nessuno.ics", "/incontri/999999.ics", "/incontri/x.ics"):
        assert client.get(path).status_code == 404


def test_pages_keep_their_addresses_beside_the_files(client: PercorsoClient, scene: Scene) -> None:
    match = client.app.url_map.bind("localhost").match
    assert match(f"/cicli/{scene.cycle.slug}")[0] == "catalogue.cycle"
    assert match(f"/cicli/{scene.cycle.slug}.ics")[0] == "calendars.cycle_ics"
    assert match("/incontri/7")[0] == "catalogue.lesson"
    assert match("/incontri/7.ics")[0] == "calendars.lesson_ics"


def test_a_long_cycle_costs_no_more_queries(client: PercorsoClient, scene: Scene) -> None:
    path = f"/cicli/{scene.cycle.slug}.ics"
    with statements() as few:
        client.get(path)
    for day in range(58):
        lesson_at(scene.module, 20 + day)
    with statements() as many:
        assert len(uids(client, path)) == 60
    assert len(few) == len(many) <= 3
