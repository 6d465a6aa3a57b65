"""Organisation: the body a person works for, its other names, and the words it is found by."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, delete, event, insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, ShortText, UtcDateTime, choice
from lms.organisations.rules import WORD_LENGTH, words_of
from lms.text import SEARCH_KEY_LENGTH, search_key

CODES = ("ipa_code", "fiscal_code", "istat_code", "cadastral_code")


class OrganisationKind(enum.StrEnum):
    """Kinds of body, as public statistics group them."""

    MUNICIPALITY = "municipality"
    UNION = "union"
    PROVINCE = "province"
    METROPOLITAN_CITY = "metropolitan_city"
    REGION = "region"
    AMBIT = "ambit"
    THIRD_SECTOR = "third_sector"
    OTHER = "other"


class OrganisationStatus(enum.StrEnum):
    """Where a body stands. Only confirmed ones are offered to people who choose."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"  # typed by somebody; an organiser has yet to look
    REFUSED = "refused"
    MERGED = "merged"  # went into `successor`, or was the same body under another name
    CLOSED = "closed"  # ended, nothing followed


class NameReason(enum.StrEnum):
    """Why a body is found by a name that is not its present one."""

    FORMER = "former"
    PREDECESSOR = "predecessor"  # the name of a body that went into this one
    OTHER = "other"  # another language, a short form


def _search_key(context: Any) -> str:
    return search_key(context.get_current_parameters()["name"])


class Organisation(Base):
    """A body. Codes are unique where present; a third-sector body has no IPA code."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_not_empty"),
        CheckConstraint("(status = 'merged') = (successor_id IS NOT NULL)", name="successor"),
        CheckConstraint("successor_id <> id", name="not_its_own_successor"),
        Index("ix_organisation_name", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind, "kind"))
    status: Mapped[OrganisationStatus] = mapped_column(
        choice(OrganisationStatus, "status"),
        default=OrganisationStatus.CONFIRMED,
        server_default=OrganisationStatus.CONFIRMED.value,
        index=True,
    )
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    closed_on: Mapped[date | None] = mapped_column(Date)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    province_code: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(ShortText)
    ipa_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    fiscal_code: Mapped[str | None] = mapped_column(String(16), unique=True)
    istat_code: Mapped[str | None] = mapped_column(String(9), unique=True)
    cadastral_code: Mapped[str | None] = mapped_column(String(4), unique=True)
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_search_key, server_default="", index=True
    )


class OrganisationName(Base):
    """A name by which a body is found besides its present one."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        Index("uq_organisation_name_key", "organisation_id", "search_key", unique=True),
        CheckConstraint("length(name) > 0", name="name_not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_search_key, index=True
    )
    reason: Mapped[NameReason] = mapped_column(choice(NameReason, "reason"))
    until: Mapped[date | None] = mapped_column(Date)  # the day it ceased to be a present name


class OrganisationWord(Base):
    """A word of a body's names and codes: what searches look up, by its beginning.

    Compared byte by byte on both databases, so that "begins with" is a range of the index.
    """

    __tablename__ = "organisation_word"
    __table_args__ = (Index("ix_organisation_word_word", "word", "organisation_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    word: Mapped[str] = mapped_column(
        String(WORD_LENGTH).with_variant(String(WORD_LENGTH, collation="C"), "postgresql"),
        primary_key=True,
    )


@event.listens_for(Organisation, "after_insert")
@event.listens_for(Organisation, "after_update")
def _index_body(_mapper: Any, connection: Connection, body: Organisation) -> None:
    others = OrganisationName.__table__.c
    names = connection.scalars(
        OrganisationName.__table__.select()
        .with_only_columns(others.name)
        .where(others.organisation_id == body.id)
    )
    _write_words(connection, body, names.all())


@event.listens_for(OrganisationName, "after_insert")
def _index_name(_mapper: Any, connection: Connection, name: OrganisationName) -> None:
    row = connection.execute(
        Organisation.__table__.select().where(Organisation.__table__.c.id == name.organisation_id)
    ).one()
    others = OrganisationName.__table__.c
    names = connection.scalars(
        OrganisationName.__table__.select()
        .with_only_columns(others.name)
        .where(others.organisation_id == name.organisation_id)
    )
    _write_words(connection, row, names.all())


def _write_words(connection: Connection, body: Any, names: Any) -> None:
    """The words of one body, written anew. (`lms.organisations.ledger` writes many at once.)"""
    words = words_of([body.name, *names, *(getattr(body, code) for code in CODES)])
    connection.execute(delete(OrganisationWord).where(OrganisationWord.organisation_id == body.id))
    if words:
        rows = [{"organisation_id": body.id, "word": word} for word in sorted(words)]
        connection.execute(insert(OrganisationWord), rows)
