"""What the organisers of a cycle have its certificates say and show, beside their layout."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from lms.catalogue.models import Cycle
from lms.database import Base, Hash


class CertificateWords(Base):
    """Words in the place of the usual ones; empty where the usual ones stand."""

    __tablename__ = "certificate_words"

    cycle_id: Mapped[int] = mapped_column(
        ForeignKey("cycle.id"), primary_key=True, autoincrement=False
    )
    heading: Mapped[str] = mapped_column(String(80), default="")
    introduction: Mapped[str] = mapped_column(String(150), default="")
    closing: Mapped[str] = mapped_column(String(400), default="")
    heading_other: Mapped[str] = mapped_column(String(80), default="")
    introduction_other: Mapped[str] = mapped_column(String(150), default="")
    closing_other: Mapped[str] = mapped_column(String(400), default="")


class CertificatePicture(Base):
    """A clean logo, named by its content; once a certificate shows it, it stays for ever."""

    __tablename__ = "certificate_picture"

    sha256: Mapped[str] = mapped_column(Hash, primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    issued: Mapped[bool] = mapped_column(default=False)


class CertificateLogo(Base):
    """A logo of a cycle. It follows so many of the track's emblems, in its place among the logos.

    `label` says what it shows to whoever does not see it.
    """

    __tablename__ = "certificate_logo"
    __table_args__ = (
        CheckConstraint("follows >= 0 AND position >= 0", name="place"),
        Index("ix_certificate_logo_cycle", "cycle_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    follows: Mapped[int]
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(100))
    picture_sha256: Mapped[str] = mapped_column(
        ForeignKey("certificate_picture.sha256"), index=True
    )

    cycle: Mapped[Cycle] = relationship()
    picture: Mapped[CertificatePicture] = relationship()
