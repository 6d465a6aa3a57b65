"""Asking for the PDF of a register, and the job that makes it."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit, jobs
from lms.attendance import (
    actions_parts,
    printing,
    printing_more,
    queries,
    queries_documents,
    queries_parts,
    queries_sealing,
)
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
TURN = 30.0  # seconds: a document of hours lets certificates and others pass between its parts


def ask_for_lesson(
    lesson: Lesson, kind: DocumentKind, language: str, *, by: int | None
) -> RegisterDocument:
    """Have the list to be signed, or the sealed register, of a lesson made.

    One that is being made already is the answer: a second click makes no second document.
    """
    people = queries_documents.count_people(lesson.module.cycle_id)
    if kind is DocumentKind.SHEET and not people:
        raise UserError(_("Nobody is enrolled yet: there is no list to be signed."), 409)
    if kind is DocumentKind.LESSON and _sealed(lesson) is None:
        raise UserError(_("This register is not sealed yet: close it first."), 409)
    wanted = RegisterDocument(
        kind=kind, cycle_id=lesson.module.cycle_id, lesson_id=lesson.id, language=language
    )
    return _ask(wanted, queries_documents.expected_parts(people), by)


def ask_for_cycle(cycle: Cycle, language: str, *, by: int | None) -> RegisterDocument:
    """Have all sealed registers of a cycle made into one document, unless that is under way."""
    registers = closed_registers(cycle.id)
    if not registers:
        raise UserError(_("No register of this cycle is sealed yet."), 409)
    people = queries_documents.count_people(cycle.id)
    total = queries_documents.expected_parts(people, len(registers) + 1)
    wanted = RegisterDocument(kind=DocumentKind.CYCLE, cycle_id=cycle.id, language=language)
    return _ask(wanted, total, by)


def _sealed(lesson: Lesson) -> AttendanceRegister | None:
    return db.session.scalar(
        select(AttendanceRegister).where(
            AttendanceRegister.lesson_id == lesson.id, AttendanceRegister.seal.is_not(None)
        )
    )


def _ask(wanted: RegisterDocument, total: int, by: int | None) -> RegisterDocument:
    # Who asks at the same moment waits here, and then finds what was asked for.
    db.session.execute(select(Cycle.id).where(Cycle.id == wanted.cycle_id).with_for_update())
    known = queries_documents.under_way(wanted)
    if known is not None:
        return known
    wanted.asked_at, wanted.asked_by_id = now(), by
    db.session.add(wanted)
    db.session.flush()
    payload = {"document": wanted.id, "root": public_root()}
    jobs.enqueue(JOB_KIND, queries_documents.job_key(wanted.id), payload, total=total)
    audit.record("register.printed", wanted, actor_id=by, detail={"kind": wanted.kind.value})
    return wanted


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
        printed = maker(document, root, _Progress(job, number))
    kept = db.session.get(RegisterDocument, number)
    if kept is None or kept.made_at is not None:
        return  # dropped meanwhile (somebody in it was erased), or another worker was quicker
    kept.pdf, kept.size, kept.pages = printed.pdf, len(printed.pdf), printed.pages
    kept.bundle = not printed.pdf.startswith(b"%PDF-")
    kept.sha256, kept.made_at = hashlib.sha256(printed.pdf).hexdigest(), now()
    actions_parts.drop_parts(number)
    db.session.flush()


class _Progress:
    """Commits every part and tells the job of it; now and then lets other jobs go first."""

    def __init__(self, job: jobs.Job, document_id: int) -> None:
        self._job, self._document_id = job, document_id
        self._started, self._own = time.monotonic(), 0

    def __call__(self) -> None:
        self._own += 1
        kept = queries_parts.parts_made(self._document_id)
        done = kept or self._own  # a list to be signed keeps no parts: it is made in one go
        self._job.attempts = 0  # it goes forward: what failed before counts no more
        jobs.progress(self._job, done, max(self._job.total, done))
        if kept and time.monotonic() - self._started > TURN:
            raise jobs.TryAgain(timedelta(0), "others first")


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
    lesson, number = db.session.get_one(Lesson, document.lesson_id), document.id
    register = _sealed(lesson)
    assert register is not None  # noqa: S101 # nosec B101 # asked before, and never opened again
    sealed = read_sealed(register.id, document.asked_at)
    layout = printing.register_layout(sealed, document.language, _address(root, lesson.id))
    actions_parts.make_section(number, 1, layout, tell)
    return actions_parts.only_section(number)


def _make_cycle(document: RegisterDocument, root: str, tell: printing.Tell) -> Printed:
    """Registers one by one, then the summary that opens the document."""
    number, language, at = document.id, document.language, document.asked_at
    cycle = db.session.get_one(Cycle, document.cycle_id)
    registers = closed_registers(cycle.id, at)
    summary = printing_more.Summary(at)
    for section, register_id in enumerate(registers, 1):
        sealed = read_sealed(register_id, at)
        summary.add(sealed)
        layout = printing.register_layout(sealed, language, _address(root, sealed.lesson_id))
        actions_parts.make_section(number, section, layout, tell)
    missing = queries_documents.unsealed_lessons(cycle.id, at)
    opening = summary.layout(cycle, missing, _funding(cycle.track), language)
    actions_parts.make_section(number, actions_parts.SUMMARY, opening, tell)
    if queries_parts.pages_of(number) > actions_parts.LARGEST_SINGLE:
        return actions_parts.bundled(number, at)
    return actions_parts.joined(number, _("Summary"))
