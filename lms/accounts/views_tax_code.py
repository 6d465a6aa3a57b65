"""Pages of the tax code: one's own on the profile, a person's for the organisers.

The code travels in the body of a POST only; in full it is shown to its person, on request.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import tax_code_rules as rules
from lms.accounts import tax_codes
from lms.accounts.forms_tax_code import TaxCodeFields
from lms.accounts.models import Person
from lms.accounts.tax_codes import TaxCode, TaxCodeSource, TaxCodeTakenError
from lms.accounts.views import blueprint as own
from lms.accounts.views_people import blueprint as people
from lms.errors import UserError

View = str | Response | tuple[str, int]
own.add_app_template_global(tax_codes.masked, "masked_tax_code")
own.add_app_template_filter(rules.masked, "masked_code")


@own.app_template_global()
def tax_code_of(person: Person) -> TaxCode | None:
    """The person's row, for pages that say where a code comes from."""
    return tax_codes.tax_code_of(person.id)


@own.app_template_filter()
def tax_code_source_in_words(source: TaxCodeSource) -> str:
    """On whose word a code is the person's."""
    words = {
        TaxCodeSource.DECLARED: _("Declared by the person"),
        TaxCodeSource.ORGANISER: _("Checked by the organisers"),
        TaxCodeSource.PROVIDER: _("From the digital identity"),
    }
    return str(words[source])


@own.route("/profilo/codice-fiscale", methods=["GET", "POST"])
def tax_code() -> View:
    """Enter or correct one's own tax code."""
    return _edit(current_user.person, url_for("accounts.profile"), is_own=True)


@own.post("/profilo/codice-fiscale/mostra")
def show_tax_code() -> str:
    """One's own tax code in full; a POST, because the look is noted."""
    code = tax_codes.in_full(current_user.person, by=current_user.person_id, purpose="own profile")
    return render_template("accounts/show_tax_code.html", code=code)


@own.route("/profilo/codice-fiscale/togli", methods=["GET", "POST"])
def remove_tax_code() -> View:
    """Take one's own tax code away, after a confirmation."""
    return _remove(current_user.person, url_for("accounts.profile"), is_own=True)


@people.route(
    "/persone/<int:person_id>/codice-fiscale", methods=["GET", "POST"], endpoint="tax_code"
)
def tax_code_of_person(**_address: int) -> View:
    """Enter a person's tax code on the organisers' word."""
    shown = access.subject(Person)
    return _edit(shown, url_for("people.person", person_id=shown.id), is_own=False)


@people.route(
    "/persone/<int:person_id>/codice-fiscale/togli",
    methods=["GET", "POST"],
    endpoint="remove_tax_code",
)
def remove_tax_code_of_person(**_address: int) -> View:
    """Take a person's tax code away, after a confirmation."""
    shown = access.subject(Person)
    return _remove(shown, url_for("people.person", person_id=shown.id), is_own=False)


def _edit(person: Person, back: str, *, is_own: bool) -> View:
    form = TaxCodeFields(person, needed=True)
    if form.validate_on_submit() and _saved(form, person):
        flash(_("The tax code is saved."), "success")
        return redirect(back, 303)
    page = render_template(
        "accounts/tax_code.html", form=form, person=person, back=back, own=is_own
    )
    return page, 422 if form.is_submitted() else 200


def _saved(form: TaxCodeFields, person: Person) -> bool:
    try:
        tax_codes.set_tax_code(person, form.tax_code.data or "", by=current_user.person_id)
    except UserError as error:
        if isinstance(error, TaxCodeTakenError):
            form.holder = error.holder
        form.form_errors.append(error.message)
        return False
    return True


def _remove(person: Person, back: str, *, is_own: bool) -> View:
    form = FlaskForm()
    if not tax_codes.people_with_tax_code([person.id]):
        return redirect(back, 303)
    if not form.validate_on_submit():
        return render_template(
            "accounts/remove_tax_code.html", form=form, person=person, back=back, own=is_own
        )
    tax_codes.remove_tax_code(person, by=current_user.person_id)
    flash(_("The tax code is removed."), "success")
    return redirect(back, 303)
