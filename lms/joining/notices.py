"""Which privacy notice is in force, and who has read it. A part of this room's actions."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from lms.clock import now
from lms.config import Settings
from lms.extensions import db
from lms.joining.models import NoticeAcceptance
from lms.joining.queries import has_accepted


def notice_in_force() -> str:
    """The version of the notice that is shown today."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.privacy_version


def accept_notice(person_id: int, version: str, *, at: datetime | None = None) -> None:
    """Note that the person has read `version`; the first time counts."""
    if not has_accepted(person_id, version):
        acceptance = NoticeAcceptance(person_id=person_id, version=version, accepted_at=at or now())
        db.session.add(acceptance)
        db.session.flush()
