"""What people enter about tracks, cycles, modules and lessons: the values that actions take.

Texts are already cleaned (`lms.text`), instants aware; every field stands for the column of its
name, so that an action can compare and set them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from lms.catalogue.rules import (
    Denominator,
    EnrolmentMode,
    ExcusedPolicy,
    LessonMode,
    Span,
    TaxCodePolicy,
)


@dataclass(frozen=True)
class Emblem:
    """A funder's mark: `symbol` "eu" for the European emblem, "none" for words alone."""

    symbol: str
    label: str


@dataclass(frozen=True)
class TrackDetails:
    """A track, its emblems in the order in which the fund wants them."""

    title: str
    issuer: str
    summary: str = ""
    project_code: str = ""
    funding_statement: str = ""
    fictional: bool = False
    emblems: tuple[Emblem, ...] = ()


@dataclass(frozen=True)
class CycleDetails:
    """A cycle with its rule, places, enrolment window and signatory."""

    title: str
    code: str
    summary: str = ""
    enrolment_mode: EnrolmentMode = EnrolmentMode.OPEN
    enrolment_opens_at: datetime | None = None
    enrolment_closes_at: datetime | None = None
    places: int | None = None
    threshold_percent: int = 80
    denominator: Denominator = Denominator.WHOLE
    excused_policy: ExcusedPolicy = ExcusedPolicy.MISSING
    grace_minutes: int = 0
    contest_days: int = 15
    tax_code_policy: TaxCodePolicy = TaxCodePolicy.NOT_ASKED
    signatory_name: str = ""
    signatory_role: str = ""
    place: str = ""


@dataclass(frozen=True)
class ModuleDetails:
    """A module."""

    title: str
    summary: str = ""
    subject_area: str = ""


@dataclass(frozen=True)
class LessonDetails:
    """A lesson and, by their person ids, who teaches it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    summary: str = ""
    zone: str = "Europe/Rome"
    mode: LessonMode = LessonMode.ONLINE
    place: str = ""
    join_url: str = ""
    breaks: tuple[Span, ...] = ()
    trainer_ids: frozenset[int] = frozenset()


def columns_of(details: Any, *without: str) -> dict[str, Any]:
    """The values of `details` by column name, leaving out those that are rows of other tables."""
    return {
        field.name: getattr(details, field.name)
        for field in fields(details)
        if field.name not in without
    }
