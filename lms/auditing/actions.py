"""Opening and closing a sitting."""

from __future__ import annotations

from datetime import timedelta

from lms import audit
from lms.auditing import queries
from lms.auditing.models import AuditSession
from lms.catalogue.models import Track
from lms.clock import now
from lms.extensions import db
from lms.text import clean_line

LASTS = timedelta(hours=8)


def open_session(track: Track, purpose: str, *, by: int) -> AuditSession:
    """Begin to look at a track, for a purpose; the sitting that was open ends."""
    close_session(track, by=by)
    session = AuditSession(
        person_id=by, track_id=track.id, purpose=clean_line(purpose)[:300],
        opened_at=now(), closes_at=now() + LASTS,
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    audit.record("audit.opened", session, actor_id=by, detail={"purpose": session.purpose})
    return session


def close_session(track: Track, *, by: int) -> None:
    """Stop looking; harmless when no sitting is open."""
    session = queries.open_session(by, track.id, now())
    if session is not None:
        session.closes_at = now()
        audit.record("audit.closed", session, actor_id=by)
