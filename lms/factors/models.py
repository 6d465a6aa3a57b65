"""Authenticator apps, passkeys, recovery codes; the half-proven state; proofs made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account
from lms.database import Base, Hash, UtcDateTime
from lms.factors.rules import NAME_LENGTH

CREDENTIAL_LENGTH = 1364  # the 1023 bytes WebAuthn allows, as base64url
DESTINATION_LENGTH = 2000


class TotpFactor(Base):
    """The secret an authenticator app shares with us, sealed. It counts once confirmed by a code.

    One that counts and one being set up, at most. `last_step`: no code of it or earlier is taken.
    """

    __tablename__ = "totp_factor"
    __table_args__ = (
        Index(
            "uq_totp_factor_confirmed",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        Index(
            "uq_totp_factor_pending",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class Passkey(Base):
    """A WebAuthn credential: a telephone, a computer or a security key, named by its owner."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    credential: Mapped[str] = mapped_column(String(CREDENTIAL_LENGTH), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A code for when the other factors are lost; its SHA-256 only, and used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(Hash)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondStep(Base):
    """Somebody between the first proof and the second: it opens nothing, and is used once.

    The browser's cookie carries a random token, the row its SHA-256. With `session_id` it proves
    anew who is signed in there; without, it ends in a session. `password_mark` tells whether the
    password that was given is still the account's.
    """

    __tablename__ = "second_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)
    password_mark: Mapped[str] = mapped_column(Hash)
    destination: Mapped[str] = mapped_column(String(DESTINATION_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class PasskeyChallenge(Base):
    """What a passkey has to sign: for a session that adds one, or a step that asks for one.

    One at a time for each, used once.
    """

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        CheckConstraint("(session_id IS NULL) <> (second_step_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), unique=True
    )
    second_step_id: Mapped[int | None] = mapped_column(
        ForeignKey("second_step.id", ondelete="CASCADE"), unique=True
    )
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SessionProof(Base):
    """When who is signed in there last proved again who they are."""

    __tablename__ = "session_proof"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
