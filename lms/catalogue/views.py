"""The public pages: the list of cycles, a cycle's programme, a lesson."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lms import access
from lms.access import STAFF, Role
from lms.catalogue import presenting, programme, queries
from lms.catalogue.models import Cycle, Lesson, LessonStatus
from lms.catalogue.queries import When
from lms.catalogue.rules import EnrolmentWindow
from lms.clock import now
from lms.lists import search_text

blueprint = Blueprint("catalogue", __name__)
for _words in (
    presenting.card_state,
    presenting.breaks_in_words,
    presenting.breaks_to_come_in_words,
    presenting.clock_in_words,
    presenting.days_in_words,
    presenting.lessons_in_words,
    presenting.mode_in_words,
    presenting.status_in_words,
    presenting.status_tone,
    presenting.to_come_in_words,
    presenting.when_in_words,
    presenting.where_in_words,
):
    blueprint.add_app_template_filter(_words)
blueprint.add_app_template_global(presenting.may_open)
TAKING_PART = STAFF | {Role.PARTICIPANT}


@blueprint.get("/cicli")
def cycles() -> str:
    """The cycles one can take part in, or could, with a search."""
    text, chosen = search_text(), request.args.get("when", "")
    when = When(chosen) if chosen in list(When) else None
    instant = now()
    return render_template(
        "catalogue/cycles.html",
        page=queries.public_cycles(text, when, instant),
        counts=queries.count_by_time(text, instant),
        when=when,
        text=text,
        instant=instant,
    )


@blueprint.get("/cicli/<cycle_slug>")
def cycle(**_address: str) -> str:
    """A cycle's programme, with what its certificate asks for."""
    shown, instant = access.subject(Cycle), now()
    plan = programme.programme(shown.id)
    rule = presenting.rule_of(shown, plan.minutes)
    return render_template(
        "catalogue/cycle.html",
        cycle=shown,
        plan=plan,
        to_come=plan.to_come(instant),
        rule=presenting.rule_in_words(rule),
        enrolment=presenting.window_in_words(shown, instant),
        enrolling=presenting.window_of(shown, instant) is EnrolmentWindow.OPEN,
        emblems=queries.emblems(shown.track_id),
        instant=instant,
    )


@blueprint.get("/incontri/<int:lesson_id>")
def lesson(**_address: int) -> str:
    """A lesson; the joining link only for those who take part in its cycle."""
    shown, instant = access.subject(Lesson), now()
    joinable = (
        bool(shown.join_url)
        and shown.status is LessonStatus.SCHEDULED
        and shown.ends_at > instant
        and access.allowed_to(TAKING_PART)
    )
    return render_template(
        "catalogue/lesson.html",
        lesson=shown,
        module=shown.module,
        cycle=shown.module.cycle,
        trainers=programme.lesson_trainers(shown.id),
        emblems=queries.emblems(shown.module.cycle.track_id),
        joinable=joinable,
        instant=instant,
    )
