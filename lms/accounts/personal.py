"""What this room holds about a person: names, addresses, account, sessions, roles, security log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from lms.accounts import tax_codes
from lms.accounts.models import (
    Account,
    Person,
    PersonEmail,
    RoleGrant,
    SignInAttempt,
    UserSession,
)
from lms.accounts.models_tax_codes import TaxCode
from lms.accounts.security_log import SecurityEntry
from lms.organisations.models import Organisation
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
from lms.text import search_key

DAY = timedelta(days=1)


def accounts_held(held: Held) -> Select[tuple[int]]:
    """The accounts of people on hold."""
    return select(Account.id).where(Account.person_id.in_(held.person_ids))


def _person(who: Whose) -> Select[Any]:
    return (
        select(
            Person.given_name,
            Person.family_name,
            Organisation.name.label("organisation"),
            Person.created_at,
        )
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id == who.person_id)
    )


def _erase_person(who: Erasing) -> int:
    key = search_key(who.label)
    return run(
        update(Person)
        .where(Person.id == who.person_id)
        .values(
            given_name=who.given_name,
            family_name=who.family_name,
            search_key=key,
            organisation_id=None,
            erased_at=who.at,
        )
    )


def _emails(who: Whose) -> Select[Any]:
    rows = select(PersonEmail.address).where(PersonEmail.person_id == who.person_id)
    return rows.order_by(PersonEmail.id)


def _erase_emails(who: Erasing) -> int:
    return run(delete(PersonEmail).where(PersonEmail.person_id == who.person_id))


def _account(who: Whose) -> Select[Any]:
    row = Account
    return select(
        row.login,
        row.is_active,
        row.created_at,
        row.language,
        row.login_confirmed_at,
        row.must_change_password,
        row.password_hash.is_not(None).label("has_password"),
    ).where(row.person_id == who.person_id)


def _erase_account(who: Erasing) -> int:
    """Nobody signs in with it any more: no password, no address."""
    return run(
        update(Account)
        .where(Account.person_id == who.person_id)
        .values(
            login=None,
            password_hash=None,
            is_active=False,
            language=None,
            login_confirmed_at=None,
            must_change_password=False,
        )
    )


def _tax_code(who: Whose) -> Select[Any]:
    return select(TaxCode).where(TaxCode.person_id == who.person_id)


def _tax_code_in_full(row: Mapping[str, Any]) -> dict[str, Any]:
    kept: TaxCode = row["TaxCode"]
    return {"tax_code": tax_codes.opened(kept), "source": kept.source, "set_at": kept.set_at}


def _erase_tax_code(who: Erasing) -> int:
    return run(delete(TaxCode).where(TaxCode.person_id == who.person_id))


def _sessions(who: Whose) -> Select[Any]:
    row = UserSession
    columns = (row.name, row.device, row.network, row.created_at, row.last_used_at, row.ended_at)
    return select(*columns).where(row.account_id == who.account_id).order_by(row.id)


def _erase_sessions(who: Erasing) -> int:
    return run(delete(UserSession).where(UserSession.account_id == who.account_id))


def _roles(who: Whose) -> Select[Any]:
    row = RoleGrant
    columns = (row.role, row.granted_at, row.reason, row.ended_at, row.end_reason)
    return select(*columns).where(row.person_id == who.person_id).order_by(row.id)


def _erase_reasons(who: Erasing) -> int:
    """Who could do what, and when, stays known; why was written about the person."""
    row = RoleGrant
    written = (row.reason != "") | (row.end_reason != "")
    theirs = update(row).where(row.person_id == who.person_id, written)
    return run(theirs.values(reason="", end_reason=""))


def _log(who: Whose) -> Select[Any]:
    row = SecurityEntry
    columns = (row.at, row.event, row.device, row.network, row.detail)
    return select(*columns).where(row.account_id == who.account_id).order_by(row.id)


def _erase_log(who: Erasing) -> int:
    return run(delete(SecurityEntry).where(SecurityEntry.account_id == who.account_id))


def _forget_attempts(before: datetime, _held: Held) -> int:
    return run(delete(SignInAttempt).where(SignInAttempt.at < before))


def _forget_sessions(before: datetime, held: Held) -> int:
    row = UserSession
    over = or_(row.expires_at < before, row.ended_at < before)
    return run(delete(row).where(over, row.account_id.not_in(accounts_held(held))))


def _forget_log(before: datetime, held: Held) -> int:
    row = SecurityEntry
    return run(delete(row).where(row.at < before, row.account_id.not_in(accounts_held(held))))


declare("person", Export("person", _person), Erase(_erase_person))
declare("person_email", Export("email_addresses", _emails), Erase(_erase_emails))
declare("account", Export("account", _account), Erase(_erase_account))
declare("tax_code", Export("tax_code", _tax_code, _tax_code_in_full), Erase(_erase_tax_code))
declare("user_session", Export("sessions", _sessions), Erase(_erase_sessions))
declare("role_grant", Export("roles", _roles), Erase(_erase_reasons))
declare("security_event", Export("security_log", _log), Erase(_erase_log))
declare(
    "sign_in_attempt",
    Left("a keyed hash that nobody can read back, kept for a day"),
    Left("a keyed hash that nobody can read back, kept for a day"),
)
keep_for(
    Period(
        "sign_in_attempts", DAY, "the attempt", "failed sign-ins, as keyed hashes", _forget_attempts
    )
)
keep_for(
    Period(
        "sessions",
        90 * DAY,
        "the end of the session",
        "browsers one was signed in",
        _forget_sessions,
    )
)
keep_for(Period("security_log", 730 * DAY, "the event", "what was noted of accounts", _forget_log))
