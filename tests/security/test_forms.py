"""Every form of the application: values outside the set, numbers that are none, fields too many.

Weaknesses 8, 16 and 26; ASVS 1.3.6 2.2.1 2.2.2 2.4.1 15.3.3.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, DateTime, Enum, Integer
from werkzeug.test import TestResponse

from lms.clock import now
from lms.extensions import db
from tests.security.payloads import LONG
from tests.security.reading import CHOICES, FREE_TEXT, Control, Form, forms_of
from tests.security.rehearsal import Stage

# PostgreSQL is the stricter one with numbers, lengths and NUL.
pytestmark = pytest.mark.one_database("postgresql")

NUMBERS = frozenset({"number", "date", "time", "datetime-local", "hidden"})
BOOLEAN = ("y",)
PASTED = frozenset({"enrolment.paste", "referents.paste"})


def only(name: str, value: Any, others: Any = lambda _control: None) -> Any:
    """A change of one control; `others` changes the rest."""
    return lambda control: [value] if control.name == name else others(control)


def test_a_choice_outside_the_set_is_refused(stage: Stage) -> None:
    tried, wrong = 0, []
    for form in stage.forms:
        for control in form.controls:
            multiple = control.kind == "checkbox" and control.options != BOOLEAN
            if control.kind not in CHOICES and not multiple:
                continue
            tried += 1
            for value in ("evil' OR 1=1 --", "999999"):
                pairs = form.pairs(only(control.name, value, others=valid))
                response = stage.site.send(form, pairs, look=False)
                if response.status_code not in {400, 404, 409, 422} or stage.taken.changed():
                    wrong.append(f"{form.name}: {control.name}={value}: {response.status_code}")
    assert wrong == []
    assert tried > 25


def test_a_word_that_is_no_mark_marks_nobody(stage: Stage) -> None:
    (form,) = [form for form in stage.forms if form.endpoint == "attendance.mark_rest"]
    for value in ("evil", "", "excused"):
        response = stage.site.send(form, form.pairs(only("mark", value)))
        assert response.status_code == 422
        assert not stage.taken.changed()


def test_a_number_that_is_none_is_no_fault(stage: Stage) -> None:
    tried, wrong = 0, []
    for form in stage.forms:
        for control in form.controls:
            if control.name == "csrf_token" or not (control.numeric or control.kind in NUMBERS):
                continue
            tried += 1
            for value in ("-1", "9" * 25, "\u00b2", "2026-02-30T25:61\x00'"):
                response = stage.site.send(
                    form, form.pairs(only(control.name, value)), look="\0" in value
                )
                if response.status_code >= 500:
                    wrong.append(f"{form.name}: {control.name}={value!r}")
    assert wrong == []
    assert tried > 40


def test_empty_and_missing_fields_are_no_fault(stage: Stage) -> None:
    for form in stage.forms:
        token = [pair for pair in form.pairs() if pair[0] == "csrf_token"]
        for pairs in (form.pairs(lambda _c: [""]), token, form.pairs() * 2):
            assert stage.site.send(form, pairs, look=False).status_code < 500, form.name


def _columns() -> dict[str, str]:
    """Every column's name with a value somebody might like it to have."""
    found: dict[str, str] = {"_method": "DELETE", "csrf": "x", "is_admin": "1", "admin": "true"}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if isinstance(kind, Enum):
                found[column.name] = str(kind.enums[-1])
            elif isinstance(kind, Boolean):
                found[column.name] = "y"
            elif isinstance(kind, Integer):
                found[column.name] = "2"
            elif isinstance(kind, DateTime):
                found[column.name] = f"{now() + timedelta(days=900):%Y-%m-%dT%H:%M}"
            else:
                found[column.name] = "assegnato-in-massa"
    return found


def test_fields_too_many_change_nothing(stage: Stage) -> None:
    """Mass assignment: a form with every column of the database does what it does without."""
    columns, wrong, changing = _columns(), [], 0
    for form in stage.forms:
        own = {control.name for control in form.controls}
        pairs = form.pairs(valid)
        plain = stage.site.send(form, pairs, look=False)
        expected = stage.taken.take()
        changing += expected not in {None, stage.taken.before}
        extra = [(name, value) for name, value in columns.items() if name not in own]
        crowded = stage.site.send(form, [*pairs, *extra], look=False)
        if (crowded.status_code, stage.taken.take()) != (plain.status_code, expected):
            wrong.append(f"{form.name}: {plain.status_code} and {crowded.status_code}")
    assert wrong == []
    assert changing > 20, "hardly any form did anything, so nothing was compared"


def valid(control: Control) -> list[Any] | None:
    """What makes the deed of most forms succeed."""
    day = f"{now() + timedelta(days=30):%Y-%m-%d}"
    known = {"day": day, "first_day": day, "start": "10:00", "end": "12:00", "code": "ALTRO-1"}
    known |= {"mark": "absent", "minutes": "", "emails": "", "reason": "Perché sì"}
    if control.kind == "textarea" or control.kind == "text":
        if control.name in known:
            return [known[control.name]]
        if control.values == ("",) and not control.numeric and "code" not in control.name:
            return ["Testo"] if control.name not in {"organisation", "join_url"} else None
    if control.kind == "checkbox" and control.options != BOOLEAN and not control.values:
        return [control.options[0]]
    return [known[control.name]] if control.name in known and control.kind != "button" else None


def test_text_without_end_is_refused_and_kept(stage: Stage) -> None:
    """No column overflows; what was typed stands in the form again (passwords never do)."""
    wrong, tried = [], 0
    forms = stage.forms
    stage.taken.take()  # what another test left
    for form in forms:
        typed = {c.name: LONG for c in form.controls if c.kind in FREE_TEXT - {"search"}}
        passwords = {c.name: LONG for c in form.controls if c.kind == "password"}
        if not typed:
            continue
        sent = {**typed, **passwords}
        pairs = form.pairs(lambda c, sent=sent: [sent[c.name]] if c.name in sent else None)
        response = stage.site.send(form, pairs)
        # A pasted list is looked at line by line: that it cannot be taken is said on its page.
        if response.status_code != (200 if form.endpoint in PASTED else 422):
            wrong.append(f"{form.name}: {response.status_code}")
        if stage.taken.changed():
            wrong.append(f"{form.name} changed something")
        shown = shown_again(stage, form, response)
        tried += len(typed)
        # Of minutes, which have three digits, twenty characters come back.
        typed = {name: text for name, text in typed.items() if not name.startswith("minutes-")}
        wrong += [f"{form.name}: {name} is lost" for name in typed if not same(shown.get(name))]
        wrong += [f"{form.name}: {name} is shown" for name in passwords if any(shown[name])]
    assert not wrong, "\n".join(wrong)
    assert tried > 50


def same(values: tuple[str, ...] | None) -> bool:
    """Codes and addresses are shown as they are compared: in capitals, or without."""
    return [value.lower() for value in values or ()] == [LONG]


def shown_again(stage: Stage, form: Form, response: TestResponse) -> dict[str, tuple[str, ...]]:
    """The values of the same form on the page that answers."""
    again = forms_of(response.text, form.action, form.actor, stage.site.app)
    alike = [one for one in again if one.endpoint == form.endpoint]
    # Where a page has the form once a row, the one of this row.
    alike = [one for one in alike if one.action == form.action] or alike
    return {control.name: control.values for one in alike for control in one.controls}
