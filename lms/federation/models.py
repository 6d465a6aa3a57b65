"""Identities linked to accounts, sign-ins under way, and the log of what came of each."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.devices import NETWORK_LENGTH
from lms.accounts.models import Account, Person
from lms.database import Base, Hash, UtcDateTime, choice
from lms.federation.rules import DETAIL_LENGTH, SUBJECT_LENGTH, Failure

ProviderName = String(24)


class LinkedBy(enum.StrEnum):
    """On what ground an identity belongs to an account. A mail address is none."""

    TAX_CODE = "tax_code"  # vouched for by the provider, known here
    CONFIRMATION = "confirmation"  # by the person, signed in
    FIRST_ARRIVAL = "first_arrival"  # the account was made for it


class FederatedIdentity(Base):
    """Somebody at a provider, and the account here that they sign in to."""

    __tablename__ = "federated_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    provider: Mapped[str] = mapped_column(ProviderName)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    linked_by: Mapped[LinkedBy] = mapped_column(choice(LinkedBy, "linked_by"))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class FederationRequest(Base):
    """A sign-in that was begun: what its answer must prove. Used once, for a quarter of an hour.

    `browser_hash` ties it to one browser; `account_id` names who wants to link an identity.
    """

    __tablename__ = "federation_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(Hash, unique=True)
    browser_hash: Mapped[str] = mapped_column(Hash)
    provider: Mapped[str] = mapped_column(ProviderName)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    after: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FederationArrival(Base):
    """Somebody whom a provider vouches for and who has yet to say yes; one a browser.

    `sealed`: what was received, readable with the key only.
    """

    __tablename__ = "federation_arrival"

    id: Mapped[int] = mapped_column(primary_key=True)
    browser_hash: Mapped[str] = mapped_column(Hash, unique=True)
    provider: Mapped[str] = mapped_column(ProviderName)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    transaction_hash: Mapped[str] = mapped_column(Hash)
    after: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FederatedSession(Base):
    """What signing out at the provider takes, kept (sealed) as long as the session here.

    `session_id` is missing while a second step is asked.
    """

    __tablename__ = "federated_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), unique=True
    )
    browser_hash: Mapped[str] = mapped_column(Hash, index=True)
    provider: Mapped[str] = mapped_column(ProviderName)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Outcome(enum.StrEnum):
    """What came of a sign-in with a provider."""

    SIGNED_IN = "signed_in"
    ARRIVED = "arrived"  # vouched for, and asked to say yes
    REGISTERED = "registered"
    LINKED = "linked"
    UNLINKED = "unlinked"
    SIGNED_OUT = "signed_out"
    FAILED = "failed"


class FederationTransaction(Base):
    """One line of the log that is kept for 24 months: append-only, by a trigger.

    `transaction_hash` is the state's SHA-256, which the lines of one sign-in share; `network` is
    coarse.
    """

    __tablename__ = "federation_transaction"
    __table_args__ = (
        CheckConstraint("(outcome = 'failed') = (failure IS NOT NULL)", name="failure_of_failed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    provider: Mapped[str] = mapped_column(ProviderName)
    transaction_hash: Mapped[str] = mapped_column(Hash, index=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    failure: Mapped[Failure | None] = mapped_column(choice(Failure, "failure"))
    detail: Mapped[str] = mapped_column(String(DETAIL_LENGTH))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    network: Mapped[str] = mapped_column(String(NETWORK_LENGTH))

    person: Mapped[Person | None] = relationship()
