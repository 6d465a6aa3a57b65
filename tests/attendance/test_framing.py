"""A page in a kept frame is the page that `base.html` draws, and is nobody else's."""

from __future__ import annotations

import pytest
from flask import Flask, flash, g, request
from flask_login import login_user

from lms import framing
from lms.accounts.signing_in import SignedIn
from lms.attendance import queries_checking
from lms.attendance.codes import Direction
from lms.attendance.views_checking import _drawn, _look
from lms.extensions import db
from tests.attendance.test_checkin import Room, phone

PEOPLE = (
    SignedIn(1, 1, 7, ("Ada", "Abete"), "a", must_change_password=False),
    SignedIn(2, 2, 8, ("Ugo <b>", "\"O'Neil & C."), "b", must_change_password=False),
)


def page_of(app: Flask, who: SignedIn, room: Room, language: str, address: str) -> str:
    headers = {"Accept-Language": language}
    lesson_id, person_id = room.lesson.id, room.people[0].person_id
    db.session.commit()
    with app.app_context(), app.test_request_context(address, headers=headers):
        login_user(who)
        g.csrf_token, g.csp_nonce = f"token-of-{who.person_id}", f"nonce-{who.person_id}"
        visit = queries_checking.visit(lesson_id, person_id)
        assert visit
        return _drawn(_look(visit, Direction.IN), problem='Un <problema> & "uno"')


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_framed_page_is_the_whole_page(
    app: Flask, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room("Ada Abete")
    addresses = (room.page, f"{room.page}?a=%22%3E&b=1")
    framed = [page_of(app, who, room, language, each) for who in PEOPLE for each in addresses]
    monkeypatch.setitem(app.config, "TEMPLATES_AUTO_RELOAD", True)  # frames are not used
    whole = [page_of(app, who, room, language, each) for who in PEOPLE for each in addresses]
    assert framed == whole
    assert f'<html lang="{language}">' in framed[0]
    assert "Ugo &lt;b&gt; &#34;O&#39;Neil &amp; C." in framed[-1]
    assert "slot" not in framed[0]


@pytest.mark.one_database
def test_a_message_that_waits_is_shown(app: Flask) -> None:
    room = Room("Ada Abete")
    with app.test_request_context(room.page):
        login_user(PEOPLE[0])
        flash("Detto prima", "success")
        visit = queries_checking.visit(room.lesson.id, room.people[0].person_id)
        assert visit
        assert "Detto prima" in _drawn(_look(visit, Direction.IN))
        assert request.path == room.page


@pytest.mark.one_database
def test_the_frame_is_drawn_once_and_names_nobody(app: Flask) -> None:
    room = Room("Ada Abete")
    framing.store().clear()
    client = phone(app, room.people[0])
    client.get(room.page)
    frames = [value for key, value in framing.store().items() if key[0].endswith("frame.html")]
    assert len(frames) == 1
    kept = "".join(frames[0])
    assert "Ada" not in kept
    assert client.token() not in kept
    assert set(frames[0][1::2]) == set(framing.SLOTS)
