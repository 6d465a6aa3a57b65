"""Registrations to be confirmed, changes of address under way, links by mail, notices accepted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Account, Named
from lms.accounts.rules import EMAIL_LENGTH
from lms.config import VERSION_LENGTH
from lms.database import Base, Hash, UtcDateTime, choice
from lms.joining.rules import LinkPurpose


class NoticeAcceptance(Base):
    """A person has read a version of the privacy notice; each version is noted once."""

    __tablename__ = "notice_acceptance"
    __table_args__ = (Index("uq_notice_acceptance", "person_id", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Registration(Named, Base):
    """What somebody wrote who wants to join. Until their mailbox confirms it, it is nobody."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    # A body not known yet: proposed once the mailbox has confirmed, lest strangers fill the queue.
    new_organisation: Mapped[str] = mapped_column(String(200), default="")
    new_kind: Mapped[str] = mapped_column(String(24), default="")
    language: Mapped[str] = mapped_column(String(2))
    notice_version: Mapped[str] = mapped_column(String(VERSION_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LoginChange(Base):
    """A change of the address somebody signs in with: done when both mailboxes have agreed."""

    __tablename__ = "login_change"
    __table_args__ = (
        Index(
            "uq_login_change_open",
            "account_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    old_login: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    new_login: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class MailedLink(Base):
    """A link sent to one address, good once. The mail carries a random token, the row its SHA-256.

    The row of a forgotten password is written before anybody looks whether the address is known:
    only the worker finds out, and a row for an unknown address never gets a token.
    """

    __tablename__ = "mailed_link"
    __table_args__ = (
        CheckConstraint(
            "(purpose = 'registration') = (registration_id IS NOT NULL)", name="of_registration"
        ),
        CheckConstraint(
            "(purpose IN ('old_login', 'new_login')) = (login_change_id IS NOT NULL)",
            name="of_login_change",
        ),
        CheckConstraint("(token_hash IS NULL) = (expires_at IS NULL)", name="token_expires"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose, "purpose"))
    address: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    token_hash: Mapped[str | None] = mapped_column(Hash, unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    login_change_id: Mapped[int | None] = mapped_column(ForeignKey("login_change.id"), index=True)

    account: Mapped[Account | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    login_change: Mapped[LoginChange | None] = relationship()
