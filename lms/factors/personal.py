"""What this room holds about a person: their second factors, never the secrets in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, select

from lms.accounts.models import UserSession
from lms.factors.models import (
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondStep,
    SessionProof,
    TotpFactor,
)
from lms.personal import Erase, Erasing, Export, Left, Whose, declare, run

SECRET = Left("lives for minutes and is a secret of the sign-in")


def _apps(who: Whose) -> Select[Any]:
    row = TotpFactor
    rows = select(row.created_at, row.confirmed_at).where(row.account_id == who.account_id)
    return rows.order_by(row.id)


def _erase_apps(who: Erasing) -> int:
    return run(delete(TotpFactor).where(TotpFactor.account_id == who.account_id))


def _passkeys(who: Whose) -> Select[Any]:
    row = Passkey
    rows = select(row.name, row.created_at, row.used_at).where(row.account_id == who.account_id)
    return rows.order_by(row.id)


def _erase_passkeys(who: Erasing) -> int:
    return run(delete(Passkey).where(Passkey.account_id == who.account_id))


def _codes(who: Whose) -> Select[Any]:
    row = RecoveryCode
    rows = select(row.created_at, row.used_at).where(row.account_id == who.account_id)
    return rows.order_by(row.id)


def _erase_codes(who: Erasing) -> int:
    return run(delete(RecoveryCode).where(RecoveryCode.account_id == who.account_id))


def _erase_steps(who: Erasing) -> int:
    return run(delete(SecondStep).where(SecondStep.account_id == who.account_id))


def _erase_challenges(who: Erasing) -> int:
    steps = select(SecondStep.id).where(SecondStep.account_id == who.account_id)
    row = PasskeyChallenge
    theirs = row.session_id.in_(_sessions(who)) | row.second_step_id.in_(steps)
    return run(delete(row).where(theirs))


def _erase_proofs(who: Erasing) -> int:
    return run(delete(SessionProof).where(SessionProof.session_id.in_(_sessions(who))))


def _sessions(who: Whose) -> Select[tuple[int]]:
    return select(UserSession.id).where(UserSession.account_id == who.account_id)


declare("totp_factor", Export("authenticator_apps", _apps), Erase(_erase_apps))
declare("passkey", Export("passkeys", _passkeys), Erase(_erase_passkeys))
declare("recovery_code", Export("recovery_codes", _codes), Erase(_erase_codes))
declare("second_step", SECRET, Erase(_erase_steps))
declare("passkey_challenge", SECRET, Erase(_erase_challenges))
declare("session_proof", SECRET, Erase(_erase_proofs))
