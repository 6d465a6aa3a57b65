"""What a seal says beside marks: times and kinds of evidence, the track, its funding, the files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.accounts.models import Person
from lms.attendance import queries_evidence, sealing
from lms.attendance.models import ReportFile, ReportStatus
from lms.attendance.models_paper import RegisterScan
from lms.attendance.rules import EvidenceKind, Proof, standing, stays_of
from lms.catalogue.models import CycleTrainer, FundingEmblem, Lesson, LessonTrainer
from lms.extensions import db


def times_and_kinds(register_id: int, ends_at: datetime) -> dict[int, dict[str, Any]]:
    """First entry, last exit and the kinds of evidence of each person, as rows of a seal have them.

    The times are those of the evidence that stands, not cut to the lesson: as the report has them.
    Who checked in and was asked for no check-out stays to the lesson's end, `ends_at`.
    """
    return {
        enrolment_id: _times_and_kinds(proofs, ends_at)
        for enrolment_id, proofs in queries_evidence.proofs(register_id).items()
    }


def _times_and_kinds(proofs: list[Proof], ends_at: datetime) -> dict[str, Any]:
    counted, stays = standing(proofs), stays_of(proofs, ends_at)
    words = {each.kind for each in proofs if each.entry_id is None}
    kinds = (words | {each.kind for each in counted}) - {EvidenceKind.RECTIFICATION}
    return {
        "entry": sealing.instant(min(stay.start for stay in stays)) if stays else None,
        "exit": sealing.instant(max(stay.end for stay in stays)) if stays else None,
        "kinds": " ".join(sorted(kinds)),
    }


def about(lesson: Lesson, register_id: int, closed_by: int | None) -> dict[str, Any]:
    """What the seal says of the lesson's place in the world, as it is now."""
    cycle = lesson.module.cycle
    track = cycle.track
    closer = db.session.get(Person, closed_by) if closed_by else None
    return {
        "track": {
            "title": track.title,
            "project_code": track.project_code,
            "issuer": track.issuer,
            "fictional": track.fictional,
        },
        "funding": {"statement": track.funding_statement, "emblems": _emblems(track.id)},
        "cycle_title": cycle.title,
        "module": lesson.module.title,
        "place": {"mode": lesson.mode.value, "place": lesson.place},
        "teachers": _teachers(lesson),
        "closed_by_name": closer.full_name if closer else "",
        "files": [*_reports(register_id), *_scans(register_id)],
    }


def _emblems(track_id: int) -> list[dict[str, str]]:
    query = (
        select(FundingEmblem.symbol, FundingEmblem.label)
        .where(FundingEmblem.track_id == track_id)
        .order_by(FundingEmblem.position)
    )
    return [{"symbol": symbol, "label": label} for symbol, label in db.session.execute(query)]


def teachers_of(lesson: Lesson) -> list[Person]:
    """Who teaches a lesson; where nobody is named, who trains in its cycle."""
    of_lesson = (
        select(Person)
        .join(LessonTrainer, LessonTrainer.person_id == Person.id)
        .where(LessonTrainer.lesson_id == lesson.id)
        .order_by(LessonTrainer.id)
    )
    of_cycle = (
        select(Person)
        .join(CycleTrainer, CycleTrainer.person_id == Person.id)
        .where(CycleTrainer.cycle_id == lesson.module.cycle_id)
        .order_by(CycleTrainer.id)
    )
    return list(db.session.scalars(of_lesson)) or list(db.session.scalars(of_cycle))


def _teachers(lesson: Lesson) -> list[dict[str, Any]]:
    return [{"name": each.full_name, "person": each.id} for each in teachers_of(lesson)]


def _reports(register_id: int) -> list[dict[str, Any]]:
    query = (
        select(ReportFile.platform, ReportFile.sha256, ReportFile.size)
        .where(ReportFile.register_id == register_id, ReportFile.status == ReportStatus.IMPORTED)
        .order_by(ReportFile.id)
    )
    return [
        {"kind": "report", "type": platform, "sha256": sha256, "size": size}
        for platform, sha256, size in db.session.execute(query)
    ]


def _scans(register_id: int) -> list[dict[str, Any]]:
    query = (
        select(RegisterScan.media_type, RegisterScan.sha256, RegisterScan.size)
        .where(RegisterScan.register_id == register_id, RegisterScan.withdrawn_at.is_(None))
        .order_by(RegisterScan.id)
    )
    return [
        {"kind": "scan", "type": media_type.value, "sha256": sha256, "size": size}
        for media_type, sha256, size in db.session.execute(query)
    ]
