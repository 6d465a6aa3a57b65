"""What an auditor looks at, page by page; nothing here changes anything."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import abort, render_template
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import (
    queries_documents,
    queries_evidence,
    queries_overview,
    queries_reports,
    queries_scans,
)
from lms.attendance.lesson_time import window_of
from lms.attendance.loading import Presence
from lms.attendance.models_paper import DocumentKind, RegisterDocument, RegisterScan
from lms.attendance.queries import rows_of
from lms.attendance.sealed import closed_registers
from lms.attendance.serving import document_response, scan_response
from lms.attendance.sheet import sheet
from lms.auditing import queries
from lms.auditing.sitting import looked_at
from lms.auditing.views import blueprint
from lms.catalogue.models import Cycle, Lesson, Track
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.enrolment.queries import history
from lms.issuance import overview, queries_certificates
from lms.issuance.models import Certificate
from lms.issuance.queries import candidates
from lms.issuance.serving import pdf_response
from lms.lists import page_of, search_text
from lms.pages import page_number, paginate


@blueprint.get("/revisione/percorsi/<track_slug>")
@looked_at()
def track(**_address: str) -> str:
    """The cycles of a track."""
    shown, text = access.subject(Track), search_text()
    return render_template(
        "auditing/track.html", track=shown, page=page_of(queries.cycles(shown.id, text)), text=text
    )


@blueprint.get("/revisione/cicli/<cycle_slug>")
@looked_at()
def cycle(**_address: str) -> str:
    """The registers of a cycle, lesson by lesson."""
    shown, text = access.subject(Cycle), search_text()
    return render_template(
        "auditing/cycle.html",
        cycle=shown,
        text=text,
        page=queries_overview.cycle_progress(shown.id, text, now()),
        made=queries_documents.of_cycle(shown.id),
        sealed=bool(closed_registers(shown.id)),
    )


@blueprint.get("/revisione/cicli/<cycle_slug>/persone")
@looked_at()
def people(**_address: str) -> str:
    """Everybody of a cycle: hours, entitlement, certificate."""
    shown, text = access.subject(Cycle), search_text()
    found = overview.selected(overview.overview(candidates(shown)), text, None, None)
    return render_template(
        "auditing/people.html",
        cycle=shown,
        text=text,
        page=paginate(found, page_number()),
        group_of=overview.group_of,
    )


@blueprint.get("/revisione/incontri/<int:lesson_id>")
@looked_at()
def register(**_address: int) -> str:
    """The register of a lesson as it stands."""
    lesson = access.subject(Lesson)
    shown = sheet(lesson)
    known = shown.head.register
    return render_template(
        "auditing/register.html",
        sheet=shown,
        head=shown.head,
        lesson=lesson,
        reports=queries_reports.reports(known.id) if known else [],
        rectifications=queries_reports.corrections(known) if known and shown.head.closed else [],
        scans=queries_scans.scans(known.id) if known else [],
        made=queries_documents.sealed_of_lesson(lesson.id),
    )


@blueprint.get("/revisione/incontri/<int:lesson_id>/scansioni/<int:scan_id>")
@looked_at()
def scan(**_address: int) -> FlaskResponse:
    """A scan of the signed register."""
    return scan_response(access.subject(RegisterScan))


@blueprint.get("/revisione/registri-pdf/<int:document_id>.pdf")
@looked_at()
def register_pdf(**_address: int) -> FlaskResponse:
    """A document made from sealed registers, whoever asked for it."""
    shown = access.subject(RegisterDocument)
    if shown.kind is DocumentKind.SHEET:
        abort(404)
    return document_response(shown)


@blueprint.get("/revisione/incontri/<int:lesson_id>/<int:enrolment_id>")
@looked_at(lambda presence: presence.enrolment)
def evidence(**_address: int) -> str:
    """Everything behind one person's mark."""
    presence = access.subject(Presence)
    lesson = presence.lesson
    known = queries_overview.register_of(lesson)
    (row,) = rows_of(lesson, known.id if known else None, [presence.enrolment.id])
    return render_template(
        "auditing/evidence.html",
        lesson=lesson,
        enrolment=presence.enrolment,
        register=known,
        row=row,
        grounds=queries_evidence.grounds(known.id, presence.enrolment.id) if known else [],
        inside=lambda stay: window_of(lesson).inside([stay]),
    )


@blueprint.get("/revisione/iscrizioni/<int:enrolment_id>")
@looked_at()
def enrolment(**_address: int) -> str:
    """The history of one enrolment."""
    shown = access.subject(Enrolment)
    return render_template("auditing/enrolment.html", enrolment=shown, history=history(shown.id))


@blueprint.get("/revisione/attestati/<int:certificate_id>")
@looked_at()
def certificate(**_address: int) -> str:
    """A certificate with its history."""
    shown = access.subject(Certificate)
    return render_template(
        "auditing/certificate.html",
        certificate=shown,
        events=queries_certificates.events_of(shown.id),
        document=queries_certificates.document_facts(shown.id),
    )


@blueprint.get("/revisione/attestati/<int:certificate_id>.pdf")
@looked_at()
def certificate_pdf(**_address: int) -> FlaskResponse | Response:
    """The stored PDF of a certificate."""
    shown = access.subject(Certificate)
    document = queries_certificates.document_of(shown.id)
    if document is None or not document.pdf:  # not rendered yet, or its person was erased
        abort(404)
    return pdf_response(shown, document)
