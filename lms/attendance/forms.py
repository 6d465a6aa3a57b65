"""What the pages of a register send back, read and worded.

The register itself is read by hand: a thousand rows of WTForms fields would take longer to build
than to save.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.attendance.rules import BadCellError, Cell, CellFault, Mark, Typed, read_cell
from lms.text import clean_line, clean_text

LARGEST_ID = 2**31 - 1
NEVER = -1  # a version that no row has


def one_line(text: str | None) -> str:
    """A field's text as one clean line, so that it can be shown again whatever was sent."""
    plain = (text or "").strip()
    return plain if plain.isascii() and plain.isprintable() else clean_line(plain)


@dataclass(frozen=True, slots=True)
class TypedText:
    """One cell exactly as it was typed, to be shown again."""

    mark: str
    minutes: str
    was: str


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one cell, in the shape `error_summary` draws."""

    id: str
    errors: tuple[str, ...]
    type: str = "RegisterCell"


class RegisterForm:
    """The cells of a register: `typed` to be saved, `texts` as they stood, `faults` by person.

    Fields: `mark-<enrolment>` (empty: unmarked), `minutes-<enrolment>`, `was-<enrolment>` (version,
    mark and minutes the row was drawn with, or the version alone) and, from the page of conflicts,
    `choice-<enrolment>`: "theirs", or the version that "mine" overwrites.
    """

    def __init__(self, fields: Mapping[str, str], lesson_minutes: int) -> None:
        self.texts: dict[int, TypedText] = {}
        self.typed: list[Typed] = []
        self.faults: dict[int, str] = {}
        self.form_errors: list[str] = []
        for name in fields:
            enrolment_id = _id_after("was-", name)
            mark = fields.get(f"mark-{enrolment_id}")
            if enrolment_id is None or mark is None:
                continue
            minutes = one_line(fields.get(f"minutes-{enrolment_id}"))
            text = TypedText(one_line(mark), minutes[:20], one_line(fields[name])[:60])
            self.texts[enrolment_id] = text
            choice = fields.get(f"choice-{enrolment_id}", "")
            if choice != "theirs":
                self._read(enrolment_id, text, choice, lesson_minutes)

    def _read(self, enrolment_id: int, text: TypedText, choice: str, lesson_minutes: int) -> None:
        version, shown = was_shown(text.was)
        try:
            cell = read_cell(text.mark, text.minutes, shown, lesson_minutes)
        except BadCellError as error:
            self.faults[enrolment_id] = fault_sentence(error.fault, lesson_minutes)
            return
        over = int(choice) if _is_number(choice) else None
        self.typed.append(Typed(enrolment_id, cell, version, shown, over))

    @property
    def errors(self) -> dict[str, list[str]]:
        """As a form's: empty when everything can be taken."""
        found = {f"minutes-{key}": [fault] for key, fault in self.faults.items()}
        return {**found, **({"": self.form_errors} if self.form_errors else {})}

    def __iter__(self) -> Iterator[FieldFault]:
        for enrolment_id, fault in self.faults.items():
            yield FieldFault(f"minutes-{enrolment_id}", (fault,))

    def changed(self) -> dict[int, TypedText]:
        """The cells that differ from how they were drawn, to be carried through another page."""
        different = {each.enrolment_id for each in self.typed if each.cell != each.shown}
        return {key: text for key, text in self.texts.items() if key in different}


def fault_sentence(fault: CellFault, lesson_minutes: int) -> str:
    """What is wrong with a typed cell, in words."""
    sentences = {
        CellFault.UNKNOWN_MARK: _("Choose present, absent, excused or not marked."),
        CellFault.NOT_A_NUMBER: _("Write the minutes as a whole number, like 45."),
        CellFault.NO_MINUTES: _("Write at least 1 minute, or mark the person as absent."),
        CellFault.TOO_LONG: _(
            "The lesson lasts %(minutes)s minutes: nobody can have been there longer.",
            minutes=lesson_minutes,
        ),
        CellFault.MINUTES_WITHOUT_PRESENCE: _(
            "Minutes are for who was present: mark the presence, or take the minutes off."
        ),
    }
    return str(sentences[fault])


def _id_after(prefix: str, name: str) -> int | None:
    text = name.removeprefix(prefix)
    if text == name or not _is_number(text) or int(text) > LARGEST_ID:
        return None
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


def was_shown(text: str) -> tuple[int, Cell | None]:
    """The version and, where it is told, the cell a row was drawn with."""
    version, *cell = text.split(":")
    number = int(version) if _is_number(version) else NEVER
    if len(cell) != 2 or not _is_number(cell[1]):
        return number, None
    known = {each.value: each for each in Mark}
    if cell[0] and cell[0] not in known:
        return NEVER, None
    return number, Cell(known.get(cell[0]), int(cell[1]))


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """A form that is only its button, with what it was made on."""

    expected = HiddenField(filters=[one_line])


class CloseForm(FlaskForm):  # type: ignore[misc]
    """What has to be said before a register is sealed."""

    expected = HiddenField(filters=[one_line])
    unmarked = RadioField(
        _l("People not marked yet"),
        choices=[
            ("absent", _l("Mark them as absent")),
            ("leave", _l("Leave them as not marked")),
        ],
        validators=[InputRequired(_l("Say what becomes of the people not marked yet."))],
    )
    leave_queue = BooleanField(_l("Close all the same: these rows will credit nobody."))


class RectificationForm(FlaskForm):  # type: ignore[misc]
    """A visible correction after closing."""

    version = HiddenField(filters=[one_line])
    mark = RadioField(
        _l("Right mark"),
        choices=[
            (Mark.PRESENT.value, _l("Present")),
            (Mark.ABSENT.value, _l("Absent")),
            (Mark.EXCUSED.value, _l("Excused")),
        ],
        validators=[InputRequired(_l("Choose the right mark."))],
    )
    minutes = StringField(
        _l("Minutes"),
        description=_l("For who was present; empty is the whole lesson."),
        filters=[one_line],
        validators=[Optional(), Length(max=10, message=_l("Write the minutes as a number."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("It stays in the register, and the person reads it."),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_l("Write the reason of the correction.")),
            Length(max=500, message=_l("Write the reason in 500 characters at most.")),
        ],
    )
