"""Setting up, using and removing authenticator apps and recovery codes; the whole reset."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, or_, update

from lms.accounts.actions import end_sessions
from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.factors import queries
from lms.factors.models import Passkey, RecoveryCode, SecondStep, TotpFactor
from lms.factors.rules import (
    RECOVERY_CODES,
    matching_step,
    new_recovery_code,
    new_totp_secret,
    read_recovery_code,
)
from lms.factors.telling import tell
from lms.secretbox import is_current, open_sealed, seal

PURPOSE = "factors.totp"


def start_totp(account_id: int) -> None:
    """Draw a secret for an app; it counts for nothing until a code confirms it."""
    pending = TotpFactor.confirmed_at.is_(None)
    db.session.execute(delete(TotpFactor).where(TotpFactor.account_id == account_id, pending))
    sealed = seal(new_totp_secret(), PURPOSE, of=str(account_id))
    db.session.add(TotpFactor(account_id=account_id, sealed_secret=sealed, created_at=now()))
    db.session.flush()


def secret_of(factor: TotpFactor) -> str:
    """The secret in clear: to be shown while it is set up, or to check a code."""
    return open_sealed(factor.sealed_secret, PURPOSE, of=str(factor.account_id))


def confirm_totp(account: Account, code: str, *, session_id: int) -> list[str]:
    """The app counts from now on, in the place of an earlier one. UserError if the code is wrong.

    Gives recovery codes, to be shown this once, when it is the first factor.
    """
    factor = queries.pending_totp_of(account.id)
    if factor is None:
        raise UserError(_("This set-up is no longer open: begin again."), 409)
    step = matching_step(secret_of(factor), code, now())
    if step is None:
        raise UserError(
            _("This code is not right. Wait for the next one; the telephone's clock must be right.")
        )
    first = not queries.has_factor(account.id)
    earlier = TotpFactor.confirmed_at.is_not(None)
    db.session.execute(delete(TotpFactor).where(TotpFactor.account_id == account.id, earlier))
    factor.confirmed_at, factor.last_step = now(), step
    db.session.flush()
    return added(account, SecurityEvent.APP_ADDED, first=first, session_id=session_id)


def added(
    account: Account,
    event: SecurityEvent,
    *,
    first: bool,
    session_id: int,
    detail: dict[str, Any] | None = None,
) -> list[str]:
    """What follows a new factor: it is told, other browsers are out, the first brings codes."""
    tell(account, event, by=account.person_id, detail=detail)
    end_sessions(account.id, keep=session_id)
    return _draw_codes(account.id) if first else []


def use_totp(account_id: int, code: str) -> bool:
    """Whether `code` is right now and neither it nor a later one was used before."""
    factor = queries.totp_of(account_id)
    if factor is None:
        return False
    step = matching_step(secret_of(factor), code, now())
    if step is None:
        return False
    # Of two requests with the same code at once, one changes the row.
    unused = or_(TotpFactor.last_step.is_(None), TotpFactor.last_step < step)
    return _changed_one(
        update(TotpFactor).where(TotpFactor.id == factor.id, unused).values(last_step=step)
    )


def use_recovery_code(account_id: int, code: str) -> bool:
    """Whether `code` is one of the account's that nobody used; now it is used."""
    unused = RecoveryCode.used_at.is_(None)
    right = _changed_one(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id, RecoveryCode.code_hash == code_hash(code), unused
        )
        .values(used_at=now())
    )
    if right:
        account = db.session.get_one(Account, account_id)
        left = {"left": queries.factors_of(account_id).codes_left}
        tell(account, SecurityEvent.RECOVERY_CODE_USED, by=account.person_id, detail=left)
    return right


def make_codes(account: Account) -> list[str]:
    """New recovery codes in the place of all earlier ones, to be shown this once."""
    if not queries.has_factor(account.id):
        raise UserError(_("Set up a second factor first: recovery codes stand in for it."), 409)
    tell(account, SecurityEvent.RECOVERY_CODES_MADE, by=account.person_id)
    return _draw_codes(account.id)


def _draw_codes(account_id: int) -> list[str]:
    codes = [new_recovery_code() for _number in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    db.session.add_all(
        RecoveryCode(account_id=account_id, code_hash=code_hash(code), created_at=now())
        for code in codes
    )
    db.session.flush()
    return codes


def code_hash(code: str) -> str:
    """A recovery code as stored: SHA-256 is enough for 120 random bits."""
    return hashlib.sha256(read_recovery_code(code).encode()).hexdigest()


def remove_totp(account: Account, *, session_id: int, demanded: bool) -> None:
    """Take the app away; harmless when there is none. 409 for the last factor of who needs one."""
    factor = queries.totp_of(account.id)
    if factor is not None:
        _remove(account, factor, demanded=demanded, session_id=session_id)
        tell(account, SecurityEvent.APP_REMOVED, by=account.person_id)


def remove_passkey(account: Account, passkey: Passkey, *, session_id: int, demanded: bool) -> None:
    """Take a passkey away. 409 for the last factor of somebody who needs one."""
    _remove(account, passkey, demanded=demanded, session_id=session_id)
    name = {"name": passkey.name}
    tell(account, SecurityEvent.PASSKEY_REMOVED, by=account.person_id, detail=name)


def rename_passkey(passkey: Passkey, name: str) -> None:
    """Call a passkey by another name, which no other of the account has. It opens nothing new."""
    if name == passkey.name:
        return
    if name in {other.name for other in queries.passkeys_of(passkey.account_id)}:
        raise UserError(_("You already have a passkey of this name: choose another."))
    detail = {"from": passkey.name, "name": name}
    passkey.name = name
    db.session.flush()
    note(passkey.account_id, SecurityEvent.PASSKEY_RENAMED, detail=detail)


def _remove(
    account: Account, factor: TotpFactor | Passkey, *, demanded: bool, session_id: int
) -> None:
    if demanded and queries.factors_of(account.id).count == 1:
        raise UserError(
            _("Your role needs a second factor: add another one first, then remove this."), 409
        )
    db.session.delete(factor)
    db.session.flush()
    if not queries.has_factor(account.id):
        _forget_all(account.id)
    end_sessions(account.id, keep=session_id)


def reset(account: Account, *, by: int | None) -> bool:
    """Take every factor away and sign the person out everywhere; False when there was none.

    For who lost them all. Nobody resets their own: they remove them, which asks for a proof.
    """
    if account.person_id == by:
        raise UserError(_("Remove your own factors on your own page."), 409)
    if not queries.has_factor(account.id):
        return False
    _forget_all(account.id)
    end_sessions(account.id)
    tell(account, SecurityEvent.FACTORS_RESET, by=by)
    return True


def _forget_all(account_id: int) -> None:
    for table in (TotpFactor, Passkey, RecoveryCode, SecondStep):
        db.session.execute(delete(table).where(table.account_id == account_id))


def reseal() -> int:
    """Seal again by the newest key what an older one sealed; how many there were."""
    stale = [row for row in db.session.query(TotpFactor) if not is_current(row.sealed_secret)]
    for row in stale:
        row.sealed_secret = seal(secret_of(row), PURPOSE, of=str(row.account_id))
    return len(stale)


def _changed_one(statement: Any) -> bool:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount == 1
