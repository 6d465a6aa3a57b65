"""Organisation: the body a person works for."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, ShortText, choice
from lms.text import SEARCH_KEY_LENGTH, search_key


class OrganisationKind(enum.StrEnum):
    """Kinds of body, as public statistics group them."""

    MUNICIPALITY = "municipality"
    UNION = "union"
    PROVINCE = "province"
    REGION = "region"
    AMBIT = "ambit"
    THIRD_SECTOR = "third_sector"
    OTHER = "other"


def _search_key(context: Any) -> str:
    return search_key(context.get_current_parameters()["name"])


class Organisation(Base):
    """A body. Codes are unique where present; a third-sector body has no IPA code."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_not_empty"),
        Index("ix_organisation_name", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind, "kind"))
    province_code: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(ShortText)
    ipa_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    fiscal_code: Mapped[str | None] = mapped_column(String(16), unique=True)
    istat_code: Mapped[str | None] = mapped_column(String(9), unique=True)
    cadastral_code: Mapped[str | None] = mapped_column(String(4), unique=True)
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_search_key, server_default="", index=True
    )
