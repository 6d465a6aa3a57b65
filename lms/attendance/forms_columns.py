"""The form in which somebody says what the columns of a table are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField

from lms.attendance.forms import one_line
from lms.attendance.readers.mapping import (
    MOST_COLUMNS,
    ROLES,
    ColumnMapping,
    Role,
    fault,
    guessed,
    heading_rows,
    under,
)
from lms.attendance.readers.table import Row, Table
from lms.attendance.words import role_word

SAMPLES = 3
_SAMPLED = 50
SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the page shows it: its heading, its first values, its field of the form."""

    at: int
    heading: str
    samples: tuple[str, ...]

    @property
    def field(self) -> str:
        """The name of its field."""
        return f"column_{self.at}"


class ColumnsForm(FlaskForm):  # type: ignore[misc]
    """Which column is which; the fields of the columns are added for each table."""

    row = HiddenField(filters=[one_line])
    remember = BooleanField(
        _l("Remember this for the next table with the same headings, in this track"), default=True
    )
    columns: Sequence[Column]
    headings: tuple[str, ...]

    def mapping(self) -> ColumnMapping:
        """What was said."""
        return ColumnMapping(self.headings, tuple(self._said()))

    def _said(self) -> list[tuple[Role, int]]:
        return [(self[c.field].data, c.at) for c in self.columns if self[c.field].data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, and whether they make sense together."""
        if not super().validate(extra_validators):
            return False
        wrong = fault(self._said())
        if wrong:
            self.form_errors.append(_fault_in_words(wrong))
        return wrong is None


def _fault_in_words(wrong: str) -> str:
    words = {
        "twice": _("Two columns cannot be the same thing: choose one of them."),
        "nobody": _("Say in which column people are: a name, an e-mail address or a tax code."),
        "without_join": _("A day or a time of leaving needs the column of when people came in."),
    }
    return str(words[wrong])


def columns_form(table: Table, line: int, before: ColumnMapping | None) -> ColumnsForm:
    """The form for a table whose headings stand in row `line` (0: in none).

    `before` is what was said of it earlier; else each column is what it seems to be.
    """
    head = next((row for row in heading_rows(table) if row.line == line), Row(0, ()))
    rows = under(table, head.cells)
    columns = _columns(head, rows)
    choices = [("", _("not needed")), *((role, role_word(role)) for role in ROLES)]
    fields = {each.field: SelectField(each.heading, choices=choices) for each in columns}
    form: ColumnsForm = type("TableForm", (ColumnsForm,), fields)()
    form.columns, form.headings = columns, head.cells
    if not form.is_submitted():
        said = before if before and before.headings == head.cells else guessed(head, rows)
        for role, at in said.columns:
            if at < len(columns):
                form[columns[at].field].data = role
        form.row.data = str(line)
    return form


def _columns(head: Row, rows: Sequence[Row]) -> list[Column]:
    width = max((len(row.cells) for row in (head, *rows[:_SAMPLED])), default=0)
    return [
        Column(at, head.cell(at) or str(_("Column %(number)s", number=at + 1)), _samples(rows, at))
        for at in range(min(width, MOST_COLUMNS))
    ]


def _samples(rows: Sequence[Row], at: int) -> tuple[str, ...]:
    """The first values of a column, each once, cut to what a page can show."""
    found = dict.fromkeys(row.cell(at)[:SHOWN_LENGTH] for row in rows[:_SAMPLED])
    return tuple(value for value in found if value)[:SAMPLES]
