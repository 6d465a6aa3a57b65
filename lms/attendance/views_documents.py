"""Registers as PDF: asked for, being made, taken away."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_documents, queries, queries_documents, words_paper
from lms.attendance.blueprint import blueprint
from lms.attendance.models_paper import DocumentKind, RegisterDocument
from lms.attendance.sealed import closed_registers
from lms.attendance.serving import document_response
from lms.catalogue.models import Cycle, Lesson
from lms.errors import UserError
from lms.pages import select_locale

Answer = str | Response | tuple[str, int]
blueprint.add_app_template_filter(words_paper.printed, "drawn")
blueprint.add_app_template_filter(words_paper.drawn, "drawn_plain")
blueprint.add_app_template_filter(words_paper.file_size)
OF_A_LESSON = {DocumentKind.SHEET.value, DocumentKind.LESSON.value}


@blueprint.route("/incontri/<int:lesson_id>/registro/pdf", methods=["GET", "POST"])
def lesson_documents(lesson_id: int) -> Answer:
    """The list to be signed and the sealed register of a lesson."""
    lesson, message, status = access.subject(Lesson), "", 200
    if request.method == "POST":
        kind = request.form.get("kind", "")
        if kind not in OF_A_LESSON:
            abort(422)
        try:
            actions_documents.ask_for_lesson(
                lesson, DocumentKind(kind), select_locale(), by=current_user.person_id
            )
        except UserError as error:
            message, status = error.message, error.status
        else:
            return redirect(url_for(".lesson_documents", lesson_id=lesson_id), 303)
    head = queries.head(lesson)
    return (
        render_template(
            "attendance/documents_lesson.html",
            lesson=lesson,
            head=head,
            made=queries_documents.of_lesson(lesson.id),
            message=message,
        ),
        status,
    )


@blueprint.route("/cicli/<cycle_slug>/registri/pdf", methods=["GET", "POST"])
def cycle_documents(cycle_slug: str) -> Answer:
    """All sealed registers of a cycle in one document."""
    cycle, message, status = access.subject(Cycle), "", 200
    if request.method == "POST":
        try:
            actions_documents.ask_for_cycle(cycle, select_locale(), by=current_user.person_id)
        except UserError as error:
            message, status = error.message, error.status
        else:
            return redirect(url_for(".cycle_documents", cycle_slug=cycle_slug), 303)
    return (
        render_template(
            "attendance/documents_cycle.html",
            cycle=cycle,
            sealed=len(closed_registers(cycle.id)),
            missing=queries_documents.unsealed_lessons(cycle.id),
            made=queries_documents.of_cycle(cycle.id),
            message=message,
        ),
        status,
    )


@blueprint.get("/registri-pdf/<int:document_id>.json")
def document_state(document_id: int) -> FlaskResponse:
    """How far a document is, for the script: `{"done", "total", "running"}`."""
    made = queries_documents.of_document(document_id)
    return jsonify(done=made.done, total=made.total, running=made.running)


@blueprint.post("/registri-pdf/<int:document_id>/riprova")
def make_document_again(**_address: int) -> Response:
    """Try once more to make a document that failed."""
    document = access.subject(RegisterDocument)
    actions_documents.try_again(document)
    flash(_("The document is being made again."), "info")
    if document.lesson_id is None:
        return redirect(url_for(".cycle_documents", cycle_slug=document.cycle.slug), 303)
    return redirect(url_for(".lesson_documents", lesson_id=document.lesson_id), 303)


@blueprint.get("/registri-pdf/<int:document_id>.pdf")
def download_document(**_address: int) -> FlaskResponse:
    """A document's stored bytes."""
    return document_response(access.subject(RegisterDocument))
