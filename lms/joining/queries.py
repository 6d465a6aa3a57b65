"""Every question to this room's tables."""

from __future__ import annotations

from sqlalchemy import select

from lms.accounts import queries as accounts
from lms.accounts.models import Account
from lms.accounts.security_log import PASSWORD_CHANGES, SecurityEntry
from lms.clock import now
from lms.extensions import db
from lms.joining.models import LoginChange, MailedLink, NoticeAcceptance
from lms.joining.rules import LIFETIMES, Known, LinkPurpose
from lms.text import clean_line


def link_with(token_hash: str, purposes: frozenset[LinkPurpose]) -> MailedLink | None:
    """The link with this token, if it is for one of `purposes` and still good.

    One that sets a password dies with anything that happened to the account since.
    """
    found = db.session.scalar(select(MailedLink).where(MailedLink.token_hash == token_hash))
    if found is None or found.purpose not in purposes or found.used_at is not None:
        return None
    if found.expires_at is None or found.expires_at <= now():
        return None
    return found if found.account is None or still_fits(found, found.account) else None


def still_fits(link: MailedLink, account: Account) -> bool:
    """Whether the account is as it was when the link was asked for."""
    if not account.is_active or account.login != link.address:
        return False
    changed = select(SecurityEntry.id).where(
        SecurityEntry.account_id == account.id,
        SecurityEntry.event.in_(PASSWORD_CHANGES),
        SecurityEntry.at >= link.asked_at,
    )
    return db.session.scalar(changed.limit(1)) is None


def known_under(address: str) -> list[Known]:
    """Everybody who has this mail address, with an account or without."""
    people = accounts.by_addresses([address])[address]
    held = accounts.accounts_of([person.id for person in people])
    return [Known(one.id, clean_line(one.sorted_name), one.id in held) for one in people]


def change_under_way(account_id: int) -> LoginChange | None:
    """The change of address that waits for its mailboxes; None when its links are dead."""
    change = open_change(account_id)
    dead = now() - LIFETIMES[LinkPurpose.OLD_LOGIN]
    return change if change is not None and change.asked_at > dead else None


def open_change(account_id: int) -> LoginChange | None:
    """The change of address that was neither made nor called off, however old."""
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
