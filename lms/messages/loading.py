"""How messages are loaded for `lms.access`; the demonstration's mail exists nowhere else."""

from __future__ import annotations

from typing import Any

from flask import current_app

from lms.access import Subject, loader
from lms.config import Settings
from lms.extensions import db
from lms.messages.models import OutboxMessage


@loader("message")
def _message(message_id: int, **_rest: Any) -> Subject | None:
    message = db.session.get(OutboxMessage, message_id)
    return Subject(message) if message else None


@loader("local_mail")
def _local_mail(message_id: int | None = None, **_rest: Any) -> Subject | None:
    """All of it, or one letter: only where letters stay here instead of leaving."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.keeps_mail:
        return None
    if message_id is None:
        return Subject(settings)
    message = db.session.get(OutboxMessage, message_id)
    return Subject(message) if message and message.letter else None
