"""An administrator takes the factors of somebody who lost them away."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from lms import access
from lms.accounts.models import Person
from lms.accounts.queries import account_of
from lms.errors import UserError
from lms.factors import actions, queries
from lms.factors.blueprint import Page, blueprint, recently_proved
from lms.factors.queries import Factors


@blueprint.app_template_global()
def factors_of_person(person_id: int) -> Factors | None:
    """What the person has, for the administrators' page about them; None without an account."""
    account = account_of(person_id)
    return queries.factors_of(account.id) if account else None


@blueprint.route("/persone/<int:person_id>/secondo-fattore", methods=["GET", "POST"])
@recently_proved
def reset(**_address: int) -> Page:
    """Take every factor of the person away, after a confirmation."""
    person, form = access.subject(Person), FlaskForm()
    account = account_of(person.id)
    if account is None:
        raise UserError(_("This person has no account."), 409)
    if not form.validate_on_submit():
        return render_template("factors/reset.html", person=person, form=form)
    if actions.reset(account, by=current_user.person_id):
        flash(_("%(name)s can now set up a new second factor.", name=person.full_name), "success")
    else:
        flash(_("%(name)s has no second factor.", name=person.full_name), "info")
    return redirect(url_for("people.person", person_id=person.id), 303)
