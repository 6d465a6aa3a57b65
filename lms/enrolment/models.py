"""Enrolment of a person in a cycle, and its history."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Named, Person
from lms.catalogue.models import Cycle
from lms.database import Base, UtcDateTime, choice
from lms.text import SEARCH_KEY_LENGTH, search_key


class EnrolmentStatus(enum.StrEnum):
    """Requested: nominated, to be decided by the organisers. Confirmed people take part."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


# Who takes part or did: the others never came as far as the registers.
TOOK_PART = (EnrolmentStatus.CONFIRMED, EnrolmentStatus.WITHDRAWN)


def _search_key(context: Any) -> str:
    written = context.get_current_parameters()
    names = (written["family_name"], written["given_name"], written.get("organisation_name", ""))
    return search_key(" ".join(names))


class Enrolment(Named, Base):
    """One person in one cycle. Name and organisation are copied: reports use those of the time.

    `united_into_id`: a second enrolment of the same person (`duplicates`), closed. Its evidence
    counts for that one; a certificate issued on it stays as it is.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("cycle_id", "person_id"),
        Index("ix_enrolment_names", "cycle_id", "family_name", "given_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[EnrolmentStatus] = mapped_column(choice(EnrolmentStatus, "status"))
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    organisation_name: Mapped[str] = mapped_column(String(200), default="")
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_search_key, server_default=""
    )
    united_into_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"), index=True)

    cycle: Mapped[Cycle] = relationship()
    person: Mapped[Person] = relationship()


class EnrolmentEvent(Base):
    """Append-only history: who set which status when, and why."""

    __tablename__ = "enrolment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    status: Mapped[EnrolmentStatus] = mapped_column(choice(EnrolmentStatus, "status"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(300), default="")
