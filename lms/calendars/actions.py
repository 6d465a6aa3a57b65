"""What is done to personal calendars: making an address, replacing it, revoking it."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.accounts.signing_in import token_hash
from lms.calendars.models import CalendarFeed
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db

TOKEN_BYTES = 32


def create_feed(person_id: int, language: str, *, by: int | None) -> str:
    """Open this person's feed and return its token, which nobody can ever read again.

    Raises `UserError` (409) when one is open already, also when two ask at once.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed(
        person_id=person_id, token_hash=token_hash(token), language=language, created_at=now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(feed)
    except IntegrityError as error:  # the index that allows one open feed a person
        raise UserError(
            _("Your calendar already has an address. If you have lost it, replace it."), 409
        ) from error
    audit.record("calendar_feed.created", feed, actor_id=by)
    return token


def replace_feed(person_id: int, feed_id: int, language: str, *, by: int | None) -> str:
    """Revoke the feed `feed_id` of this person and open a new one; returns its token.

    Raises `UserError` (409) when `feed_id` is not the one open: the same page sent twice must not
    kill the address that its first answer showed.
    """
    revoke_feed(person_id, feed_id, by=by)
    return create_feed(person_id, language, by=by)


def revoke_feed(person_id: int, feed_id: int, *, by: int | None) -> None:
    """Close the feed `feed_id` of this person for good: its address is dead at once.

    Raises `UserError` (409) when it is not open, or not this person's.
    """
    closed = db.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.id == feed_id,
            CalendarFeed.person_id == person_id,
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=now())
    )
    if closed.rowcount != 1:  # type: ignore[attr-defined]
        raise UserError(_("This address has already been replaced or revoked."), 409)
    feed = db.session.get_one(CalendarFeed, feed_id)
    audit.record("calendar_feed.revoked", feed, actor_id=by)
