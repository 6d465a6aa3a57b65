"""Both statements as PDF, with the press of the registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app
from flask_babel import get_locale

from lms.accounts.models import Person
from lms.attendance.words_paper import drawn
from lms.catalogue.models import Cycle, Lesson
from lms.clock import now
from lms.links import address_under, public_root
from lms.pages import local_date
from lms.text import slug
from lms.transcripts import queries
from lms.transcripts.queries import Record


def training_pdf(person: Person, record: Record) -> Response:
    """The training record of a person."""
    cycles = [each.training.enrolment.cycle for each in record.entries]
    return _pdf("training", "libretto formativo", person, cycles, record=record)


def teaching_pdf(person: Person, lessons: Sequence[Lesson]) -> Response:
    """The statement of the lessons a person taught."""
    taught = queries.by_cycle(lessons)
    years = queries.years_taught(lessons)
    cycles = [each.cycle for each in taught]
    total = sum(each.minutes for each in taught)
    return _pdf("teaching", "docenze", person, cycles, taught=taught, years=years, total=total)


def _pdf(
    template: str, word: str, person: Person, cycles: Sequence[Cycle], **values: Any
) -> Response:
    page = current_app.jinja_env.get_template(f"transcripts/paper_{template}.html")
    html = page.render(
        language=str(get_locale()),
        issuer=current_app.config["SITE_NAME"],
        person=person,
        today=local_date(now()),
        checked_at=address_under(public_root(), "issuance.verify_start"),
        fictional=any(cycle.track.fictional for cycle in cycles),
        first=1,
        **values,
    )
    from lms.attendance.press import printer  # noqa: PLC0415 - only who prints loads Pango

    name = slug(f"{word} {drawn(person.full_name)} {now():%Y-%m-%d}")
    return Response(
        printer().print(html).pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )
