"""The queue: people of reports whom no rule could match with certainty, and what was decided."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.attendance import actions_queue, queries, queries_reports
from lms.attendance.blueprint import blueprint
from lms.attendance.forms import LARGEST_ID
from lms.attendance.forms_reports import EntryForm
from lms.attendance.lesson_time import window_of
from lms.attendance.loading import LessonEntry
from lms.attendance.matching import Ambiguous, Unmatched, match_all
from lms.attendance.matching import Person as NamedPerson
from lms.attendance.models import ReportEntry
from lms.attendance.queries_evidence import stays
from lms.attendance.rules import credit
from lms.catalogue.models import Lesson
from lms.lists import page_of, search_text
from lms.pages import Page

Answer = str | Response | tuple[str, int]
SUGGESTED = 5
FOUND = 20


@blueprint.get("/incontri/<int:lesson_id>/registro/da-abbinare")
def queue(**_address: int) -> str:
    """The rows to be matched (or, with `decided=1`, those matched already, to be undone)."""
    lesson = access.subject(Lesson)
    head, text = queries.head(lesson), search_text()
    decided = request.args.get("decided") == "1"
    register_id = head.register.id if head.register else 0
    page: Page[ReportEntry] = page_of(
        queries_reports.entries(register_id, waiting=not decided, text=text)
    )
    roster = queries_reports.roster(lesson, register_id)
    return render_template(
        "attendance/queue.html",
        lesson=lesson,
        head=head,
        page=page,
        text=text,
        decided=decided,
        people={candidate.key: candidate for candidate in roster},
        suggestions={} if decided else _suggestions(page, roster),
        state=actions_queue.state,
        minutes=lambda entry: credit([stays(entry.intervals)], window_of(lesson)),
        stays=stays,
        form=EntryForm(),
    )


def _suggestions(page: Page[ReportEntry], roster: list[Any]) -> dict[int, list[int]]:
    """For each entry the likeliest of the enrolled, best first."""
    named = [NamedPerson(entry.name, entry.email or None) for entry in page.items]
    found: dict[int, list[int]] = {}
    for entry, match in zip(page.items, match_all(named, roster), strict=True):
        keys: tuple[Any, ...] = ()
        if isinstance(match, Ambiguous):
            keys = match.candidates
        elif isinstance(match, Unmatched):
            keys = match.suggestions
        else:
            keys = (match.key,)
        found[entry.id] = [int(str(key)) for key in keys[:SUGGESTED]]
    return found


@blueprint.route(
    "/incontri/<int:lesson_id>/registro/da-abbinare/<int:entry_id>", methods=["GET", "POST"]
)
def decide_entry(lesson_id: int, **_address: int) -> Answer:
    """Search the enrolled for one row; and the decision about it."""
    subject, form = access.subject(LessonEntry), EntryForm()
    lesson, entry = subject.lesson, subject.entry
    if request.method == "POST":
        _decide(lesson, entry, form)
        kept = {name: request.args[name] for name in ("page", "decided") if name in request.args}
        return redirect(url_for(".queue", lesson_id=lesson_id, page=kept.get("page"),
                                decided=kept.get("decided")), 303)  # fmt: skip
    text = search_text()
    head = queries.head(lesson)
    register_id = head.register.id if head.register else None
    return render_template(
        "attendance/find_person.html",
        lesson=lesson,
        entry=entry,
        text=text,
        rows=queries.rows(lesson, register_id, text=text, size=FOUND) if text else [],
        most=FOUND,
        state=actions_queue.state(entry),
    )


def _decide(lesson: Lesson, entry: ReportEntry, form: EntryForm) -> None:
    chosen, was, by = form.person.data or "", form.was.data or "", current_user.person_id
    if chosen == "dismiss":
        actions_queue.dismiss(lesson, entry, was=was, by=by)
        flash(_("“%(name)s” is not one of ours.", name=entry.name), "success")
    elif chosen == "undo":
        actions_queue.undo(lesson, entry, was=was, by=by)
        flash(_("“%(name)s” is to be matched again.", name=entry.name), "success")
    else:
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 11 else 0
        actions_queue.assign(lesson, entry, number if number <= LARGEST_ID else 0, was=was, by=by)
        flash(_("“%(name)s” is matched.", name=entry.name), "success")
