"""What is done to messages. `post` is what other rooms call; nothing here speaks to a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from lms import audit, jobs
from lms.clock import now
from lms.database import insert_new
from lms.errors import UserError
from lms.extensions import db
from lms.messages.letters import Letter
from lms.messages.models import (
    ADDRESS_LENGTH,
    JOB_KIND,
    KEY_LENGTH,
    MessageStatus,
    OutboxMessage,
)
from lms.text import clean_line

_outbox = OutboxMessage.__table__


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Translate into `language` inside the block, whatever the page's own language is."""
    with force_locale(language):
        yield


def post(
    key: str, to: str, letter: Letter, language: str = "it", *, at: datetime | None = None
) -> bool:
    """Put `letter` to the address `to` in the outbox, in the current transaction.

    `key` names the occasion ("certificate:12:issued"; administrators see it, so it is no secret):
    one already known changes nothing, and False is returned. An address nobody could write to
    becomes a failed message, not an error here. `at`: not to leave before.
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"a key has from 1 to {KEY_LENGTH} characters")
    row = {
        "key": key,
        "recipient": clean_line(to)[:ADDRESS_LENGTH],
        "language": language,
        "subject": letter.subject,
        "letter": letter.to_json(),
        "status": MessageStatus.QUEUED,
        "created_at": now(),
        "queued_at": now(),
    }
    added = db.session.scalar(insert_new(_outbox, db.engine).values(row).returning(_outbox.c.id))
    if added is None:
        return False
    jobs.enqueue(JOB_KIND, OutboxMessage.job_key(added), {"message_id": added}, run_at=at)
    return True


def send_again(message: OutboxMessage, *, by: int) -> None:
    """Queue once more what failed, or what may or may not have arrived."""
    if not may_send_again(message):
        raise UserError(_("This message cannot be sent again."), 409)
    message.status, message.queued_at, message.ended_at = MessageStatus.QUEUED, now(), None
    jobs.again(JOB_KIND, OutboxMessage.job_key(message.id), {"message_id": message.id})
    audit.record("message.sent_again", message, actor_id=by)


def may_send_again(message: OutboxMessage) -> bool:
    """Whether it ended without certain success and its letter is still kept."""
    ended = {MessageStatus.FAILED, MessageStatus.UNCERTAIN}
    return message.status in ended and message.letter is not None
