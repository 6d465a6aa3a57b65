"""Kept bytes as a download that a browser neither runs nor frames."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort

from lms.attendance import queries_documents, queries_scans
from lms.attendance.models_paper import DocumentKind, RegisterDocument, RegisterScan
from lms.attendance.rules_scan import EXTENSIONS
from lms.text import slug

PIECE = 256 * 1024
NAMES = {
    DocumentKind.SHEET: "foglio-firme",
    DocumentKind.LESSON: "registro",
    DocumentKind.CYCLE: "registri-ciclo",
}


def download(content: bytes, media_type: str, name: str, extension: str) -> Response:
    """`content` in pieces, as an attachment with a plain name."""
    response = Response(
        _pieces(content),
        mimetype=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{slug(name)[:80]}.{extension}"',
        },
    )
    response.content_length = len(content)
    return response


def _pieces(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for start in range(0, len(view), PIECE):
        yield bytes(view[start : start + PIECE])


def document_response(document: RegisterDocument) -> Response:
    """The PDF, or the ZIP of PDFs, as a download; 404 while it is not made."""
    content = queries_documents.pdf_of(document.id)
    if not content:
        abort(404)
    of = document.lesson_id or document.cycle_id
    name = f"{NAMES[document.kind]}-{of}-{document.id}-{document.language}"
    if document.bundle:
        return download(content, "application/zip", name, "zip")
    return download(content, "application/pdf", name, "pdf")


def scan_response(scan: RegisterScan) -> Response:
    """A scan as a download; 404 once its time is over."""
    content = queries_scans.content_of(scan.id)
    if not content:
        abort(404)
    extension = EXTENSIONS[scan.media_type.value]
    name = scan.filename.removesuffix(f".{extension}")
    return download(content, scan.media_type.value, f"scansione {scan.id} {name}", extension)
