"""What marks of devices, scans, countersignatures and register PDFs hold about people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, delete, func, select, union, update

from lms.attendance.models import AttendanceRegister, Evidence, EvidenceKind
from lms.attendance.models_paper import (
    Countersignature,
    DeviceMark,
    RegisterDocument,
    RegisterScan,
)
from lms.catalogue.models import CycleTrainer, Lesson, LessonTrainer, Module
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.personal import Erase, Erasing, Held, Left, Period, declare, keep_for, run

YEAR = timedelta(days=365)


def _cycles(who: Erasing) -> CompoundSelect[tuple[int]]:
    """Cycles whose registers may name them: as participant, as teacher, by what they signed."""
    me = who.person_id
    lessons = select(Module.cycle_id).join(Lesson, Lesson.module_id == Module.id)
    of_register = lessons.join(AttendanceRegister, AttendanceRegister.lesson_id == Lesson.id)
    signed = of_register.join(Countersignature).where(Countersignature.by_id == me)
    return union(
        select(Enrolment.cycle_id).where(Enrolment.person_id == me),
        select(CycleTrainer.cycle_id).where(CycleTrainer.person_id == me),
        lessons.join(LessonTrainer, LessonTrainer.lesson_id == Lesson.id).where(
            LessonTrainer.person_id == me
        ),
        of_register.where(AttendanceRegister.closed_by_id == me),
        signed,
        of_register.join(Evidence, Evidence.register_id == AttendanceRegister.id).where(
            Evidence.kind == EvidenceKind.RECTIFICATION, Evidence.author_id == me
        ),
    )


def _drop_documents(who: Erasing) -> int:
    """What is made already, and with it the parts of what is being made."""
    return run(delete(RegisterDocument).where(RegisterDocument.cycle_id.in_(_cycles(who))))


def _forget_device_marks(before: datetime, _held: Held) -> int:
    return run(delete(DeviceMark).where(DeviceMark.received_at < before))


def _forget_documents(before: datetime, _held: Held) -> int:
    return run(delete(RegisterDocument).where(RegisterDocument.asked_at < before))


def _free(held: Held) -> ColumnElement[bool]:
    protected: Select[Any] = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id.in_(held.cycle_ids))
    )
    return RegisterScan.register_id.not_in(protected)


def _forget_scans(before: datetime, held: Held) -> int:
    """Empty the bytes of scans; their SHA-256 stays."""
    old = (RegisterScan.uploaded_at < before) & (func.length(RegisterScan.content) > 0)
    return run(update(RegisterScan).where(old, _free(held)).values(content=b""))


def _erase_names_of_scans(who: Erasing) -> int:
    """What a scan's file was called, and why it was taken back, where that names them."""
    theirs = (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id.in_(_cycles(who)))
    )
    rows = select(RegisterScan.id, RegisterScan.filename, RegisterScan.withdrawn_reason)
    done = 0
    for number, filename, reason in db.session.execute(
        rows.where(RegisterScan.register_id.in_(theirs))
    ):
        nameless = {
            "filename": who.without_any_name(filename)[:200],
            "withdrawn_reason": who.without_any_name(reason)[:300],
        }
        if nameless != {"filename": filename, "withdrawn_reason": reason}:
            done += run(update(RegisterScan).where(RegisterScan.id == number).values(**nameless))
    return done


declare(
    "device_mark",
    Left("only how a mark reached us; the mark itself is exported as evidence"),
    Left("numbers without a name, forgotten after ninety days"),
)
declare(
    "register_scan",
    Left("a sheet with everybody's signature: the office shows your line on request"),
    Erase(_erase_names_of_scans),
)
declare(
    "register_countersignature",
    Left("a number tells which organiser countersigned; nothing else is said of anybody"),
    Left("a number that leads to the anonymous label once the person is erased"),
)
declare(
    "register_document",
    Left("made from the register, which is exported; it can be made again at any time"),
    Erase(_drop_documents),
)
declare(
    "register_document_part",
    Left("a stretch of a document that is being made from the register, which is exported"),
    Left("it goes with its document, by the key between them"),
)
keep_for(
    Period(
        "device_marks",
        timedelta(days=90),
        "the arrival",
        "ids under which devices sent marks that waited for the network",
        _forget_device_marks,
    )
)
keep_for(
    Period(
        "register_documents",
        timedelta(days=30),
        "the request",
        "PDFs of registers, which can be made again",
        _forget_documents,
    )
)
keep_for(
    Period(
        "register_scans",
        10 * YEAR,
        "the upload",
        "bytes of scans of signed registers; their SHA-256 stays",
        _forget_scans,
    )
)
