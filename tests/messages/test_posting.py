"""Posting: a row and a job in the change's own transaction, once for a key."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.extensions import db
from lms.jobs import Job
from lms.messages.actions import in_language, post
from lms.messages.letters import Button, Letter
from lms.messages.models import MessageStatus, OutboxMessage

LETTER = Letter("Prova", ("Una riga.",), Button("Apri", "https://example.it/x"), ("Saluti.",))


def rows() -> list[OutboxMessage]:
    return list(db.session.query(OutboxMessage).order_by(OutboxMessage.id))


def test_a_message_and_its_job_are_written_together(app: Flask) -> None:
    assert post("prova:1", "ada@example.org", LETTER)
    db.session.commit()
    (row,) = rows()
    assert (row.status, row.attempts, row.language) == (MessageStatus.QUEUED, 0, "it")
    assert row.letter
    assert Letter.from_json(row.letter) == LETTER
    (job,) = db.session.query(Job)
    assert job.payload == {"message_id": row.id}


def test_a_known_key_changes_nothing(app: Flask) -> None:
    assert post("prova:1", "ada@example.org", LETTER)
    db.session.commit()
    assert not post("prova:1", "altra@example.org", Letter("Altra", ("Altro.",)), "en")
    db.session.commit()
    assert [(row.recipient, row.subject) for row in rows()] == [("ada@example.org", "Prova")]
    assert db.session.query(Job).count() == 1


def test_a_transaction_that_rolled_back_posts_nothing(app: Flask) -> None:
    post("prova:1", "ada@example.org", LETTER)
    db.session.rollback()
    assert rows() == []
    assert db.session.query(Job).count() == 0
    assert post("prova:1", "ada@example.org", LETTER)  # the key was not used up


def test_two_at_once_post_one_message(app: Flask) -> None:
    start, answers = threading.Barrier(4), []

    def ask() -> None:
        with app.app_context():
            start.wait()
            answers.append(post("prova:1", "ada@example.org", LETTER))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]
    assert len(rows()) == 1
    assert db.session.query(Job).count() == 1


def test_a_letter_is_written_in_its_own_language(app: Flask) -> None:
    lazy = _l("Sign in")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        with in_language("it"):
            italian = Letter(_("Sign in"), (lazy,), Button(lazy, "https://example.it/"))
        assert _("Sign in") == "Sign in"
    assert italian.subject == "Accedi"
    assert italian.paragraphs == ("Accedi",)
    assert italian.button
    assert italian.button.label == "Accedi"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/accedi", "//example.it", "https://example.it/\r\nx", "ftp://x"]
)
def test_a_button_leads_to_a_whole_address(url: str) -> None:
    with pytest.raises(ValueError):
        Button("Apri", url)


def test_a_letter_says_something() -> None:
    with pytest.raises(ValueError):
        Letter("Prova", ())
    with pytest.raises(ValueError):
        Letter("\r\n", ("Una riga.",))


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_its_measure(app: Flask, key: str) -> None:
    with pytest.raises(ValueError):
        post(key, "ada@example.org", LETTER)
