"""Who can be written to, where, and in which language."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from lms.accounts.models import Account, PersonEmail
from lms.accounts.writing import Reader, owner_of, readers_of, write
from lms.extensions import db
from lms.messages.letters import Letter
from lms.messages.models import OutboxMessage
from tests import factories
from tests.accounts.people import with_account


def account(**changes: object) -> Account:
    """Somebody who signs in with one address and has another in their record."""
    found = with_account("ada@example.org", factories.person(email="altra@example.org"))
    for name, value in changes.items():
        setattr(found, name, value)
    db.session.commit()
    return found


def test_the_address_of_the_sign_in_comes_first(app: Flask) -> None:
    english = account(language="en")
    alone = factories.person(email="bruno@example.org")
    silent = factories.person()
    db.session.execute(delete(PersonEmail).where(PersonEmail.person_id == silent.id))
    db.session.commit()
    assert readers_of([english.person_id, alone.id, silent.id]) == {
        english.person_id: Reader("ada@example.org", "en"),
        alone.id: Reader("bruno@example.org", "it"),
    }


def test_who_cannot_enter_is_not_written_to_at_another_address(app: Flask) -> None:
    assert readers_of([account(is_active=False).person_id]) == {}


def test_a_sign_in_that_is_no_address_is_not_written_to(app: Flask) -> None:
    numbered = account(login="matricola-7")
    assert readers_of([numbered.person_id])[numbered.person_id].address == "altra@example.org"
    write("nobody", owner_of(numbered), lambda: Letter("Oggetto", ("Testo",)))
    assert db.session.query(OutboxMessage).count() == 0
