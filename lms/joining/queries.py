"""Every question to this room's tables."""

from __future__ import annotations

from sqlalchemy import select

from lms.accounts import queries as accounts
from lms.clock import now
from lms.extensions import db
from lms.joining.models import LoginChange, MailedLink, NoticeAcceptance
from lms.joining.rules import Known, LinkPurpose
from lms.text import clean_line


def link_with(token_hash: str, purposes: frozenset[LinkPurpose]) -> MailedLink | None:
    """The link with this token, if it is for one of `purposes` and still good."""
    found = db.session.scalar(select(MailedLink).where(MailedLink.token_hash == token_hash))
    if found is None or found.purpose not in purposes or found.used_at is not None:
        return None
    return found if found.expires_at is not None and found.expires_at > now() else None


def known_under(address: str) -> list[Known]:
    """Everybody who has this mail address, with an account or without."""
    people = accounts.by_addresses([address])[address]
    held = accounts.accounts_of([person.id for person in people])
    return [Known(one.id, clean_line(one.sorted_name), one.id in held) for one in people]


def open_change(account_id: int) -> LoginChange | None:
    """The change of address the account has under way."""
    return db.session.scalar(
        select(LoginChange).where(
            LoginChange.account_id == account_id, LoginChange.ended_at.is_(None)
        )
    )


def has_accepted(person_id: int, version: str) -> bool:
    """Whether the person has accepted this version of the privacy notice."""
    rows = select(NoticeAcceptance.id).where(
        NoticeAcceptance.person_id == person_id, NoticeAcceptance.version == version
    )
    return db.session.scalar(rows) is not None
