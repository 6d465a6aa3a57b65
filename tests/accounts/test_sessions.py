"""One's own sessions: listed, named, closed; the log; one's own data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account, UserSession
from lms.accounts.security_log import SecurityEntry, SecurityEvent, note
from lms.accounts.words import EVENTS
from lms.clock import frozen, now
from lms.extensions import db
from lms.messages.models import OutboxMessage
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.accounts.test_security_log import FIREFOX, events_of
from tests.client import PercorsoClient
from tests.hostile import SHORT_POLYGLOT, assert_harmless

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def browser(app: Flask, agent: str = FIREFOX) -> PercorsoClient:
    client = PercorsoClient(app)
    client.http.environ_base = {**client.http.environ_base, "HTTP_USER_AGENT": agent}
    return client


def ids() -> list[int]:
    db.session.commit()
    return list(db.session.scalars(select(UserSession.id).order_by(UserSession.id)))


def test_sessions_are_told_apart_named_and_closed_one_by_one(app: Flask) -> None:
    """ASVS 7.5.2: what is open is seen, and can be closed from elsewhere."""
    with_account("ada@example.org")
    here, phone = browser(app), browser(app, PHONE)
    sign_in(here, "ada@example.org")
    sign_in(phone, "ada@example.org")
    page = here.get("/profilo/sessioni").text
    assert "Firefox su Linux" in page
    assert "Chrome su Android" in page
    assert page.count("Questo browser") == 1
    own, other = ids()
    assert here.post(f"/profilo/sessioni/{other}/nome", {"name": SHORT_POLYGLOT}).status_code == 303
    page = here.get("/profilo/sessioni").text
    assert_harmless(page)
    here.post(f"/profilo/sessioni/{other}/nome", {"name": "  telefono \0 "})
    assert "telefono" in here.get("/profilo/sessioni").text
    assert here.post(f"/profilo/sessioni/{other}/chiudi").status_code == 303
    assert not is_signed_in(phone)
    assert is_signed_in(here)
    assert "telefono" in here.get("/profilo/registro").text, "what was closed stays told"
    here.post(f"/profilo/sessioni/{own}/chiudi")
    assert not is_signed_in(here)


def test_a_name_that_is_too_long_is_refused(app: Flask) -> None:
    with_account("ada@example.org")
    here = browser(app)
    sign_in(here, "ada@example.org")
    refused = here.post(f"/profilo/sessioni/{ids()[0]}/nome", {"name": "x" * 61})
    assert refused.status_code == 422
    assert f'value="{"x" * 61}"' in refused.text, "what was typed is kept"


def test_all_the_others_are_closed_at_once(app: Flask) -> None:
    """ASVS 7.4.3, 7.5.2."""
    account = with_account("ada@example.org")
    here, *others = (browser(app) for _time in range(3))
    for client in (here, *others):
        sign_in(client, "ada@example.org")
    assert here.post("/profilo/sessioni/chiudi-le-altre").status_code == 303
    assert is_signed_in(here)
    assert not any(is_signed_in(client) for client in others)
    assert events_of(account.id)[-1] is SecurityEvent.OTHER_SESSIONS_ENDED


@pytest.mark.parametrize("deed", ["nome", "chiudi"])
def test_somebody_elses_session_does_not_exist(app: Flask, deed: str) -> None:
    """ASVS 8.2.2: knowing a number is no right."""
    with_account("ada@example.org")
    mine, theirs = browser(app), browser(app).sign_in(factories.organiser())
    sign_in(mine, "ada@example.org")
    foreign = ids()[-1]
    assert theirs.post(f"/profilo/sessioni/{foreign}/{deed}", {"name": "x"}).status_code == 404
    assert is_signed_in(mine)


def test_reading_leaves_no_trace_and_sending_one_now_and_then(app: Flask) -> None:
    with_account("ada@example.org")
    here = browser(app)
    sign_in(here, "ada@example.org")

    def last() -> object:
        db.session.commit()
        return db.session.scalars(select(UserSession.last_used_at)).one()

    with frozen(now() + timedelta(hours=1)):
        here.get("/profilo")
        assert last() is None
        here.post("/lingua", {"language": "it", "next": "/"})
        first = last()
        assert first is not None
    with frozen(now() + timedelta(hours=1, minutes=4)):
        here.post("/lingua", {"language": "it", "next": "/"})
        assert last() == first, "not twice within five minutes"


def test_a_new_kind_of_device_is_told_by_mail(app: Flask) -> None:
    """ASVS 6.3.5: the owner hears of a sign-in that is unlike the others."""
    account = with_account("ada@example.org")
    subjects = select(OutboxMessage.subject)
    for agent in (FIREFOX, FIREFOX):
        sign_in(browser(app, agent), "ada@example.org")
    assert db.session.scalars(subjects).all() == [], "the first device is no news"
    sign_in(browser(app, PHONE), "ada@example.org")
    assert db.session.scalars(subjects).all() == [
        "Accesso al tuo profilo da un nuovo dispositivo · Percorso"
    ]
    assert events_of(account.id)[-1] is SecurityEvent.SIGNED_IN_FROM_NEW_DEVICE


def test_a_changed_password_is_told_by_mail_in_ones_language(app: Flask) -> None:
    """ASVS 6.3.7."""
    with_account("ada@example.org").language = "en"
    here = browser(app)
    sign_in(here, "ada@example.org")
    new = "il vento di maggio"
    here.post("/profilo/password", {"current": PASSWORD, "password": new, "again": new})
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert (letter.recipient, letter.language) == ("ada@example.org", "en")
    assert "Your password has been changed" in letter.subject
    assert new not in str(letter.letter)


def test_the_log_is_paged_and_ones_own(app: Flask) -> None:
    account, other = with_account("ada@example.org"), with_account("bea@example.org")
    for _time in range(30):
        note(account.id, SecurityEvent.SESSION_ENDED, detail={"session": SHORT_POLYGLOT})
    note(other.id, SecurityEvent.ACCOUNT_DISABLED)
    here = browser(app)
    sign_in(here, "ada@example.org")
    page = here.get("/profilo/registro").text
    assert_harmless(page)
    assert "Accesso effettuato" in page
    assert "sospeso" not in page
    assert "Il profilo di accesso è stato creato" in here.get("/profilo/registro?page=2").text
    db.session.commit()


def test_a_log_without_lines_says_so(app: Flask) -> None:
    client = PercorsoClient(app).sign_in(factories.person())
    assert "Ancora nulla" in client.get("/profilo/registro").text


def test_every_kind_of_event_has_its_words() -> None:
    assert set(EVENTS) == set(SecurityEvent)


def test_own_data_are_corrected_and_copies_stay(app: Flask) -> None:
    cycle = factories.cycle()
    body = factories.organisation("Comune di Forlì")
    account = with_account("ada@example.org", given_name="Ada", family_name="Prva")
    enrolment = factories.enrolment(cycle, account.person)
    here = browser(app)
    sign_in(here, "ada@example.org")
    fields = {"given_name": " Ada ", "family_name": "Prova", "organisation": "forli",
              "organisation_choice": str(body.id), "language": "en"}  # fmt: skip
    assert here.post("/profilo/modifica", fields).status_code == 303
    db.session.commit()
    stored = db.session.get_one(Account, account.id)
    assert (stored.person.full_name, stored.person.organisation_id) == ("Ada Prova", body.id)
    assert stored.person.search_key == "prova ada"
    assert enrolment.family_name == "Prva", "the copy of its time"
    assert "Your profile" in here.get("/profilo").text
    noted = db.session.scalars(select(SecurityEntry).order_by(SecurityEntry.id.desc())).first()
    assert noted is not None
    assert noted.detail == {"changed": ["language", "name", "organisation_id"]}
    here.post("/profilo/modifica", fields)
    assert events_of(account.id).count(SecurityEvent.PROFILE_CHANGED) == 1, "nothing, nothing noted"


@pytest.mark.parametrize("fields", [
    {"given_name": ""}, {"family_name": "x" * 121}, {"language": "xx"},
    {"organisation": "Ente mai visto", "organisation_choice": "new", "organisation_kind": "x"},
])  # fmt: skip
def test_wrong_data_are_told(app: Flask, fields: dict[str, str]) -> None:
    account = with_account("ada@example.org")
    here = browser(app)
    sign_in(here, "ada@example.org")
    typed = {"given_name": "Nuovo", "family_name": "Nome", "language": "it", **fields}
    assert here.post("/profilo/modifica", typed).status_code == 422
    db.session.commit()
    assert db.session.get_one(Account, account.id).person.given_name == "Ada"


def test_the_language_follows_the_account(app: Flask) -> None:
    with_account("ada@example.org")
    here = browser(app)
    sign_in(here, "ada@example.org")
    here.post("/lingua", {"language": "en", "next": "/"})
    elsewhere = browser(app)
    sign_in(elsewhere, "ada@example.org")
    assert "Your profile" in elsewhere.get("/profilo").text
