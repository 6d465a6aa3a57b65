"""How the feed answers a calendar program, and that its token alone opens it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from lms.accounts.models import Account
from lms.accounts.signing_in import token_hash
from lms.calendars import actions, answers
from lms.calendars.actions import TOKEN_BYTES
from lms.calendars.queries import open_feed_of
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.calendars.conftest import Scene, feed_of, lesson_at, uids
from tests.client import PercorsoClient
from tests.counting import statements

# How it answers ------------------------------------------------------------------------------


def test_headers(client: PercorsoClient, scene: Scene) -> None:
    response = client.get(scene.path)
    headers = response.headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Content-Disposition"] == "attachment; filename=calendario.ics"
    assert re.fullmatch(r'"[0-9a-f]{32}"', headers["ETag"])
    assert response.last_modified == scene.second.changed_at.replace(microsecond=0)
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_head_says_what_get_would(client: PercorsoClient, scene: Scene) -> None:
    got, head = client.get(scene.path), client.http.head(scene.path)
    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == got.headers[name]
    asked = {"If-None-Match": got.headers["ETag"]}
    assert client.http.head(scene.path, headers=asked).status_code == 304


def test_a_tag_weakened_on_the_way_and_a_list_of_tags_are_understood(
    client: PercorsoClient, scene: Scene
) -> None:
    tag = client.get(scene.path).headers["ETag"]
    for asked in (f"W/{tag}", f'"other", {tag}', "*"):
        assert client.get(scene.path, headers={"If-None-Match": asked}).status_code == 304
    for asked in ('"other"', "nonsense", ""):
        assert client.get(scene.path, headers={"If-None-Match": asked}).status_code == 200


def test_one_lesson_and_sixty_cost_the_same_queries(client: PercorsoClient, scene: Scene) -> None:
    with statements() as few:
        assert len(uids(client, scene.path)) == 2
    for day in range(58):
        lesson_at(scene.module, 20 + day)
    with statements() as many:
        assert len(uids(client, scene.path)) == 60
    assert len(few) == len(many) == 2


def test_people_of_the_same_cycles_share_what_is_written(
    client: PercorsoClient, scene: Scene
) -> None:
    other = feed_of(factories.enrolment(scene.cycle).person_id)
    assert client.get(scene.path).data != client.get(other).data, "the joining links are their own"
    db.session.execute(update(Lesson).values(join_url=""))
    db.session.commit()
    answers._written.cache_clear()
    assert client.get(scene.path).data == client.get(other).data
    assert answers._written.cache_info().misses == 1


# Who gets in ---------------------------------------------------------------------------------


def test_a_token_that_never_was_a_revoked_one_and_a_shut_account_look_alike(
    client: PercorsoClient, scene: Scene
) -> None:
    never = client.get("/calendario/" + "A" * 43 + ".ics")
    feed = open_feed_of(scene.person.id)
    assert feed
    actions.revoke_feed(scene.person.id, feed.id, by=None)
    revoked = client.get(scene.path)
    fresh = feed_of(scene.person.id)
    assert client.get(fresh).status_code == 200
    db.session.add(
        Account(person_id=scene.person.id, login="p@example.org", is_active=False, created_at=now())
    )
    shut = client.get(fresh)
    for response in (revoked, shut):
        assert response.status_code == never.status_code == 404
        assert _without_chance(response) == _without_chance(never)


CHANCE_HEADERS = {"Set-Cookie", "Content-Length"}


def _without_chance(response) -> tuple[str, list[tuple[str, str]]]:
    """Page and headers without the nonce, the form's token and the address asked for."""
    chance = re.compile(r"nonce[-=]\"?[\w-]+|value=\"[\w.-]{40,}\"|/calendario/[\w-]+\.ics")
    headers = [(name, chance.sub("", value)) for name, value in response.headers]
    kept = [(name, value) for name, value in headers if name not in CHANCE_HEADERS]
    return chance.sub("", response.text), sorted(kept)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "%00", "%ff", "é", "a" * 5000, "' OR 1=1 --", "%"]
)
def test_nonsense_for_a_token_is_not_found(client: PercorsoClient, scene: Scene, token) -> None:
    assert client.http.get(f"/calendario/{token}.ics").status_code == 404


def test_neither_the_hash_nor_another_case_opens(client: PercorsoClient, scene: Scene) -> None:
    token = scene.path.removeprefix("/calendario/").removesuffix(".ics")
    assert client.get(f"/calendario/{token_hash(token)}.ics").status_code == 404
    assert client.get(f"/calendario/{token.swapcase()}.ics").status_code == 404


def test_a_token_has_256_bits() -> None:
    assert TOKEN_BYTES * 8 == 256


def test_being_signed_in_as_another_changes_nothing(client: PercorsoClient, scene: Scene) -> None:
    stranger = client.get(scene.path).data
    assert (
        PercorsoClient(client.app).sign_in(factories.organiser()).get(scene.path).data == stranger
    )
