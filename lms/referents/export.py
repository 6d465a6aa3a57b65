"""What the office takes away: a row for each person and cycle of a year, as CSV or XLSX."""

from __future__ import annotations

from flask import Response
from flask_babel import format_decimal
from flask_babel import gettext as _

from lms.catalogue.words import MODE_WORDS
from lms.organisations.models import Organisation
from lms.pages import local_date
from lms.referents import queries
from lms.referents.queries import NO_FACTS, Colleague, CycleFacts, Training
from lms.referents.words import training_outcome
from lms.spreadsheets import csv_response, xlsx_response
from lms.text import slug

Row = list[object]


def as_csv(body: Organisation, year: int) -> Response:
    """Hours are written as the page's language writes decimals."""
    rows = [
        [format_decimal(cell, "0.00") if isinstance(cell, float) else cell for cell in row]
        for row in _rows(body, year)
    ]
    return csv_response(f"{_name(body, year)}.csv", _header(year), rows)


def as_xlsx(body: Organisation, year: int) -> Response:
    """Hours are numbers, everything else is text."""
    return xlsx_response(f"{_name(body, year)}.xlsx", _header(year), _rows(body, year))


def _name(body: Organisation, year: int) -> str:
    return f"ore-{year}-{slug(body.name)[:40]}"


def _header(year: int) -> list[str]:
    return [
        _("Family name"), _("Given name"), _("Cycle"), _("Provider"), _("Subject areas"), _("Mode"),
        _("First lesson"), _("Last lesson"), _("Hours attended in %(year)s", year=year),
        _("Hours attended in all"), _("Hours due"), _("Outcome"), _("Certificate"),
    ]  # fmt: skip


def _rows(body: Organisation, year: int) -> list[Row]:
    lines = [
        (colleague, training)
        for colleague in queries.everybody(body.id, year)
        for training in colleague.trainings
        if training.in_year
    ]
    facts = queries.facts_of_cycles({training.enrolment.cycle_id for _one, training in lines})
    return [
        _row(colleague, training, facts.get(training.enrolment.cycle_id, NO_FACTS))
        for colleague, training in lines
    ]


def _row(colleague: Colleague, training: Training, facts: CycleFacts) -> Row:
    person, cycle = colleague.person, training.enrolment.cycle
    return [
        person.family_name,
        person.given_name,
        cycle.title,
        cycle.track.issuer,
        ", ".join(facts.areas),
        ", ".join(str(MODE_WORDS[mode]) for mode in facts.modes),
        local_date(facts.first, style="short") if facts.first else "",
        local_date(facts.last, style="short") if facts.last else "",
        training.minutes_of_year / 60,
        training.minutes / 60,
        training.due / 60,
        training_outcome(training.outcome)[0],
        training.serial,
    ]
