"""The first page, by role, and the choice of language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.access import Role, holds
from lms.accounts.own_data import prefer_language
from lms.accounts.scopes import organised
from lms.attendance.queries_contests import count_open
from lms.catalogue.models import CycleStatus, Lesson
from lms.clock import ROME, now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.queries import enrolments_of
from lms.home import queries
from lms.home.navigation import navigation
from lms.links import safe_next
from lms.pages import LANGUAGES
from lms.privacy.notices import shown_version, versions

blueprint = Blueprint("home", __name__)
blueprint.add_app_template_global(navigation)


@blueprint.get("/")
def index() -> str:
    """What this is for strangers; what there is to do for everybody else."""
    if not current_user.is_authenticated:
        return render_template("home/welcome.html", cycles=queries.open_cycles(now()))
    return _own_page(current_user.person_id)


@dataclass(frozen=True)
class MyCycle:
    """A cycle one takes part in, with its next lessons."""

    enrolment: Enrolment
    lessons: list[Lesson]


def _own_page(person_id: int) -> str:
    instant = now()
    tracks = organised()
    organising = bool(tracks)
    mine = [
        row
        for row in enrolments_of(person_id)
        if row.status is EnrolmentStatus.CONFIRMED and row.cycle.status is not CycleStatus.ARCHIVED
    ]
    running = [row for row in mine if row.cycle.status is not CycleStatus.CLOSED]
    ids = [row.cycle_id for row in running]
    lessons = queries.own_lessons(person_id, ids, instant)
    tonight = _end_of_day(instant)
    answers = organising or lessons.to_teach or not mine  # who only attends is spared the query
    return render_template(
        "home/mine.html",
        instant=instant,
        running=[MyCycle(row, lessons.next_of.get(row.cycle_id, [])) for row in running],
        past=[row for row in mine if row.cycle.status is CycleStatus.CLOSED],
        to_register=[row for row in lessons.to_teach if row.lesson.starts_at < tonight],
        to_teach=[row for row in lessons.to_teach if row.lesson.starts_at >= tonight],
        organising=organising,
        contests=count_open(tracks, person_id) if answers else 0,
        referring=holds(Role.REFERENT),
        auditing=holds(Role.AUDITOR),
        glance=queries.cycles_at_a_glance(instant, tracks) if organising else [],
        registers=queries.open_registers(instant, tracks) if organising else None,
        cycles=[] if organising else _others(queries.open_cycles(instant), ids, lessons),
    )


def _others(
    cycles: list[queries.OpenCycle], attended: list[int], lessons: queries.OwnLessons
) -> list[queries.OpenCycle]:
    taught = {row.lesson.module.cycle_id for row in lessons.to_teach}
    return [row for row in cycles if row.cycle.id not in taught.union(attended)]


def _end_of_day(instant: datetime) -> datetime:
    """Midnight in Rome after `instant`: what begins before is to be registered today."""
    tomorrow = instant.astimezone(ROME).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ROME)


@blueprint.get("/privacy")
def privacy() -> str:
    """What is kept and why, in plain words; an administration may put its own page in its place."""
    version = shown_version(request.args.get("version", ""))
    return render_template("home/privacy.html", version=version, versions=versions())


@blueprint.get("/accessibilita")
def accessibility() -> str:
    """How accessible this is and whom to tell; the formal statement has an address of its own."""
    return render_template("home/accessibility.html")


@blueprint.post("/lingua")
def set_language() -> Response:
    """Keep the chosen language in the session and return to the page."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if current_user.is_authenticated:
            prefer_language(current_user.account, chosen)
    return redirect(safe_next(request.form.get("next")), 303)
