"""Forms of a certificate's looks: layout and words, and a logo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from certificates.data import OWN_WORDS
from certificates.gate import InvalidData, clean_text
from lms.issuance import words
from lms.issuance.layouts import Sample
from lms.text import clean_line

_TOO_LONG = _l("At most %(max)d characters.")


def _line(text: str | None) -> str:
    return clean_line(text or "")


def _printable(_form: Any, field: Any) -> None:
    """Letters that no font draws are named at once, not when a certificate is made."""
    try:
        clean_text("text", field.data or "", 10_000, empty=True)
    except InvalidData as error:
        why = words.unprintable(field.data)
        raise ValidationError(why[:1].upper() + why[1:] + ".") from error


def _own(name: str) -> Any:
    longest = OWN_WORDS[name.removesuffix("_other")]
    kind = StringField if longest <= 100 else TextAreaField
    return kind(
        filters=[_line],
        validators=[Length(max=longest, message=_TOO_LONG), _printable],
        render_kw={"maxlength": longest} | ({} if kind is StringField else {"rows": 2}),
    )


class LooksForm(FlaskForm):  # type: ignore[misc]
    """How the certificates of a cycle shall look, and what they shall say."""

    layout = RadioField(_l("Layout"), validators=[DataRequired(_l("Choose one of the layouts."))])
    heading = _own("heading")
    introduction = _own("introduction")
    closing = _own("closing")
    heading_other = _own("heading_other")
    introduction_other = _own("introduction_other")
    closing_other = _own("closing_other")
    sample = SelectField(_l("Example data"), default=Sample.SHORT.value)

    def __init__(
        self, choices: list[tuple[str, str]], layout: str, said: Mapping[str, str]
    ) -> None:
        super().__init__(data={"layout": layout, **said})  # what was typed goes before it
        self.layout.choices = choices
        self.sample.choices = [
            (Sample.SHORT.value, _("A short name")),
            (Sample.LONG.value, _("A long name")),
            (Sample.TWO_PAGES.value, _("Two pages")),
        ]
        for name, (label, hint) in words.own_words().items():
            self[name].label.text, self[name].description = label, hint

    @property
    def said(self) -> dict[str, str]:
        """The words, by their names."""
        return {name: self[name].data or "" for name in words.own_words()}


class LogoForm(FlaskForm):  # type: ignore[misc]
    """A logo to be printed."""

    logo = FileField(
        _l("Logo"),
        description=_l("SVG or PNG, up to 400 kB. It is printed 10 or 11 mm high."),
        validators=[FileRequired(_l("Choose the file of the logo."))],
        render_kw={"accept": "image/svg+xml,image/png,.svg,.png"},
    )
    label = StringField(
        _l("What it shows"),
        description=_l(
            "For whoever does not see it, for example: Logo of the Province of Ravenna."
        ),
        filters=[_line],
        validators=[
            DataRequired(_l("Say in a few words what the logo shows.")),
            Length(max=100, message=_TOO_LONG),
            _printable,
        ],
        render_kw={"maxlength": 100},
    )


class MoveForm(FlaskForm):  # type: ignore[misc]
    """Which way a logo moves."""

    way = HiddenField()


class RemoveForm(FlaskForm):  # type: ignore[misc]
    """Nothing but the confirmation."""
