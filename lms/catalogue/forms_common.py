"""What the forms of this room share: cleaned fields, choices, the version of the row behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from lms.catalogue.presenting import Conflict
from lms.text import clean_line, clean_text

LONGEST_TEXT = 5000
ITALY = "Europe/Rome"
Validators = dict[str, Sequence[Callable[..., Any]]] | None


def one_line(text: str | None) -> str:
    """WTForms filter: one clean line, never None."""
    return clean_line(text or "")


def several_lines(text: str | None) -> str:
    """WTForms filter: clean lines, never None."""
    return clean_text(text or "")


def line(label: Any, length: int, *checks: Any, **more: Any) -> StringField:
    """A field of one line, at most `length` characters."""
    return StringField(label, filters=[one_line], validators=[*checks, Length(max=length)], **more)


def text(label: Any, **more: Any) -> TextAreaField:
    """A field of several lines."""
    checks = [Length(max=LONGEST_TEXT)]
    return TextAreaField(label, filters=[several_lines], validators=checks, **more)


def choices(words: Any) -> list[tuple[str, Any]]:
    """The choices of an enumeration from its words."""
    return [(getattr(key, "value", key), word) for key, word in words.items()]


class VersionedForm(FlaskForm):  # type: ignore[misc]
    """A form drawn from a row: it carries the row's version, to notice when the row moves on."""

    version = HiddenField()
    conflicts: Sequence[Conflict] = ()

    @property
    def seen(self) -> int:
        """The version the form was drawn from; 0, which no row has, when it is nonsense."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
