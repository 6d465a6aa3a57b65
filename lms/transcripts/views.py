"""One's own training record and teaching statement, as pages and as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_login import current_user

from lms.accounts.models import Person
from lms.extensions import db
from lms.lists import page_of_list, search_text
from lms.referents.rules import DUE_MINUTES
from lms.transcripts import printing, queries

blueprint = Blueprint("transcripts", __name__)


@blueprint.app_template_global()
def i_teach() -> bool:
    """Whether who looks at the page is named as a teacher anywhere."""
    return queries.teaches(current_user.person_id)


def _me() -> Person:
    return db.session.get_one(Person, current_user.person_id)


@blueprint.get("/libretto")
def training() -> str:
    """One's own training: hours by year, and every cycle with its outcome."""
    text = search_text()
    record = queries.record_of(current_user.person_id)
    return render_template(
        "transcripts/training.html",
        page=page_of_list(record.search(text)),
        years=record.years,
        text=text,
        due=DUE_MINUTES,
    )


@blueprint.get("/libretto.pdf")
def training_pdf() -> Response:
    """The same, all of it, to be handed in."""
    me = _me()
    return printing.training_pdf(me, queries.record_of(me.id))


@blueprint.get("/docenze")
def teaching() -> str:
    """The lessons one taught, of registers already closed."""
    text = search_text()
    everything = queries.taught(current_user.person_id)
    found = [lesson for lesson in everything if queries.speaks_of(lesson.module.cycle, text)]
    return render_template(
        "transcripts/teaching.html",
        page=page_of_list(found),
        years=queries.years_taught(everything),
        text=text,
    )


@blueprint.get("/docenze.pdf")
def teaching_pdf() -> Response:
    """The same, all of it, to be handed in."""
    me = _me()
    return printing.teaching_pdf(me, queries.taught(me.id))
