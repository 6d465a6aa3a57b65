"""What is done to messages. `post` is what other rooms call; nothing here speaks to a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import force_locale
from sqlalchemy.dialects import postgresql, sqlite

from lms import jobs
from lms.clock import now
from lms.extensions import db
from lms.messages.letters import Letter
from lms.messages.models import ADDRESS_LENGTH, KEY_LENGTH, MessageStatus, OutboxMessage
from lms.text import clean_line

JOB_KIND = "send_message"

_outbox = OutboxMessage.__table__


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Translate into `language` inside the block, whatever the page's own language is."""
    with force_locale(language):
        yield


def post(key: str, to: str, letter: Letter, language: str = "it") -> bool:
    """Put `letter` to the address `to` in the outbox, in the current transaction.

    `key` names the occasion ("certificate:12:issued"): one already known changes nothing, and
    False is returned. An address nobody could write to is a failed row, not an error here.
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"a key has from 1 to {KEY_LENGTH} characters")
    kind = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {
        "key": key,
        "recipient": clean_line(to)[:ADDRESS_LENGTH],
        "language": language,
        "subject": letter.subject,
        "letter": letter.to_json(),
        "status": MessageStatus.QUEUED,
        "created_at": now(),
    }
    added = db.session.scalar(
        kind.insert(_outbox).values(row).on_conflict_do_nothing().returning(_outbox.c.id)
    )
    if added is None:
        return False
    jobs.enqueue(JOB_KIND, job_key(added), {"message_id": added})
    return True


def job_key(message_id: int) -> str:
    """The key of the job that sends a message."""
    return f"message:{message_id}"
