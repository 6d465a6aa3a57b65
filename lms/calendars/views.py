"""Calendar files for anybody, each person's own feed, and the page where its address is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms import access
from lms.attendance.joining_addresses import personal_address
from lms.calendars import actions, queries
from lms.calendars.answers import calendar_answer
from lms.calendars.entries import Contents, LessonFacts, personal_name
from lms.calendars.forms import FeedForm
from lms.calendars.queries import OpenFeed
from lms.catalogue.models import Cycle, Lesson
from lms.clock import now
from lms.errors import UserError
from lms.links import public_root, public_url
from lms.pages import select_locale
from lms.text import slug

blueprint = Blueprint("calendars", __name__)

PUBLIC_MAX_AGE = 300
Page = str | AnyResponse | tuple[str, int]


@blueprint.app_template_global()
def webcal_url(endpoint: str, **values: str) -> str:
    """The whole address of a calendar, as programs that subscribe want it."""
    return "webcal://" + public_url(endpoint, **values).partition("://")[2]


@blueprint.get("/incontri/<int:lesson_id>.ics")
def lesson_ics(lesson_id: int) -> Response:
    """One lesson, to be added to a calendar once."""
    lesson = access.subject(Lesson)
    facts = queries.lesson_facts(lesson_id)
    day = lesson.starts_at.astimezone(ZoneInfo(lesson.zone))
    return calendar_answer(
        Contents(facts, select_locale(), public_root()),
        file_name=f"{day:%Y-%m-%d}-{slug(lesson.title) or lesson_id}.ics",
        changed_at=lesson.changed_at,
        max_age=PUBLIC_MAX_AGE,
    )


@blueprint.get("/cicli/<cycle_slug>.ics")
def cycle_ics(cycle_slug: str) -> Response:
    """All lessons of a cycle, to be added once or subscribed to."""
    cycle = access.subject(Cycle)
    facts = queries.facts_of_cycle(cycle.id)
    return calendar_answer(
        Contents(facts, select_locale(), public_root(), cycle.title),
        file_name=f"{cycle_slug}.ics",
        changed_at=max((one.changed_at for one in facts), default=None),
        max_age=PUBLIC_MAX_AGE,
    )


@blueprint.get("/calendario/<token>.ics")
def feed(token: str) -> Response:  # noqa: ARG001 - the table's loader has already spent it
    """A person's lessons behind their secret address."""
    found = access.subject(OpenFeed)
    facts = _with_own_links(queries.facts_of_person(found.person_id), found.person_id)
    name = personal_name(found.language, current_app.config["SITE_NAME"])
    return calendar_answer(
        Contents(facts, found.language, public_root(), name, personal=True),
        file_name="calendario.ics",
        changed_at=max([found.changed_at, *(one.changed_at for one in facts)]),
        max_age=None,
    )


def _with_own_links(facts: tuple[LessonFacts, ...], person_id: int) -> tuple[LessonFacts, ...]:
    """Lessons with this person's joining links in place of the rooms' addresses."""
    return tuple(
        one._replace(join_url=personal_address(one.id, one.join_url, person_id))
        if one.join_url
        else one
        for one in facts
    )


@blueprint.get("/calendario")
def my_calendar() -> str:
    """What one's calendar holds, and its address."""
    return _my_calendar()


def _my_calendar(token: str = "", problem: str = "") -> str:  # nosec B107 # "": none was made
    lessons = queries.facts_of_person(current_user.person_id)
    coming = [one for one in lessons if one.ends_at > now()]
    return render_template(
        "calendars/my_calendar.html",
        feed=queries.open_feed_of(current_user.person_id),
        address=public_url("calendars.feed", token=token) if token else "",
        webcal=webcal_url("calendars.feed", token=token) if token else "",
        problem=problem,
        total=len(lessons),
        coming=coming,
    )


@blueprint.post("/calendario")
def create_feed() -> Page:
    """Make the address and show it."""
    who = current_user.person_id
    return _showing_address(partial(actions.create_feed, who, select_locale(), by=who))


@blueprint.route("/calendario/sostituisci", methods=["GET", "POST"])
def replace_feed() -> Page:
    """Ask, then give the calendar a new address; the old one is dead at once."""
    form = _form_of_open_feed()
    if form is None:
        return redirect(url_for("calendars.my_calendar"), 303)
    if not form.validate_on_submit():
        return _asking("calendars/replace_feed.html", form)
    who, feed_id = current_user.person_id, form.asked()
    return _showing_address(partial(actions.replace_feed, who, feed_id, select_locale(), by=who))


@blueprint.route("/calendario/revoca", methods=["GET", "POST"])
def revoke_feed() -> Page:
    """Ask, then close the address for good."""
    form = _form_of_open_feed()
    if form is None:
        return redirect(url_for("calendars.my_calendar"), 303)
    if not form.validate_on_submit():
        return _asking("calendars/revoke_feed.html", form)
    try:
        actions.revoke_feed(current_user.person_id, form.asked(), by=current_user.person_id)
    except UserError as error:
        return _my_calendar(problem=error.message), error.status
    flash(_("The address is revoked: calendars that used it receive nothing more."), "success")
    return redirect(url_for("calendars.my_calendar"), 303)


def _form_of_open_feed() -> FeedForm | None:
    """The form of a page about the feed that is open now; None when there is none."""
    feed = queries.open_feed_of(current_user.person_id)
    return FeedForm(data={"feed_id": feed.id}) if feed else None


def _asking(template: str, form: FeedForm) -> tuple[str, int]:
    return render_template(template, form=form), 422 if form.is_submitted() else 200


def _showing_address(make: Callable[[], str]) -> Page:
    """The answer to a POST that makes a token: the page that shows it, this one time.

    Not a redirect: the page after it could not know the token, unless it were kept somewhere in
    clear. Sending the same POST again is harmless, because `make` then refuses (409).
    """
    try:
        return _my_calendar(token=make())
    except UserError as error:
        return _my_calendar(problem=error.message), error.status
