"""The page where a person makes, replaces and revokes the address of their calendar."""

from __future__ import annotations

import html
import re
import threading
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit import AuditEvent
from lms.calendars import actions
from lms.calendars.models import CalendarFeed
from lms.errors import UserError
from lms.extensions import db
from tests import factories
from tests.calendars.conftest import Scene, lesson_at, uids
from tests.client import PercorsoClient
from tests.counting import statements

ADDRESS = re.compile(r'value="http://localhost(/calendario/[\w-]{43}\.ics)"')


def address_in(page: str) -> str:
    found = ADDRESS.findall(page)
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def browser(client: PercorsoClient) -> PercorsoClient:
    """A person without a feed, enrolled in nothing, signed in."""
    return client.sign_in(factories.person())


def open_feeds() -> list[CalendarFeed]:
    db.session.rollback()
    return list(db.session.scalars(select(CalendarFeed).where(CalendarFeed.revoked_at.is_(None))))


def hidden_id(page: str) -> str:
    found = re.search(r'name="feed_id"[^>]*value="(\d+)"', page)
    assert found
    return found.group(1)


def test_strangers_are_sent_to_sign_in(client: PercorsoClient) -> None:
    for path in ("/calendario", "/calendario/sostituisci", "/calendario/revoca"):
        assert client.get(path).status_code == 303
        assert client.post(path).status_code == 303


def test_the_address_is_shown_once_and_opens_the_feed(browser: PercorsoClient) -> None:
    assert "Crea l’indirizzo" in browser.get("/calendario").text
    made = browser.post("/calendario")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    path = address_in(made.text)
    assert f'href="webcal://localhost{path}"' in made.text
    assert uids(browser, path) == []
    later = browser.get("/calendario").text
    assert path not in later
    assert "Sostituisci l’indirizzo" in later


def test_only_the_hash_is_kept(browser: PercorsoClient) -> None:
    token = address_in(browser.post("/calendario").text).split("/")[-1].removesuffix(".ics")
    [feed] = open_feeds()
    for value in (feed.token_hash, *(str(event.detail) for event in db.session.query(AuditEvent))):
        assert token not in value


def test_sent_twice_the_form_refuses_and_the_first_address_lives(browser: PercorsoClient) -> None:
    path = address_in(browser.post("/calendario").text)
    again = browser.post("/calendario")
    assert again.status_code == 409
    assert "ha già un indirizzo" in again.text
    assert browser.get(path).status_code == 200
    assert len(open_feeds()) == 1


def test_replacing_asks_first_and_kills_the_old_at_once(browser: PercorsoClient) -> None:
    old = address_in(browser.post("/calendario").text)
    asking = browser.get("/calendario/sostituisci")
    assert "smette subito di funzionare" in asking.text
    assert browser.get(old).status_code == 200
    done = browser.post("/calendario/sostituisci", {"feed_id": hidden_id(asking.text)})
    new = address_in(done.text)
    assert browser.get(old).status_code == 404
    assert browser.get(new).status_code == 200
    # The same POST again (a reloaded page) must not kill the address just shown.
    again = browser.post("/calendario/sostituisci", {"feed_id": hidden_id(asking.text)})
    assert again.status_code == 409
    assert browser.get(new).status_code == 200


def test_revoking_asks_first_and_is_for_good(browser: PercorsoClient) -> None:
    path = address_in(browser.post("/calendario").text)
    asking = browser.get("/calendario/revoca")
    done = browser.post("/calendario/revoca", {"feed_id": hidden_id(asking.text)})
    assert done.status_code == 303
    page = browser.get("/calendario").text
    assert browser.get(path).status_code == 404
    assert "L’indirizzo è revocato" in page
    assert "Crea l’indirizzo" in page
    deeds = [event.action for event in db.session.query(AuditEvent).order_by(AuditEvent.id)]
    assert deeds == ["calendar_feed.created", "calendar_feed.revoked"]


def test_revoked_once_the_date_stays(app: Flask) -> None:
    person_id = factories.person().id
    actions.create_feed(person_id, "it", by=person_id)
    [feed] = db.session.scalars(select(CalendarFeed))
    actions.revoke_feed(person_id, feed.id, by=person_id)
    revoked_at = feed.revoked_at
    for again in (actions.revoke_feed, partial(actions.replace_feed, language="it")):
        with pytest.raises(UserError) as refused:
            again(person_id, feed.id, by=person_id)
        assert refused.value.status == 409
    db.session.refresh(feed)
    assert feed.revoked_at == revoked_at


