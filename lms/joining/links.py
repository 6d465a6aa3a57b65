"""Links by mail: random, kept as a hash, good once and not for long. A part of the actions."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from sqlalchemy import delete, update

from lms.accounts.signing_in import token_hash
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.joining.models import LoginChange, MailedLink, Registration
from lms.joining.rules import FORGOTTEN_AFTER, LIFETIMES


def arm(link: MailedLink) -> str:
    """Give `link` its token, which is returned for the mail and kept nowhere."""
    token = secrets.token_urlsafe(32)
    link.token_hash, link.expires_at = token_hash(token), now() + LIFETIMES[link.purpose]
    return token


def use(link: MailedLink) -> None:
    """Spend `link`. UserError (409) for the second of two who press at once."""
    spent = db.session.execute(
        update(MailedLink)
        .where(MailedLink.id == link.id, MailedLink.used_at.is_(None))
        .values(used_at=now())
    )
    if spent.rowcount != 1:  # type: ignore[attr-defined]
        raise UserError(_("This link was used a moment ago."), 409)


def spend_all_of(account_id: int) -> None:
    """No link that was mailed for this account opens anything any more."""
    changes = db.session.query(LoginChange.id).filter(LoginChange.account_id == account_id)
    db.session.execute(
        update(MailedLink)
        .where(
            (MailedLink.account_id == account_id) | MailedLink.login_change_id.in_(changes),
            MailedLink.used_at.is_(None),
        )
        .values(used_at=now()),
        execution_options={"synchronize_session": False},
    )


def forget_old() -> None:
    """Drop what was asked long ago and what came of it, with the addresses in them."""
    before = now() - FORGOTTEN_AFTER
    for table in (MailedLink, Registration, LoginChange):
        db.session.execute(
            delete(table).where(table.asked_at < before),
            execution_options={"synchronize_session": False},
        )
