"""What a merge moves from one record to the other; called by `actions` with both people held."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.accounts import queries as people
from lms.accounts.actions import end_sessions
from lms.accounts.models import Account, Person, PersonEmail, RoleGrant
from lms.attendance.actions_uniting import unite_presences
from lms.calendars.queries import open_feed_of
from lms.catalogue.models import CycleTrainer, LessonTrainer
from lms.clock import now
from lms.duplicates import journal, queries
from lms.duplicates.journal import Change
from lms.enrolment.actions import note_event
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.federation.models import FederatedIdentity
from lms.joining.models import NoticeAcceptance

MOST_ADVANCED_FIRST = (
    EnrolmentStatus.CONFIRMED,
    EnrolmentStatus.REQUESTED,
    EnrolmentStatus.WITHDRAWN,
    EnrolmentStatus.REFUSED,
)


def unite_enrolments(kept: Person, other: Person, by: int) -> list[int]:
    """The enrolments of `other` become `kept`'s; of two in one cycle one stays, one is closed.

    The one with a valid certificate stays; else `kept`'s own. Returns the ids of new evidence.
    """
    own = {row.cycle_id: row for row in queries.enrolments_held(kept.id)}
    written: list[int] = []
    exchanged: list[Enrolment] = []
    for theirs in queries.enrolments_held(other.id):
        mine = own.get(theirs.cycle_id)
        if mine is None:
            theirs.person_id = kept.id
            continue
        stays, goes = mine, theirs
        if queries.has_valid_certificate(theirs.id) and not queries.has_valid_certificate(mine.id):
            stays, goes = theirs, mine
            exchanged += [mine, theirs]
        _close_into(stays, goes, by)
        written += unite_presences(stays, goes, by=by)
    db.session.flush()
    owners = {kept.id: other.id, other.id: kept.id}
    journal.give(
        [Change("enrolment", e.id, None, {"person_id": owners[e.person_id]}) for e in exchanged],
        lambda change: change.after or {},
    )
    db.session.expire_all()
    return written


def _close_into(stays: Enrolment, goes: Enrolment, by: int) -> None:
    """The more advanced status and the earlier date hold for the one that stays."""
    db.session.execute(
        update(Enrolment).where(Enrolment.united_into_id == goes.id).values(united_into_id=stays.id)
    )
    stays.enrolled_at = min(stays.enrolled_at, goes.enrolled_at)
    stays.status = min(stays.status, goes.status, key=MOST_ADVANCED_FIRST.index)
    goes.status = EnrolmentStatus.WITHDRAWN
    db.session.flush()
    note_event(goes, by=by, note=_("A second record of the same person: united with the other."))
    note_event(stays, by=by, note=_("United with a second record of the same person."))


def move_belongings(kept: Person, other: Person) -> None:
    """Mail addresses, roles, notices read, trainer's assignments and the calendar's address."""
    known = {row.address for row in _all(PersonEmail, kept.id)}
    for row in _all(PersonEmail, other.id):
        if row.address not in known:
            row.person_id = kept.id
    held = {_what(grant) for grant in _all(RoleGrant, kept.id) if grant.ended_at is None}
    for grant in _all(RoleGrant, other.id):
        if grant.ended_at is not None or _what(grant) not in held:
            grant.person_id = kept.id
    read = {row.version for row in _all(NoticeAcceptance, kept.id)}
    for row in _all(NoticeAcceptance, other.id):
        if row.version not in read:
            row.person_id = kept.id
    for model, place in ((CycleTrainer, "cycle_id"), (LessonTrainer, "lesson_id")):
        there = {getattr(row, place) for row in _all(model, kept.id)}
        for row in _all(model, other.id):
            if getattr(row, place) in there:
                db.session.delete(row)
            else:
                row.person_id = kept.id
    feed = open_feed_of(other.id)
    if feed is not None and open_feed_of(kept.id) is None:
        feed.person_id = kept.id
    elif feed is not None:
        feed.revoked_at = now()


def _what(grant: RoleGrant) -> tuple[Any, ...]:
    return grant.role, grant.track_id, grant.organisation_id


def _all(model: Any, person_id: int) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.person_id == person_id)).unique())


def move_account(kept: Person, other: Person) -> Account | None:
    """The kept record's sign-in survives; of two, the other is disabled, not deleted.

    Identities at providers go to the one that survives: they are the person's, not the record's.
    Gives the account this shut, if any.
    """
    account, surviving = people.account_of(other.id), people.account_of(kept.id)
    if account is None:
        return None
    if surviving is None:
        account.person_id = kept.id
        return None
    db.session.execute(
        update(FederatedIdentity)
        .where(FederatedIdentity.account_id == account.id)
        .values(account_id=surviving.id)
    )
    was_open = account.is_active
    account.is_active = False
    end_sessions(account.id)
    return account if was_open else None
