"""A referent's pages: own organisations, their people, hours and outcomes, files to take away."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.scopes import organisations_of
from lms.clock import ROME, now
from lms.lists import page_of, search_text
from lms.organisations.models import Organisation
from lms.pages import Page
from lms.referents import export, queries
from lms.referents.loading import OrganisationPerson
from lms.referents.rules import DUE_MINUTES
from lms.referents.words import training_outcome

blueprint = Blueprint("referents", __name__)
blueprint.add_app_template_filter(training_outcome)
YEARS_BACK = 4


def asked_year() -> int:
    """`?anno=` of this request, of the years offered; else the present one."""
    asked = request.args.get("anno", "")
    return next((year for year in years() if str(year) == asked), years()[0])


def years() -> list[int]:
    """This year and the ones before, the latest first."""
    this = now().astimezone(ROME).year
    return list(range(this, this - YEARS_BACK - 1, -1))


@blueprint.get("/referente")
def index() -> str | Response:
    """The organisations one is referent of; with one only, its page."""
    own = organisations_of(current_user.person_id)
    if len(own) == 1:
        return redirect(url_for("referents.people", organisation_id=next(iter(own))), 303)
    text = search_text()
    return render_template(
        "referents/index.html", page=page_of(queries.own_organisations(own, text)), text=text
    )


@blueprint.get("/referente/<int:organisation_id>")
def people(**_address: int) -> str:
    """The organisation's people with the hours of a year."""
    body, text, year = access.subject(Organisation), search_text(), asked_year()
    page = page_of(queries.people(body.id, text))
    colleagues = queries.colleagues(body.id, page.items, year)
    return render_template(
        "referents/people.html",
        body=body,
        page=Page(colleagues, page.number, page.size, page.total),
        text=text,
        year=year,
        years=years(),
        due=DUE_MINUTES,
    )


@blueprint.get("/referente/<int:organisation_id>/persone/<int:person_id>")
def person(**_address: int) -> str:
    """One of the organisation's people: hours and outcome, cycle by cycle."""
    subject, year = access.subject(OrganisationPerson), asked_year()
    [colleague] = queries.colleagues(subject.organisation.id, [subject.person], year)
    return render_template(
        "referents/person.html",
        body=subject.organisation,
        colleague=colleague,
        year=year,
        years=years(),
        due=DUE_MINUTES,
    )


@blueprint.get("/referente/<int:organisation_id>/ore.csv")
def export_csv(**_address: int) -> FlaskResponse:
    """A year's hours and outcomes as CSV."""
    return export.as_csv(access.subject(Organisation), asked_year())


@blueprint.get("/referente/<int:organisation_id>/ore.xlsx")
def export_xlsx(**_address: int) -> FlaskResponse:
    """A year's hours and outcomes as a workbook."""
    return export.as_xlsx(access.subject(Organisation), asked_year())
