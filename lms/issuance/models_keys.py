"""The key by which this site signs credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lms.database import Base, Hash, UtcDateTime


class IssuerKey(Base):
    """Made once. The private part is sealed (`lms.secretbox`); the public one is published.

    The highest `id` signs; all are published, for what was signed by them.
    """

    __tablename__ = "issuer_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kid: Mapped[str] = mapped_column(Hash, unique=True)
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
