"""What is forgotten of reports and check-ins once its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from lms.attendance.models import AttendanceRegister, ReportFile, ReportStatus, SealedOriginal
from lms.attendance.models_checking import CheckInTrace
from lms.catalogue.models import Lesson, Module
from lms.personal import Held, run


def _free(held: Held, register_id: Any = ReportFile.register_id) -> ColumnElement[bool]:
    protected: Select[Any] = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id.in_(held.cycle_ids))
    )
    return cast("ColumnElement[bool]", register_id.not_in(protected))


def forget_staged_reports(before: datetime, held: Held) -> int:
    """Drop what was uploaded and never confirmed."""
    old = (ReportFile.status == ReportStatus.STAGED) & (ReportFile.uploaded_at < before)
    return run(delete(ReportFile).where(old, _free(held)))


def forget_raw_reports(before: datetime, held: Held) -> int:
    """Empty the bytes of reports; their SHA-256 and what they said of each person stay."""
    old = (ReportFile.status == ReportStatus.IMPORTED) & (ReportFile.imported_at < before)
    files = select(ReportFile.id).where(old, _free(held))
    encrypted = run(delete(SealedOriginal).where(SealedOriginal.report_file_id.in_(files)))
    readable = update(ReportFile).where(old, _free(held), func.length(ReportFile.content) > 0)
    return encrypted + run(readable.values(content=b""))


def forget_traces(before: datetime, held: Held) -> int:
    """Drop which device a check-in came from."""
    old = CheckInTrace.at < before
    return run(delete(CheckInTrace).where(old, _free(held, CheckInTrace.register_id)))
