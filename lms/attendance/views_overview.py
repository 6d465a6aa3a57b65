"""The registers of a cycle, and the box about the register on a lesson's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_login import current_user

from lms import access
from lms.access import STAFF
from lms.attendance import queries_checking, queries_overview, words
from lms.attendance.blueprint import blueprint
from lms.attendance.codes import CHECK_IN_BEFORE, CHECK_OUT_AFTER
from lms.attendance.queries_overview import OwnPresence, Progress
from lms.catalogue.models import Cycle, Lesson
from lms.clock import now
from lms.lists import search_text

for _words in (
    words.mark_word,
    words.mark_tone,
    words.cell_words,
    words.source_word,
    words.stage_word,
    words.stage_tone,
    words.method_word,
    words.role_word,
    words.outcome_words,
    words.clock_with_seconds,
    words.clock_with_day,
    words.as_day,
    words.reading_words,
    words.why_words,
    words.stays_in_words,
    words.whole_minutes,
    words.meaning_rows,
):
    blueprint.add_app_template_filter(_words)


@blueprint.get("/cicli/<cycle_slug>/registri")
def cycle_registers(**_address: str) -> str:
    """Every lesson of a cycle with how far its register is."""
    cycle, text = access.subject(Cycle), search_text()
    return render_template(
        "attendance/cycle_registers.html",
        cycle=cycle,
        text=text,
        page=queries_overview.cycle_progress(cycle.id, text, now()),
    )


@dataclass(frozen=True, slots=True)
class LessonBox:
    """What the page of a lesson says of its register to who looks at it."""

    progress: Progress | None
    own: OwnPresence | None
    takes_check_ins: bool = False


def lesson_box(lesson: Lesson) -> LessonBox | None:
    """For staff of the lesson its register's progress, for the enrolled their own presence.

    Before the lesson begins there is no presence to speak of, only perhaps an excuse given early.
    """
    if not current_user.is_authenticated:
        return None
    progress, instant = None, now()
    if access.allowed_to(STAFF):
        progress = queries_overview.lesson_progress(lesson, instant)
    own = queries_overview.own_presence(lesson, current_user.person_id)
    checks = own is not None and _takes_check_ins(lesson, instant)
    if own and own.cell.mark is None and lesson.starts_at > instant:
        own = None
    return LessonBox(progress, own, checks) if progress or own or checks else None


def _takes_check_ins(lesson: Lesson, instant: datetime) -> bool:
    opens, closes = lesson.starts_at - CHECK_IN_BEFORE, lesson.ends_at + CHECK_OUT_AFTER
    if not opens <= instant < closes:
        return False
    desk = queries_checking.desk(lesson.id)
    return desk is not None and desk.is_open


blueprint.add_app_template_global(lesson_box)
