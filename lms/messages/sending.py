"""The job that sends one message: at most one mail server takes it, and at most once.

A message is QUEUED until its whole content lies with the server, SENDING from just before the
closing dot until the answer is committed. A worker that finds SENDING knows that another died in
between: it cannot know the answer, so it sends nothing and says UNCERTAIN (docs/adr/0008).
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import true, update
from sqlalchemy.exc import DBAPIError

from lms import jobs
from lms.clock import now
from lms.config import Settings
from lms.extensions import db
from lms.mailserver import MailServer, Sender
from lms.messages import transport
from lms.messages.letters import Letter
from lms.messages.models import ENDED, JOB_KIND, MessageStatus, OutboxMessage
from lms.messages.rendering import compose
from lms.messages.rules import OwnReason, delay_after, envelope_address, message_id
from lms.messages.transport import NotNowError, RefusedError

STEPS = 15  # more than a conversation has, each as long as the timeout
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds, while the database is away
HANDING_OVER = timedelta(seconds=2 * transport.ANSWER_SECONDS)
PAUSE = timedelta(minutes=1)  # for all messages, when the server itself is out of reach
OTHER_WORKER = timedelta(hours=1)  # longer than its leases

log = logging.getLogger(__name__)


class _OvertakenError(Exception):
    """Another worker has this message: whatever it does counts."""

    names_no_values = True


@dataclass(frozen=True)
class _Attempt:
    """One try at one message; what it writes counts only while no later try has begun."""

    message_id: int
    number: int
    queued_at: datetime

    def note(self, status: MessageStatus, *, was: MessageStatus | None = None, **more: Any) -> None:
        """Write how the message stands and commit, unless another worker has it by now.

        `was`: only if it stands so until then.
        """
        mine = (OutboxMessage.id == self.message_id) & (OutboxMessage.attempts == self.number)
        as_it_was = true() if was is None else OutboxMessage.status == was
        written = db.session.scalar(
            update(OutboxMessage)
            .where(mine, as_it_was)
            .values(status=status, **more)
            .returning(OutboxMessage.id)
        )
        if written is None:
            raise _OvertakenError
        db.session.commit()

    def end(self, status: MessageStatus, answer: str | None = None, **values: Any) -> None:
        """The last word on the message."""
        self.note(status, answer=answer, ended_at=now(), **values)

    def taken(self, answer: str) -> None:
        """The server has it: write so, even through a short absence of the database.

        The letter is dropped: it may hold a secret link, and nobody needs it any more.
        """
        for pause in PAUSES:
            try:
                self.end(MessageStatus.SENT, answer, letter=None)
            except DBAPIError:
                log.exception("sent, not yet noted", extra={"outbox_message": self.message_id})
                db.session.rollback()
                time.sleep(pause)
            else:
                return
        self.end(MessageStatus.SENT, answer, letter=None)


@jobs.handler(JOB_KIND)
def send_message(job: jobs.Job) -> None:
    """Try once; what fails for now comes back later, what fails for good stays visible."""
    message = db.session.get(OutboxMessage, job.payload["message_id"])
    if message is None or message.status in ENDED:
        return
    attempt = _Attempt(message.id, message.attempts + 1, message.queued_at)
    died = message.status is MessageStatus.SENDING
    message.attempts, message.tried_at = attempt.number, now()
    db.session.flush()
    try:
        if died:
            log.warning("message uncertain", extra={"outbox_message": attempt.message_id})
            attempt.end(MessageStatus.UNCERTAIN)
        else:
            _try(job, message, attempt)
    except _OvertakenError as error:
        db.session.rollback()
        raise jobs.TryAgain(OTHER_WORKER, "another worker is at it") from error


def _try(job: jobs.Job, message: OutboxMessage, attempt: _Attempt) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    server, sender = settings.mail_server, settings.mail_from
    if server is None or sender is None:
        _without_server(attempt, kept=settings.keeps_mail)
        return
    jobs.hold(job, timedelta(seconds=STEPS * server.timeout))
    try:
        _send(job, message, attempt, server, sender)
    except RefusedError as error:
        db.session.rollback()
        log.warning("message refused", extra={"outbox_message": attempt.message_id})
        attempt.end(MessageStatus.FAILED, str(error))
    except NotNowError as error:
        db.session.rollback()
        if error.everybody:
            jobs.postpone(JOB_KIND, now() + PAUSE)
        _later(attempt, str(error))
    except _OvertakenError:
        raise
    except Exception:
        db.session.rollback()
        log.exception("message not sent", extra={"outbox_message": attempt.message_id})
        _fault(attempt)


def _fault(attempt: _Attempt) -> None:
    """A fault of ours: once the message was being handed over, it says nothing of the server."""
    try:
        _later(attempt, OwnReason.OUR_FAULT, was=MessageStatus.QUEUED)
    except _OvertakenError:  # by ourselves, unless this is refused as well
        attempt.end(MessageStatus.UNCERTAIN)


def _without_server(attempt: _Attempt, *, kept: bool) -> None:
    """The demonstration shows its mail on a page; elsewhere this says what is missing."""
    if kept:
        attempt.end(MessageStatus.SENT, OwnReason.KEPT_HERE)
    else:
        attempt.end(MessageStatus.FAILED, OwnReason.NO_SERVER)


def _send(
    job: jobs.Job, message: OutboxMessage, attempt: _Attempt, server: MailServer, sender: Sender
) -> None:
    recipient = envelope_address(message.recipient)
    if recipient is None or message.letter is None:
        raise RefusedError(OwnReason.NO_ADDRESS)
    content = compose(
        Letter.from_json(message.letter),
        language=message.language,
        sender=sender,
        recipient=recipient,
        message_id=message_id(message.key, sender.domain),
        written_at=message.created_at,
    )
    more = jobs.others_are_due(job)
    db.session.rollback()  # a slow server shall not keep a transaction open

    def mark() -> None:
        try:
            jobs.hold(job, HANDING_OVER)
            attempt.note(MessageStatus.SENDING, was=MessageStatus.QUEUED)
        except DBAPIError as error:  # noted or not: without the end, nothing is handed over
            raise NotNowError(OwnReason.OUR_FAULT) from error

    with transport.connected(server, more=more) as smtp:
        answer = transport.hand_over(smtp, sender.address, recipient, content, before_end=mark)
        attempt.taken(answer)


def _later(attempt: _Attempt, why: str, was: MessageStatus | None = None) -> None:
    delay = delay_after(attempt.number, now() - attempt.queued_at)
    if delay is None:
        attempt.end(MessageStatus.FAILED, why, was=was)
        return
    attempt.note(MessageStatus.QUEUED, answer=why, was=was)
    raise jobs.TryAgain(delay, "the mail could not leave yet")  # `why` may hold the address
