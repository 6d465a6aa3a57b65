"""One's own sessions: told apart, named, ended. A part of this room's actions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from lms.accounts.actions import end_sessions
from lms.accounts.models import UserSession
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.extensions import db
from lms.text import clean_line

SESSION_NAME_LENGTH = 60
USED_AGAIN_AFTER = timedelta(minutes=5)


def is_new_device(account_id: int, device: str) -> bool:
    """Whether this account was used before, but never from a device of this kind."""
    rows = select(UserSession.device).where(UserSession.account_id == account_id).distinct()
    known = set(db.session.scalars(rows))
    return bool(known - {""}) and device not in known


def mark_used(row: UserSession) -> None:
    """Remember when something was last sent from a session, every few minutes at most.

    Called where a request may write: a page that is only read leaves no trace, here as elsewhere.
    """
    last = row.last_used_at or row.created_at
    if now() - last >= USED_AGAIN_AFTER:
        row.last_used_at = now()


def name_session(row: UserSession, name: str) -> None:
    """Call a session by a name of one's own; an empty one takes it away."""
    row.name = clean_line(name)[:SESSION_NAME_LENGTH]


def end_own_session(row: UserSession) -> None:
    """Sign one browser out; harmless when it is out already."""
    if row.ended_at is None:
        row.ended_at = now()
        note(row.account_id, SecurityEvent.SESSION_ENDED, detail=_told(row))


def end_other_sessions(account_id: int, *, keep: int) -> None:
    """Sign out every browser but the one in use."""
    end_sessions(account_id, keep=keep)
    note(account_id, SecurityEvent.OTHER_SESSIONS_ENDED)


def _told(row: UserSession) -> dict[str, str]:
    return {"session": row.name or row.device}
