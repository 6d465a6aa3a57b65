"""Asking for the PDF of a register, and the job that makes it."""

from __future__ import annotations

import hashlib
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit, jobs
from lms.attendance import printing, printing_more, queries, queries_documents, queries_sealing
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_paper import DocumentKind, RegisterDocument
from lms.attendance.pdf import Printed
from lms.attendance.sealed import closed_registers, read_sealed
from lms.catalogue.models import Cycle, FundingEmblem, Lesson, Track
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.links import address_under, public_root

JOB_KIND = "register_document"


def ask_for_lesson(
    lesson: Lesson, kind: DocumentKind, language: str, *, by: int | None
) -> RegisterDocument:
    """Have the list to be signed, or the sealed register, of a lesson made."""
    people = queries_documents.count_people(lesson.module.cycle_id)
    if kind is DocumentKind.SHEET and not people:
        raise UserError(_("Nobody is enrolled yet: there is no list to be signed."), 409)
    if kind is DocumentKind.LESSON and _sealed(lesson) is None:
        raise UserError(_("This register is not sealed yet: close it first."), 409)
    cycle_id = lesson.module.cycle_id
    document = _document(kind, cycle_id, lesson.id, language, by)
    return _enqueue(document, queries_documents.expected_parts(people), by)


def ask_for_cycle(cycle: Cycle, language: str, *, by: int | None) -> RegisterDocument:
    """Have all sealed registers of a cycle made into one document."""
    registers = closed_registers(cycle.id)
    if not registers:
        raise UserError(_("No register of this cycle is sealed yet."), 409)
    document = _document(DocumentKind.CYCLE, cycle.id, None, language, by)
    people = queries_documents.count_people(cycle.id)
    total = queries_documents.expected_parts(people, len(registers)) + 1
    return _enqueue(document, total, by)


def _sealed(lesson: Lesson) -> AttendanceRegister | None:
    return db.session.scalar(
        select(AttendanceRegister).where(
            AttendanceRegister.lesson_id == lesson.id, AttendanceRegister.seal.is_not(None)
        )
    )


def _document(
    kind: DocumentKind, cycle_id: int, lesson_id: int | None, language: str, by: int | None
) -> RegisterDocument:
    document = RegisterDocument(
        kind=kind,
        cycle_id=cycle_id,
        lesson_id=lesson_id,
        language=language,
        asked_at=now(),
        asked_by_id=by,
    )
    db.session.add(document)
    db.session.flush()
    return document


def _enqueue(document: RegisterDocument, total: int, by: int | None) -> RegisterDocument:
    payload = {"document": document.id, "root": public_root()}
    jobs.enqueue(JOB_KIND, queries_documents.job_key(document.id), payload, total=total)
    audit.record("register.printed", document, actor_id=by, detail={"kind": document.kind.value})
    return document


def try_again(document: RegisterDocument) -> None:
    """Have a document that could not be made tried once more."""
    if document.made_at is None:
        payload = {"document": document.id, "root": public_root()}
        jobs.again(JOB_KIND, queries_documents.job_key(document.id), payload)


@jobs.handler(JOB_KIND)
def make_document(job: jobs.Job) -> None:
    """Make a document; one that is there already, or was dropped, is left alone (idempotent)."""
    document = db.session.get(RegisterDocument, job.payload["document"])
    if document is None or document.made_at is not None:
        return
    number, root = document.id, job.payload["root"]
    maker = {
        DocumentKind.SHEET: _make_sheet,
        DocumentKind.LESSON: _make_lesson,
        DocumentKind.CYCLE: _make_cycle,
    }[document.kind]
    with force_locale(document.language):
        printed = maker(document, root, _Progress(job))
    kept = db.session.get(RegisterDocument, number)
    if kept is None or kept.made_at is not None:
        return  # dropped meanwhile (somebody in it was erased), or another worker was quicker
    kept.pdf, kept.size, kept.pages = printed.pdf, len(printed.pdf), printed.pages
    kept.sha256, kept.made_at = hashlib.sha256(printed.pdf).hexdigest(), now()
    db.session.flush()


class _Progress:
    """Tells the job of every part made, and ends the transaction: no lock is held meanwhile."""

    def __init__(self, job: jobs.Job) -> None:
        self._job = job
        self._done = 0

    def __call__(self) -> None:
        self._done += 1
        jobs.progress(self._job, self._done, max(self._job.total, self._done))


def _address(root: str, lesson_id: int) -> str:
    return address_under(root, "attendance.register", lesson_id=lesson_id)


def _funding(track: Track) -> dict[str, Any]:
    emblems = select(FundingEmblem).where(FundingEmblem.track_id == track.id)
    found = db.session.scalars(emblems.order_by(FundingEmblem.position))
    return {
        "statement": track.funding_statement,
        "emblems": [{"symbol": each.symbol, "label": each.label} for each in found],
    }


def _make_sheet(document: RegisterDocument, root: str, tell: printing.Tell) -> Printed:
    lesson = db.session.get_one(Lesson, document.lesson_id)
    register = queries.head(lesson).register
    rows = queries.rows(lesson, register.id if register else None)
    people = [
        printing_more.SheetPerson(row.name, row.organisation) for row in rows if not row.withdrawn
    ]
    teachers = [each.full_name for each in queries_sealing.teachers_of(lesson)]
    return printing_more.sheet_pdf(
        lesson,
        people,
        teachers,
        _funding(lesson.module.cycle.track),
        document.language,
        _address(root, lesson.id),
        tell,
    )


def _make_lesson(document: RegisterDocument, root: str, tell: printing.Tell) -> Printed:
    lesson = db.session.get_one(Lesson, document.lesson_id)
    register = _sealed(lesson)
    assert register is not None  # noqa: S101 # nosec B101 # asked before, and never opened again
    sealed = read_sealed(register.id)
    return printing.register_pdf(sealed, document.language, _address(root, lesson.id), tell)


def _make_cycle(document: RegisterDocument, root: str, tell: printing.Tell) -> Printed:
    cycle_id, language = document.cycle_id, document.language
    summary = printing_more.Summary()
    registers: list[tuple[str, Printed]] = []
    for register_id in closed_registers(cycle_id):
        sealed = read_sealed(register_id)
        summary.add(sealed)
        printed = printing.register_pdf(sealed, language, _address(root, sealed.lesson_id), tell)
        name = _("Register no. %(number)s", number=sealed.number)
        registers.append((f"{name} – {sealed.lesson['title']}", printed))
    cycle = db.session.get_one(Cycle, cycle_id)
    missing = queries_documents.unsealed_lessons(cycle_id)
    opening = summary.pdf(cycle, missing, _funding(cycle.track), language)
    tell()
    return printing_more.joined(opening, registers, _("Summary"))
