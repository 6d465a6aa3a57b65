"""Tax codes of people, sealed, with a keyed hash to find them by."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.database import Base, Hash, UtcDateTime, choice


class TaxCodeSource(enum.StrEnum):
    """On whose word a code is a person's: their own, an organiser's, an identity provider's."""

    DECLARED = "declared"
    ORGANISER = "organiser"
    PROVIDER = "provider"


class TaxCode(Base):
    """A person's tax code. One that is vouched for belongs to one person only.

    Anybody can work out somebody else's code and declare it: what is only declared takes nothing
    from its owner, finds nobody at sign-in, and is proposed as a duplicate.
    """

    __tablename__ = "tax_code"
    __table_args__ = (
        Index(
            "uq_tax_code_vouched",
            "keyed_hash",
            unique=True,
            sqlite_where=text("source <> 'declared'"),
            postgresql_where=text("source <> 'declared'"),
        ),
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    keyed_hash: Mapped[str] = mapped_column(Hash, index=True)
    source: Mapped[TaxCodeSource] = mapped_column(choice(TaxCodeSource, "source"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id)
