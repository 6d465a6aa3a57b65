"""Every question to the tables of factors, steps and proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from lms.accounts.models import Account, UserSession
from lms.clock import now
from lms.extensions import db
from lms.factors.models import Passkey, RecoveryCode, SecondStep, SessionProof, TotpFactor
from lms.factors.rules import PENDING_LIFETIME


@dataclass(frozen=True)
class Factors:
    """What an account has: when its app was confirmed, its passkeys, the codes still unused."""

    totp_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor; recovery codes alone are none."""
        return self.totp_since is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many factors there are."""
        return len(self.passkeys) + (self.totp_since is not None)


def factors_of(account_id: int) -> Factors:
    """Everything the account has; two queries."""
    counted = (
        select(func.count(RecoveryCode.id))
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    since = (
        select(TotpFactor.confirmed_at)
        .where(TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_not(None))
        .scalar_subquery()
    )
    totp_since, codes_left = db.session.execute(select(since, counted)).one()
    return Factors(totp_since, tuple(passkeys_of(account_id)), codes_left)


def has_factor(account_id: int) -> bool:
    """Whether the account has a second factor that counts; one query."""
    totp = select(TotpFactor.id).where(
        TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_not(None)
    )
    passkey = select(Passkey.id).where(Passkey.account_id == account_id)
    return bool(db.session.scalar(select(or_(totp.exists(), passkey.exists()))))


def totp_of(account_id: int) -> TotpFactor | None:
    """The app that counts."""
    return db.session.scalar(
        select(TotpFactor).where(
            TotpFactor.account_id == account_id, TotpFactor.confirmed_at.is_not(None)
        )
    )


def pending_totp_of(account_id: int) -> TotpFactor | None:
    """The app being set up, unless that was begun too long ago."""
    return db.session.scalar(
        select(TotpFactor).where(
            TotpFactor.account_id == account_id,
            TotpFactor.confirmed_at.is_(None),
            TotpFactor.created_at > now() - PENDING_LIFETIME,
        )
    )


def passkeys_of(account_id: int) -> list[Passkey]:
    """The account's passkeys, the oldest first."""
    rows = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return list(db.session.scalars(rows))


def passkey_by_credential(credential: str) -> Passkey | None:
    """The passkey with this credential id, whosever it is."""
    return db.session.scalar(select(Passkey).where(Passkey.credential == credential))


def open_step(token_hash: str) -> SecondStep | None:
    """The step with this token, while its time lasts and its account may sign in."""
    return db.session.scalar(
        select(SecondStep)
        .join(Account, SecondStep.account_id == Account.id)
        .where(
            SecondStep.token_hash == token_hash, SecondStep.expires_at > now(), Account.is_active
        )
    )


def proofs_of(session_id: int) -> tuple[datetime | None, ...]:
    """When the session began and when its owner last proved again who they are."""
    found = db.session.execute(
        select(UserSession.created_at, SessionProof.proved_at)
        .outerjoin(SessionProof, SessionProof.session_id == UserSession.id)
        .where(UserSession.id == session_id)
    ).one_or_none()
    return tuple(found) if found else ()
