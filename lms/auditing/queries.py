"""What auditors are shown: their tracks and sittings; and the log of looks, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from lms.accounts.models import Person
from lms.accounts.scopes import Reach
from lms.auditing.models import AuditSession
from lms.catalogue.models import Cycle, CycleStatus, Track
from lms.extensions import db
from lms.lists import has_words
from lms.looks import AccessLook
from lms.pages import PAGE_SIZE, Page, page_number

AUDITABLE = (CycleStatus.PUBLISHED, CycleStatus.CLOSED, CycleStatus.ARCHIVED)


def open_session(person_id: int, track_id: int, instant: datetime) -> AuditSession | None:
    """The auditor's sitting on this track that is open now."""
    return db.session.scalar(
        select(AuditSession)
        .where(
            AuditSession.person_id == person_id,
            AuditSession.track_id == track_id,
            AuditSession.closes_at > instant,
        )
        .order_by(AuditSession.id.desc())
        .limit(1)
    )


def tracks(
    reach: Reach, person_id: int, instant: datetime
) -> list[tuple[Track, AuditSession | None]]:
    """The tracks one audits, each with the sitting that is open."""
    open_now = and_(
        AuditSession.track_id == Track.id,
        AuditSession.person_id == person_id,
        AuditSession.closes_at > instant,
    )
    rows = db.session.execute(
        select(Track, AuditSession)
        .outerjoin(AuditSession, open_now)
        .where(reach.holds(Track.id))
        .order_by(Track.title, AuditSession.id.desc())
    )
    found: dict[int, tuple[Track, AuditSession | None]] = {}
    for track, session in rows:
        found.setdefault(track.id, (track, session))
    return list(found.values())


def cycles(track_id: int, text: str) -> Select[Any]:
    """The cycles of a track that began, drafts left out; the latest first."""
    return (
        select(Cycle)
        .where(
            Cycle.track_id == track_id,
            Cycle.status.in_(AUDITABLE),
            has_words(Cycle.search_key, text),
        )
        .order_by(Cycle.id.desc())
    )


@dataclass(frozen=True)
class Look:
    """One line of the log."""

    look: AccessLook
    actor: str
    person: str


def looks(text: str) -> Page[Look]:
    """The page asked for of the log, the latest look first; `text` is sought in both names."""
    actor, person = aliased(Person), aliased(Person)
    keys = actor.search_key + " " + func.coalesce(person.search_key, "")
    found = (
        select(AccessLook, actor, person)
        .outerjoin(actor, actor.id == AccessLook.actor_id)
        .outerjoin(person, person.id == AccessLook.person_id)
        .order_by(AccessLook.id.desc())
    )
    if text:
        found = found.where(has_words(keys, text))
    counted = select(func.count()).select_from(found.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    number = min(page_number(), max(1, -(-total // PAGE_SIZE)))
    rows = db.session.execute(found.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).unique()
    items = [
        Look(look, by.full_name if by else "", whom.full_name if whom else "")
        for look, by, whom in rows
    ]
    return Page(items, number, PAGE_SIZE, total)
