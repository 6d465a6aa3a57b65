"""Marks as a device sends them (JSON), read one by one: a faulty one spoils no other."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from lms.attendance.forms import LARGEST_ID, was_shown
from lms.attendance.rules import BadCellError, Cell, read_cell
from lms.attendance.rules_device import Refusal, Sent
from lms.clock import now


class BadMessageError(ValueError):
    """What came is not a list of marks at all."""


def read_sent(body: Any, lesson_minutes: int, most: int) -> tuple[int, list[Sent]]:
    """Whose marks these are, and the marks in order. Raises BadMessageError."""
    if not isinstance(body, dict) or not isinstance(body.get("marks"), list):
        raise BadMessageError("no list of marks")
    person, marks = body.get("person"), body["marks"]
    if not isinstance(person, int) or len(marks) > most:
        raise BadMessageError("no person, or too many marks at once")
    return person, [_read(each, lesson_minutes) for each in marks]


def _read(sent: Any, lesson_minutes: int) -> Sent:
    if not isinstance(sent, dict):
        raise BadMessageError("a mark that is none")
    enrolment_id = sent.get("enrolment")
    if type(enrolment_id) is not int or not 0 < enrolment_id <= LARGEST_ID:
        raise BadMessageError("a mark of nobody")
    version, shown = was_shown(str(sent.get("was", ""))[:60])
    after = sent.get("after")
    return Sent(
        client_id=_uuid(sent.get("id")),
        enrolment_id=enrolment_id,
        cell=_cell(sent, shown, lesson_minutes),
        version=version,
        shown=shown,
        marked_at=_instant(sent.get("at")),
        after=_uuid(after) if after else None,
    )


def _uuid(text: Any) -> str:
    try:
        return str(uuid.UUID(str(text)))
    except ValueError as error:
        raise BadMessageError("an id that is none") from error


def _cell(sent: dict[str, Any], shown: Cell | None, lesson_minutes: int) -> Cell | None:
    try:
        minutes = str(sent.get("minutes") or "")[:20]
        return read_cell(str(sent.get("mark") or ""), minutes, shown, lesson_minutes)
    except BadCellError:
        return None


def _instant(text: Any) -> datetime:
    """When the device's clock says the mark was made; now, where it says nothing that can be."""
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return now()
    if instant.tzinfo is None or not 2020 <= instant.year <= 2100:
        return now()
    return instant.astimezone(UTC)


def refusal_sentence(refusal: Refusal) -> str:
    """Why a mark was not taken, in words."""
    sentences = {
        Refusal.CLOSED: _("The register was closed meanwhile: only a rectification can change it."),
        Refusal.CANCELLED: _("The lesson was cancelled: its register takes no marks."),
        Refusal.TOO_EARLY: _(
            "The lesson is still to come: for now only excused absences can be noted."
        ),
        Refusal.NOT_ENROLLED: _("This person is not enrolled in the cycle."),
        Refusal.BAD_MARK: _("The minutes do not fit the lesson."),
        Refusal.NOT_YOURS: _("This mark was made by somebody else."),
    }
    return str(sentences[refusal])
