"""Track → Cycle → Module → Lesson, funding emblems, and who trains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.accounts.models import Person
from lms.catalogue.rules import MOST_CONTEST_DAYS, MOST_GRACE, minutes_between
from lms.catalogue.rules import CertificateLayout as CertificateLayout
from lms.catalogue.rules import CycleStatus as CycleStatus
from lms.catalogue.rules import Denominator as Denominator
from lms.catalogue.rules import EnrolmentMode as EnrolmentMode
from lms.catalogue.rules import ExcusedPolicy as ExcusedPolicy
from lms.catalogue.rules import LessonMode as LessonMode
from lms.catalogue.rules import LessonStatus as LessonStatus
from lms.catalogue.rules import TaxCodePolicy as TaxCodePolicy
from lms.database import Base, ShortText, Spans, TimeSpans, Title, UtcDateTime, choice
from lms.text import SEARCH_KEY_LENGTH, search_key


def track_search_key(title: str, issuer: str, project_code: str) -> str:
    """What searching for a track compares."""
    return search_key(f"{title} {project_code} {issuer}")


def cycle_search_key(title: str, code: str) -> str:
    """What searching for a cycle compares, beside its track's."""
    return search_key(f"{title} {code}")


def _new_track_key(context: Any) -> str:
    written = context.get_current_parameters()
    return track_search_key(written["title"], written["issuer"], written.get("project_code") or "")


def _new_cycle_key(context: Any) -> str:
    written = context.get_current_parameters()
    return cycle_search_key(written["title"], written["code"])


class Track(Base):
    """A training programme with its funding; its cycles repeat it."""

    __tablename__ = "track"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(Title)
    summary: Mapped[str] = mapped_column(Text, default="")
    issuer: Mapped[str] = mapped_column(String(200))
    project_code: Mapped[str] = mapped_column(String(40), default="")
    funding_statement: Mapped[str] = mapped_column(Text, default="")
    fictional: Mapped[bool] = mapped_column(default=False)
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_new_track_key, server_default=""
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class FundingEmblem(Base):
    """A funder's mark, in the order the fund demands. `symbol` names a drawing we carry."""

    __tablename__ = "funding_emblem"
    __table_args__ = (UniqueConstraint("track_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    position: Mapped[int]
    symbol: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(ShortText)


class Cycle(Base):
    """One run of a track, with its own rule for the certificate."""

    __tablename__ = "cycle"
    __table_args__ = (
        CheckConstraint("threshold_percent BETWEEN 1 AND 100", name="threshold"),
        CheckConstraint(f"grace_minutes BETWEEN 0 AND {MOST_GRACE}", name="grace_minutes"),
        CheckConstraint(f"contest_days BETWEEN 1 AND {MOST_CONTEST_DAYS}", name="contest_days"),
        CheckConstraint("places IS NULL OR places > 0", name="places"),
        CheckConstraint(
            "enrolment_closes_at IS NULL OR enrolment_opens_at IS NULL "
            "OR enrolment_closes_at > enrolment_opens_at",
            name="enrolment_window",
        ),
        Index("ix_cycle_track", "track_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(Title)
    summary: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[CycleStatus] = mapped_column(
        choice(CycleStatus, "status"), default=CycleStatus.DRAFT
    )
    enrolment_mode: Mapped[EnrolmentMode] = mapped_column(
        choice(EnrolmentMode, "enrolment_mode"), default=EnrolmentMode.OPEN
    )
    enrolment_opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolment_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    places: Mapped[int | None]
    threshold_percent: Mapped[int] = mapped_column(default=80)
    denominator: Mapped[Denominator] = mapped_column(
        choice(Denominator, "denominator"), default=Denominator.WHOLE
    )
    excused_policy: Mapped[ExcusedPolicy] = mapped_column(
        choice(ExcusedPolicy, "excused_policy"), default=ExcusedPolicy.MISSING
    )
    # Between two stays of one person, a gap of at most so many minutes counts as presence.
    grace_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # After a register was closed, its presences can be contested for so many days.
    contest_days: Mapped[int] = mapped_column(default=15, server_default="15")
    tax_code_policy: Mapped[TaxCodePolicy] = mapped_column(
        choice(TaxCodePolicy, "tax_code_policy"),
        default=TaxCodePolicy.NOT_ASKED,
        server_default=TaxCodePolicy.NOT_ASKED.value,
    )
    certificate_layout: Mapped[CertificateLayout] = mapped_column(
        choice(CertificateLayout, "certificate_layout"),
        default=CertificateLayout.CLASSIC,
        server_default=CertificateLayout.CLASSIC.value,
    )
    signatory_name: Mapped[str] = mapped_column(ShortText, default="")
    signatory_role: Mapped[str] = mapped_column(ShortText, default="")
    place: Mapped[str] = mapped_column(ShortText, default="")
    search_key: Mapped[str] = mapped_column(
        String(SEARCH_KEY_LENGTH), default=_new_cycle_key, server_default=""
    )
    version: Mapped[int] = mapped_column(default=1)

    track: Mapped[Track] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CycleTrainer(Base):
    """A person who trains in a cycle and records attendance there."""

    __tablename__ = "cycle_trainer"
    __table_args__ = (UniqueConstraint("cycle_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship()


class Module(Base):
    """A part of a cycle: several lessons on one subject."""

    __tablename__ = "module"
    __table_args__ = (Index("ix_module_cycle", "cycle_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Title)
    summary: Mapped[str] = mapped_column(Text, default="")
    subject_area: Mapped[str] = mapped_column(ShortText, default="")
    version: Mapped[int] = mapped_column(default=1)

    cycle: Mapped[Cycle] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Lesson(Base):
    """A dated meeting. `uid` never changes; `sequence`, `changed_at` follow what calendars see.

    `breaks` (lunch) are no time of the lesson. Other breaks given once people were marked wait in
    `breaks_to_come` until somebody has the register counted again; None: nothing waits.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("sequence >= 0", name="sequence"),
        Index("ix_lesson_module", "module_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    title: Mapped[str] = mapped_column(Title)
    summary: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(40), default="Europe/Rome")
    breaks: Mapped[TimeSpans] = mapped_column(Spans, default=(), server_default="[]")
    breaks_to_come: Mapped[TimeSpans | None] = mapped_column(Spans)
    mode: Mapped[LessonMode] = mapped_column(choice(LessonMode, "mode"), default=LessonMode.ONLINE)
    place: Mapped[str] = mapped_column(String(200), default="")
    join_url: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[LessonStatus] = mapped_column(
        choice(LessonStatus, "status"), default=LessonStatus.SCHEDULED
    )
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    module: Mapped[Module] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def minutes(self) -> int:
        """Planned length in real minutes without the breaks (instants: no clock change matters)."""
        return minutes_between(self.starts_at, self.ends_at, self.breaks)


class LessonTrainer(Base):
    """Who teaches a lesson, as the programme shows it."""

    __tablename__ = "lesson_trainer"
    __table_args__ = (UniqueConstraint("lesson_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship()
