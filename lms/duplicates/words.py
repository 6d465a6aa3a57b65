"""Clues, hindrances and what was changed, in words."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from lms.duplicates.rules import Clue, Hindrance

CLUES = {
    Clue.TAX_CODE: _l("Same tax code"),
    Clue.MAIL: _l("Same e-mail address"),
    Clue.NAME_AND_BODY: _l("Same name and organisation"),
    Clue.NAME: _l("Same name"),
    Clue.SIMILAR_NAME: _l("Similar name"),
}
HINDRANCES = {
    Hindrance.SAME_ROW: _l("This is one record, not two."),
    Hindrance.UNITED_ALREADY: _l("One of the two is united with another record already."),
    Hindrance.STAFF: _l("Only an administrator may unite or part the records of staff."),
    Hindrance.OWN_SIGN_IN: _l("You are signed in with the record that would go: keep that one."),
    Hindrance.DEAD_SIGN_IN: _l(
        "The sign-in that would stay is disabled and the other is not: keep the other record, "
        "or enable the sign-in first."
    ),
    Hindrance.TWO_TAX_CODES: _l(
        "They have two different tax codes. If they are the same person, correct or remove the "
        "wrong one first."
    ),
}
TABLES = {
    "person": _l("the records"),
    "account": _l("the sign-in"),
    "person_email": _l("e-mail addresses"),
    "role_grant": _l("roles"),
    "cycle_trainer": _l("who trains"),
    "lesson_trainer": _l("who trains"),
    "calendar_feed": _l("the calendar’s address"),
    "tax_code": _l("the tax code"),
    "enrolment": _l("enrolments"),
    "attendance_record": _l("attendance"),
    "contest": _l("contested presences"),
    "report_entry": _l("rows of reports"),
}


def clue_in_words(clue: Clue) -> str:
    """Why two people may be one."""
    return str(CLUES[clue])


def hindrance_in_words(hindrance: Hindrance) -> str:
    """Why two people cannot be united as asked."""
    return str(HINDRANCES[hindrance])


def tables_in_words(names: Iterable[str]) -> str:
    """What kinds of data these tables hold, each once."""
    return ", ".join(dict.fromkeys(str(TABLES[name]) for name in sorted(names)))
