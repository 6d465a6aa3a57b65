"""What this room holds about a person: notices, registrations, addresses, links."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select

from lms.accounts.personal import accounts_held
from lms.joining.models import LoginChange, MailedLink, NoticeAcceptance, Registration
from lms.joining.rules import FORGOTTEN_AFTER
from lms.personal import (
    Erase,
    Erasing,
    Export,
    Held,
    Left,
    Period,
    Whose,
    declare,
    keep_for,
    run,
)


def _notices(who: Whose) -> Select[Any]:
    row = NoticeAcceptance
    rows = select(row.version, row.accepted_at).where(row.person_id == who.person_id)
    return rows.order_by(row.id)


def _registrations(who: Whose) -> Select[Any]:
    row = Registration
    columns = (row.email, row.given_name, row.family_name, row.language, row.notice_version)
    rows = select(*columns, row.asked_at).where(func.lower(row.email).in_(who.addresses))
    return rows.order_by(row.id)


def _erase_registrations(who: Erasing) -> int:
    return run(delete(Registration).where(func.lower(Registration.email).in_(who.addresses)))


def _changes(who: Whose) -> Select[Any]:
    row = LoginChange
    columns = (row.old_login, row.new_login, row.asked_at, row.ended_at)
    return select(*columns).where(row.account_id == who.account_id).order_by(row.id)


def _erase_changes(who: Erasing) -> int:
    return run(delete(LoginChange).where(LoginChange.account_id == who.account_id))


def _theirs(who: Whose) -> Any:
    changes = select(LoginChange.id).where(LoginChange.account_id == who.account_id)
    return or_(
        MailedLink.account_id == who.account_id,
        MailedLink.login_change_id.in_(changes),
        func.lower(MailedLink.address).in_(who.addresses),
    )


def _links(who: Whose) -> Select[Any]:
    row = MailedLink
    columns = (row.purpose, row.address, row.asked_at, row.expires_at, row.used_at)
    return select(*columns).where(_theirs(who)).order_by(row.id)


def _erase_links(who: Erasing) -> int:
    return run(delete(MailedLink).where(_theirs(who)))


def _forget_links(before: datetime, _held: Held) -> int:
    return run(delete(MailedLink).where(MailedLink.asked_at < before))


def _forget_registrations(before: datetime, _held: Held) -> int:
    return run(delete(Registration).where(Registration.asked_at < before))


def _forget_changes(before: datetime, held: Held) -> int:
    row = LoginChange
    spoken_of = select(MailedLink.id).where(MailedLink.login_change_id == row.id).exists()
    old = (row.ended_at < before) & ~spoken_of
    return run(delete(row).where(old, row.account_id.not_in(accounts_held(held))))


declare(
    "notice_acceptance",
    Export("privacy_notices", _notices),
    Left("proves that the notice was read; holds a version and a date, no words"),
)
declare("registration", Export("registrations", _registrations), Erase(_erase_registrations))
declare("login_change", Export("changes_of_address", _changes), Erase(_erase_changes))
declare("mailed_link", Export("links_by_mail", _links), Erase(_erase_links))
keep_for(
    Period("links_by_mail", FORGOTTEN_AFTER, "the question", "links sent by mail", _forget_links)
)
keep_for(
    Period(
        "registrations",
        FORGOTTEN_AFTER,
        "the question",
        "registrations, confirmed or never confirmed",
        _forget_registrations,
    )
)
keep_for(
    Period(
        "changes_of_address",
        timedelta(days=730),
        "the end of the change",
        "old and new address of a change",
        _forget_changes,
    )
)
