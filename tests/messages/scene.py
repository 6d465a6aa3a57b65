"""Posting and sending, as tests say it."""

from __future__ import annotations

from lms import jobs
from lms.extensions import db
from lms.jobs import Job
from lms.messages.actions import post
from lms.messages.letters import Button, Letter
from lms.messages.models import OutboxMessage

LETTER = Letter(
    "Conferma l’indirizzo",
    ("Perché no? È l’unico passo.", ".", "Una riga con = e un punto alla fine."),
    Button("Conferma", "https://formazione.example.it/conferma/" + "x" * 90),
    ("Il collegamento vale un’ora.",),
)


def posted(key: str = "prova:1", to: str = "ada@example.org", letter: Letter = LETTER) -> int:
    """Post, commit, and give the message's id."""
    post(key, to, letter)
    db.session.commit()
    return row(key).id


def row(key: str = "prova:1") -> OutboxMessage:
    """The message as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(OutboxMessage).filter_by(key=key).one()


def job_of(message_id: int) -> Job:
    """Its job, as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Job).filter_by(key=OutboxMessage.job_key(message_id)).one()


def work() -> int:
    """Let the worker do what is due; how many jobs it carried out."""
    return jobs.run_until_empty()