def test_with_nothing_to_replace_or_revoke_one_comes_back(browser: PercorsoClient) -> None:
    for path in ("/calendario/sostituisci", "/calendario/revoca"):
        for response in (browser.get(path), browser.post(path, {"feed_id": "1"})):
            assert response.status_code == 303
            assert response.location == "/calendario"


@pytest.mark.parametrize("nonsense", ["", "0", "-1", "x", "1e3", "9" * 30, "1;--"])
def test_nonsense_for_the_feed_changes_nothing(browser: PercorsoClient, nonsense: str) -> None:
    path = address_in(browser.post("/calendario").text)
    for asked in ("/calendario/sostituisci", "/calendario/revoca"):
        assert browser.post(asked, {"feed_id": nonsense}).status_code == 409
    assert browser.get(path).status_code == 200


def test_another_s_feed_is_out_of_reach(browser: PercorsoClient, scene: Scene) -> None:
    """Weakness 12."""
    browser.post("/calendario")
    foreign = db.session.scalar(
        select(CalendarFeed.id).where(CalendarFeed.person_id == scene.person.id)
    )
    for asked in ("/calendario/sostituisci", "/calendario/revoca"):
        assert browser.post(asked, {"feed_id": foreign}).status_code == 409
    assert browser.get(scene.path).status_code == 200


def test_without_a_token_of_the_form_nothing_happens(browser: PercorsoClient) -> None:
    assert browser.post("/calendario", csrf=False).status_code == 400
    assert open_feeds() == []


def test_the_page_tells_what_the_calendar_holds(client: PercorsoClient, scene: Scene) -> None:
    lesson_at(scene.module, -3)
    page = html.unescape(client.sign_in(scene.person).get("/calendario").text)
    assert "3 incontri" in page
    assert f'href="/incontri/{scene.first.id}"' in page
    assert "2 lessons" not in page


def test_who_has_no_lessons_is_told_where_to_begin(browser: PercorsoClient) -> None:
    page = browser.get("/calendario").text
    assert "Ancora nessun incontro" in page
    assert 'href="/cicli"' in page


def test_the_page_in_english(browser: PercorsoClient) -> None:
    page = browser.get("/calendario", headers={"Accept-Language": "en"}).text
    assert "Make the address of your calendar" in page


def test_the_page_costs_the_same_with_many_lessons(client: PercorsoClient, scene: Scene) -> None:
    client.sign_in(scene.person)
    with statements() as few:
        client.get("/calendario")
    for day in range(58):
        lesson_at(scene.module, 20 + day)
    with statements() as many:
        client.get("/calendario")
    assert len(few) == len(many) <= 8


# Two at once ---------------------------------------------------------------------------------


def together(app: Flask, work, rounds: int = 2) -> list[object]:
    """Run `work` in several threads that start at one signal; what each returned or raised."""
    gate, results = threading.Barrier(rounds), []

    def run() -> None:
        with app.app_context():
            try:
                gate.wait(timeout=10)
                outcome = work()
                db.session.commit()
                results.append(outcome)
            except UserError as error:
                db.session.rollback()
                results.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _number in range(rounds)]
    db.session.commit()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(results) == rounds
    return results


@pytest.mark.parametrize("_round", range(5))
def test_made_twice_at_once_one_address_is_open(app: Flask, _round: int) -> None:
    person_id = factories.person().id
    results = together(app, lambda: actions.create_feed(person_id, "it", by=person_id), 4)
    [token] = [result for result in results if isinstance(result, str)]
    assert {result.status for result in results if isinstance(result, UserError)} == {409}
    assert len(open_feeds()) == 1
    assert PercorsoClient(app).get(f"/calendario/{token}.ics").status_code == 200


@pytest.mark.parametrize("_round", range(5))
def test_replaced_twice_at_once_the_address_shown_is_the_one_open(app: Flask, _round: int) -> None:
    person_id = factories.person().id
    actions.create_feed(person_id, "it", by=person_id)
    db.session.commit()
    [feed] = open_feeds()
    feed_id = feed.id
    results = together(app, lambda: actions.replace_feed(person_id, feed_id, "it", by=person_id), 4)
    [token] = [result for result in results if isinstance(result, str)]
    assert len(open_feeds()) == 1
    assert PercorsoClient(app).get(f"/calendario/{token}.ics").status_code == 200
