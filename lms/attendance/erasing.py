"""Taking a person's names out of registers and reports, so that every seal still verifies."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, exists, or_, select, update
from sqlalchemy.orm import undefer

from lms.attendance import originals, sealing
from lms.attendance.models import (
    AttendanceRegister,
    RegisterStatus,
    ReportEntry,
    ReportFile,
    SealedOriginal,
)
from lms.attendance.names import name_words
from lms.catalogue.models import Lesson, Module
from lms.enrolment.models import Enrolment
from lms.enrolment.personal import enrolments_of
from lms.extensions import db
from lms.personal import Erasing, run


def erase_entries(who: Erasing) -> int:
    """What reports call them, where an entry is theirs or, undecided, bears their name or mail."""
    done = 0
    for entry, status in list(_entries(who)):
        if status is RegisterStatus.CLOSED and entry.name != who.label:
            _keep_name(entry)
        row = update(ReportEntry).where(ReportEntry.id == entry.id)
        done += run(row.values(name=who.label, email=""))
    return done


def _keep_name(entry: ReportEntry) -> None:
    kept = exists().where(SealedOriginal.report_entry_id == entry.id)
    if not db.session.scalar(select(kept)):
        originals.keep(entry.name, entry=entry.id)


def _entries(who: Erasing) -> Iterator[tuple[ReportEntry, RegisterStatus]]:
    mine = set(db.session.scalars(enrolments_of(who)))
    names = {frozenset(name_words(word)) for word in who.words if " " in word}
    rows = db.session.execute(
        select(ReportEntry, AttendanceRegister.status)
        .join(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .join(AttendanceRegister, AttendanceRegister.id == ReportFile.register_id)
        .where(
            AttendanceRegister.id.in_(_registers(who)),
            or_(ReportEntry.enrolment_id.in_(mine), ReportEntry.enrolment_id.is_(None)),
        )
    )
    for entry, status in rows.tuples():
        if (
            entry.enrolment_id in mine
            or entry.email.lower() in who.addresses
            or frozenset(name_words(entry.name)) in names
        ):
            yield entry, status


def _registers(who: Erasing) -> Select[tuple[int]]:
    cycles = select(Enrolment.cycle_id).where(Enrolment.person_id == who.person_id)
    return (
        select(AttendanceRegister.id)
        .join(Lesson, Lesson.id == AttendanceRegister.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.cycle_id.in_(cycles))
    )


def _kept_by(who: Erasing) -> ColumnElement[bool]:
    """Registers whose sealed text names them as teacher (its keys are sorted) or closer."""
    taught = AttendanceRegister.sealed_rows.contains(f'"person":{who.person_id}}}')
    return or_(AttendanceRegister.closed_by_id == who.person_id, taught)


def erase_files(who: Erasing) -> int:
    """The bytes of reports that name them, and what the file was called: encrypted, then emptied.

    Comes after the entries, which by now bear the label.
    """
    theirs = select(ReportEntry.report_file_id).where(
        or_(ReportEntry.enrolment_id.in_(enrolments_of(who)), ReportEntry.name == who.label)
    )
    kept = exists().where(SealedOriginal.report_file_id == ReportFile.id)
    files = db.session.scalars(
        select(ReportFile)
        .where(ReportFile.id.in_(theirs), ~kept)
        .options(undefer(ReportFile.content))
    ).all()
    for file in files:
        originals.keep(file.content.decode("latin-1"), file=file.id)
        run(
            update(ReportFile)
            .where(ReportFile.id == file.id)
            .values(content=b"", filename=f"report-{file.id}")
        )
        db.session.expire(file)
    return len(files)


def erase_registers(who: Erasing) -> int:
    """Their name in the rows of sealed registers; what the seal was computed over is encrypted."""
    mine, done = list(db.session.scalars(enrolments_of(who))), 0
    registers = db.session.scalars(
        select(AttendanceRegister)
        .where(
            or_(AttendanceRegister.id.in_(_registers(who)), _kept_by(who)),
            AttendanceRegister.status == RegisterStatus.CLOSED,
        )
        .options(undefer(AttendanceRegister.sealed_rows))
    ).all()
    for register in registers:
        text = register.sealed_rows or ""
        anonymous = sealing.renamed(text, mine, who.person_id, who.label)
        if anonymous == text:
            continue
        if originals.rows_before_erasures(register) == text:
            originals.keep(text, register=register.id)
        run(
            update(AttendanceRegister)
            .where(AttendanceRegister.id == register.id)
            .values(sealed_rows=anonymous)
        )
        db.session.expire(register)
        done += 1
    return done
