"""Person (may have no account), Account, the server's sessions, and granted roles."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.devices import DEVICE_LENGTH, NETWORK_LENGTH
from lms.database import Base, Hash, ShortText, UtcDateTime, choice
from lms.organisations.models import Organisation
from lms.text import SEARCH_KEY_LENGTH, search_key


def _search_key(context: Any) -> str:
    written = context.get_current_parameters()
    return search_key(f"{written['family_name']} {written['given_name']}")


class Named:
    """Rows that bear a person's names: a person, or an enrolment's copy of the time."""

    given_name: Mapped[str] = mapped_column(ShortText)
    family_name: Mapped[str] = mapped_column(ShortText)

    @property
    def full_name(self) -> str:
        """Given name first, as certificates print it."""
        return f"{self.given_name} {self.family_name}"

    @property
    def sorted_name(self) -> str:
        """Family name first, as registers list it."""
        return f"{self.family_name} {self.given_name}"


class Person(Named, Base):
    """Somebody we know by name. An account, mail and organisation are all optional.

    `merged_into_id`: found to be the same as that person, whose row stands for both (`duplicates`).
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("length(given_name) > 0", name="given_name_not_empty"),
        CheckConstraint("length(family_name) > 0", name="family_name_not_empty"),
        Index("ix_person_names", "family_name", "given_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_search_key, server_default="", index=True
    )
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    # Set when the person was made anonymous at their wish (`privacy`); never undone.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")


class PersonEmail(Base):
    """A mail address of a person, lower-case. A shared office mailbox may belong to several."""

    __tablename__ = "person_email"
    __table_args__ = (UniqueConstraint("person_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str] = mapped_column(String(254), index=True)

    person: Mapped[Person] = relationship()


class Account(Base):
    """What a person signs in with. `login` is a lower-case mail address.

    Without one they sign in with an identity provider only (`lms.federation`).
    """

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("login = lower(login)", name="login_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    login: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Language of pages and mail; None: the browser's for pages, Italian for mail.
    language: Mapped[str | None] = mapped_column(String(2))
    # When its mailbox last proved itself through a link; None: whoever wrote it may have erred.
    login_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Staff chose the password and know it: the owner replaces it before anything else.
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class UserSession(Base):
    """A signed-in browser. The cookie carries a random token, the row its SHA-256 only."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When something was last sent from it: pages that are only read are not written down.
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH), default="", server_default="")
    network: Mapped[str] = mapped_column(String(NETWORK_LENGTH), default="", server_default="")
    name: Mapped[str] = mapped_column(String(60), default="", server_default="")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class StaffRole(enum.StrEnum):
    """Roles that are given and ended; a trainer's role belongs to a cycle (catalogue)."""

    ORGANISER = "organiser"  # of one track, or of all
    REFERENT = "referent"  # of one organisation
    AUDITOR = "auditor"  # of one track
    ADMINISTRATOR = "administrator"  # of everything


_SCOPE = """
(role = 'organiser' AND organisation_id IS NULL)
OR (role = 'referent' AND organisation_id IS NOT NULL AND track_id IS NULL)
OR (role = 'auditor' AND track_id IS NOT NULL AND organisation_id IS NULL)
OR (role = 'administrator' AND track_id IS NULL AND organisation_id IS NULL)
"""


def _one_open_grant(name: str, columns: tuple[str, ...], scope: str) -> Index:
    held = text(f"ended_at IS NULL AND {scope}")
    return Index(name, *columns, unique=True, sqlite_where=held, postgresql_where=held)


class RoleGrant(Base):
    """A role given to a person, for one track, one organisation or everything; never deleted.

    Several tracks are several grants. One open grant a person, role and scope. The key to `track`
    points upwards, by the table's name only: what a role is for belongs to the role (ADR 0013).
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(_SCOPE, name="scope"),
        _one_open_grant(
            "uq_role_grant_open",
            ("person_id", "role"),
            "track_id IS NULL AND organisation_id IS NULL",
        ),
        _one_open_grant(
            "uq_role_grant_open_track", ("person_id", "role", "track_id"), "track_id IS NOT NULL"
        ),
        _one_open_grant(
            "uq_role_grant_open_organisation",
            ("person_id", "role", "organisation_id"),
            "organisation_id IS NOT NULL",
        ),
        Index("ix_role_grant_person", "person_id"),
        Index("ix_role_grant_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[StaffRole] = mapped_column(choice(StaffRole, "role"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    end_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class SignInAttempt(Base):
    """A sign-in that failed or is being checked; kept for the minutes in which it counts.

    `key` is a keyed hash of a login or of a network address, so the table names nobody.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Hash)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
