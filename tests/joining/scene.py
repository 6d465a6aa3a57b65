"""Asking for links, letting the worker answer, opening what arrived."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from lms import jobs
from lms.extensions import db
from lms.joining.asking import ANSWERS
from lms.messages.models import OutboxMessage
from tests import factories
from tests.client import PercorsoClient

PASSWORD = "la neve di aprile"
EMAIL = "nuova@example.org"
WISH = {
    "given_name": "Bianca", "family_name": "Nuova", "email": EMAIL, "language": "it", "notice": "y",
}  # fmt: skip


def work() -> None:
    """The worker answers; what it writes stays in the outbox."""
    db.session.commit()
    while jobs.run_one(ANSWERS):
        pass


def letters_to(address: str) -> list[Any]:
    """What was written to an address, the oldest first; no transaction stays open behind it."""
    db.session.commit()
    kept = (OutboxMessage.subject, OutboxMessage.language, OutboxMessage.letter)
    rows = select(*kept).where(OutboxMessage.recipient == address).order_by(OutboxMessage.id)
    found = list(db.session.execute(rows))
    db.session.rollback()
    return found


def subjects_to(address: str) -> list[str]:
    return [row.subject for row in letters_to(address)]


def whole_link(address: str, about: str = "") -> str:
    """The button of the last letter to an address (whose subject holds `about`)."""
    letter = [row for row in letters_to(address) if about in row.subject][-1].letter
    assert letter is not None
    return str(letter["button"]["url"])


def link(address: str, about: str = "") -> str:
    """Its path."""
    return re.sub(r"^https?://[^/]+", "", whole_link(address, about))


def register(client: PercorsoClient, **more: Any) -> Any:
    return client.post("/registrati", {**WISH, **more})


def ask_for_reset(client: PercorsoClient, address: str) -> Any:
    return client.post("/password-dimenticata", {"email": address})


def choose(client: PercorsoClient, path: str, password: str = PASSWORD, **more: str) -> Any:
    """Fill the page behind a link."""
    response = client.post(path, {"password": password, "again": password, **more})
    client._csrf = None
    return response


def office(app: Any) -> PercorsoClient:
    """A browser in which an organiser is signed in."""
    return PercorsoClient(app).sign_in(factories.organiser())
