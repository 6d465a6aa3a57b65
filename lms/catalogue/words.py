"""The fixed words of the catalogue: what each value of an enumeration is called on pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.catalogue import rules
from lms.catalogue.rules import (
    BreakProblem,
    CycleStatus,
    Denominator,
    EnrolmentMode,
    ExcusedPolicy,
    LessonMode,
    TaxCodePolicy,
)
from lms.catalogue.times import TimeProblem

STATUS_WORDS = {
    CycleStatus.DRAFT: _l("Draft"),
    CycleStatus.PUBLISHED: _l("Published"),
    CycleStatus.CLOSED: _l("Closed"),
    CycleStatus.ARCHIVED: _l("Archived"),
}
STATUS_TONES = {
    CycleStatus.DRAFT: "warning",
    CycleStatus.PUBLISHED: "success",
    CycleStatus.CLOSED: "neutral",
    CycleStatus.ARCHIVED: "neutral",
}
MODE_WORDS = {
    LessonMode.ONLINE: _l("Online"),
    LessonMode.ROOM: _l("In person"),
    LessonMode.BLENDED: _l("In person and online"),
}
ENROLMENT_WORDS = {
    EnrolmentMode.OPEN: _l("People enrol by themselves"),
    EnrolmentMode.BY_ORGANISER: _l("The organisers enrol people"),
}
DENOMINATOR_WORDS = {
    Denominator.WHOLE: _l("Of the whole cycle"),
    Denominator.SINCE_ENROLMENT: _l("Of the lessons held after the person enrolled"),
}
EXCUSED_WORDS = {
    ExcusedPolicy.MISSING: _l("It counts as an absence"),
    ExcusedPolicy.NOT_DUE: _l("Its hours are taken off what is due"),
}
TAX_CODE_WORDS = {
    TaxCodePolicy.NOT_ASKED: _l("Not asked"),
    TaxCodePolicy.OPTIONAL: _l("Asked; who enrols may leave it out"),
    TaxCodePolicy.REQUIRED: _l("Required of who enrols by themselves"),
}
MISSING_WORDS = {
    rules.Missing.LESSON: _l("At least one lesson that takes place"),
    rules.Missing.SIGNATORY: _l("Name and role of who signs the certificates"),
    rules.Missing.RULE: _l("The share of the hours to attend"),
}
STATUS_CONSEQUENCES = {
    CycleStatus.DRAFT: _l("As a draft only its staff see it; its address answers “not found”."),
    CycleStatus.PUBLISHED: _l("Published, everybody sees it and people can enrol."),
    CycleStatus.CLOSED: _l("Closed, it stays on the public list as a past cycle; nobody enrols."),
    CycleStatus.ARCHIVED: _l(
        "Archived, it leaves the lists; its address and its certificates keep working."
    ),
}
SYMBOL_WORDS = {"none": _l("Words only"), "eu": _l("Emblem of the European Union")}
PROBLEM_WORDS = {
    TimeProblem.NONEXISTENT: _l(
        "On this day the clock is put forward and never shows this time. Choose another one."
    ),
    TimeProblem.AMBIGUOUS: _l(
        "On this day the clock is put back and shows this time twice. Say which of the two."
    ),
    TimeProblem.ENDS_FIRST: _l("The end must come after the start, on the same day."),
    TimeProblem.TOO_LONG: _l("A lesson lasts 24 hours at most."),
    TimeProblem.FAR_AWAY: _l("Choose a year from 2000 to 2100."),
}
BREAK_WORDS = {
    BreakProblem.ENDS_FIRST: _l("A break ends after it begins."),
    BreakProblem.OUTSIDE: _l("A break lies between the start and the end of the lesson."),
    BreakProblem.OVERLAP: _l("Two breaks overlap: correct one of them."),
    BreakProblem.NOTHING_LEFT: _l("The breaks leave nothing of the lesson."),
}
BREAK_HALF = _l("Enter both times of the break, or neither.")
BREAK_TWICE = _l("On this day the clock shows this time twice: choose another one for the break.")
