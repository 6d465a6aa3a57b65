"""What is written to both sides of a contested presence."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _

from lms.accounts.writing import Maker, readers_of, write
from lms.attendance.models_contests import Contest
from lms.catalogue.models import Lesson
from lms.links import public_url
from lms.messages.letters import Button, Letter
from lms.pages import local_datetime


def tell(person_ids: Iterable[int], occasion: str, contest: Contest, make: Maker) -> None:
    """Post the letter to each of these people who can be written to, in their language."""
    for person_id, reader in readers_of(list(person_ids)).items():
        write(f"contest:{contest.id}:{occasion}:{person_id}", reader, make)


def _letter(subject: str, contest: Contest, lesson: Lesson, *said: str) -> Letter:
    site = current_app.config["SITE_NAME"]
    about = _("Lesson: %(title)s, %(when)s.",
              title=lesson.title, when=local_datetime(lesson.starts_at, lesson.zone))  # fmt: skip
    return Letter(
        f"{subject} · {site}",
        (said[0], about, *said[1:]),
        Button(str(_("Open the contest")), public_url("attendance.contest", contest_id=contest.id)),
    )


def received(contest: Contest, lesson: Lesson) -> Maker:
    """To the participant: it has arrived."""
    return lambda: _letter(
        _("Your contest has arrived"), contest, lesson,
        _("You contested your presence: the trainer or the organisers will answer, with a "
          "reason. You will be told by mail."),
    )  # fmt: skip


def opened(contest: Contest, lesson: Lesson, name: str) -> Maker:
    """To the staff: somebody contests, and waits. Why is told on the page: it may be private."""
    return lambda: _letter(
        _("A presence is contested"), contest, lesson,
        _("%(name)s contests their presence and waits for an answer.", name=name),
    )  # fmt: skip


def accepted(contest: Contest, lesson: Lesson, answer: str) -> Maker:
    """To the participant: the register says something else now."""
    return lambda: _letter(
        _("Your contest was accepted"), contest, lesson,
        _("Your contest was accepted, and your presence corrected."),
        _("The answer: %(answer)s", answer=answer),
    )  # fmt: skip


def refused(contest: Contest, lesson: Lesson, answer: str) -> Maker:
    """To the participant: the register stays as it is."""
    return lambda: _letter(
        _("Your contest was not accepted"), contest, lesson,
        _("Your contest was not accepted: the register stays as it is."),
        _("The answer: %(answer)s", answer=answer),
    )  # fmt: skip


def answered(contest: Contest, lesson: Lesson, name: str) -> Maker:
    """To the other staff: somebody has answered, they need not."""
    return lambda: _letter(
        _("A contest was answered"), contest, lesson,
        _("The contest of %(name)s was answered: there is nothing left to do.", name=name),
    )  # fmt: skip


def withdrawn(contest: Contest, lesson: Lesson, name: str) -> Maker:
    """To the staff: it is over."""
    return lambda: _letter(
        _("A contest was withdrawn"), contest, lesson,
        _("%(name)s has withdrawn the contest: there is nothing left to do.", name=name),
    )  # fmt: skip
