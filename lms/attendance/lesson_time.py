"""A lesson's row as the rules of counting see it."""

from __future__ import annotations

from lms.attendance.window import Window
from lms.catalogue.models import Lesson


def window_of(lesson: Lesson) -> Window:
    """The time that counts in `lesson`, with its cycle's grace."""
    grace = lesson.module.cycle.grace_minutes
    return Window(lesson.starts_at, lesson.ends_at, lesson.breaks, grace)
