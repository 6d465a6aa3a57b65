"""Certificates taken away together, for the organisers: a page to choose from, and the ZIP."""

from __future__ import annotations

from flask import Response, abort, render_template, request, stream_with_context
from flask_babel import format_decimal

from lms import access
from lms.catalogue.models import Cycle
from lms.issuance import archives, queries_archive
from lms.issuance.blueprint import blueprint
from lms.lists import search_text
from lms.text import slug


@blueprint.get("/cicli/<cycle_slug>/attestati/archivio")
def archive(**_address: str) -> str:
    """What can be taken away: the whole cycle, or the people of one organisation."""
    cycle, text = access.subject(Cycle), search_text()
    total, ready, size = queries_archive.counts(cycle.id)
    return render_template(
        "issuance/archive.html",
        cycle=cycle, text=text, total=total, ready=ready,
        megabytes=format_decimal(max(0.1, round(size / 2**20, 1))),
        page=queries_archive.bodies(cycle.id, text),
    )  # fmt: skip


@blueprint.get("/cicli/<cycle_slug>/attestati/archivio.zip")
def download_archive(**_address: str) -> Response:
    """The PDFs of a cycle, or with `?ente=` of one organisation's people, and a list of them."""
    cycle, name, body_id = access.subject(Cycle), "", None
    if asked := request.args.get("ente", ""):
        known = asked.isascii() and asked.isdecimal() and len(asked) <= 9
        body = queries_archive.body_of(cycle.id, int(asked)) if known else None
        if body is None:
            abort(404)
        body_id, name = body.id, body.name
    entries = queries_archive.entries(cycle.id, body_id)
    filename = slug(f"attestati {cycle.code} {name}")
    return Response(
        stream_with_context(archives.archive(entries)),
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{filename}.zip"'},
    )
