"""The roles of a person: held now, ever held, given and ended by administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import roles
from lms.accounts.loading import RoleOfPerson
from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.accounts.scopes import EVERYTHING
from lms.accounts.words import role_in_words
from lms.catalogue.queries import track_titles
from lms.extensions import db
from lms.roles import queries
from lms.roles.forms import GrantForm, ReasonForm

blueprint = Blueprint("roles", __name__)


@blueprint.app_template_global()
def own_roles() -> queries.OwnRoles:
    """The roles of who is signed in, for their profile."""
    return queries.held_by(current_user.person_id)


@blueprint.get("/persone/<int:person_id>/ruoli")
def of_person(**_address: int) -> str:
    """Roles held now, and every role ever held."""
    shown = access.subject(Person)
    history = queries.history(shown.id)
    return render_template(
        "roles/of_person.html",
        person=shown,
        roles=list(StaffRole),
        held=[line for line in history if line.is_open],
        history=history,
    )


@blueprint.route("/persone/<int:person_id>/ruoli/<role>/assegna", methods=["GET", "POST"])
def grant(**_address: int | str) -> str | Response | tuple[str, int]:
    """Give a role, with what it is for and why."""
    wanted = access.subject(RoleOfPerson)
    if wanted.role is StaffRole.REFERENT:
        return _to_the_organisation(wanted.person)
    form = GrantForm(wanted.role, track_titles(EVERYTHING))
    if not form.validate_on_submit():
        page = render_template(
            "roles/grant.html", person=wanted.person, role=wanted.role, form=form
        )
        return page, 422 if form.is_submitted() else 200
    for track_id in form.track_ids:
        roles.grant_role(
            wanted.person, wanted.role, by=current_user.person_id, track_id=track_id,
            reason=form.reason.data or "",
        )  # fmt: skip
    values = {"name": wanted.person.full_name, "role": role_in_words(wanted.role)}
    flash(_("%(name)s now has the role: %(role)s.", **values), "success")
    return redirect(url_for("roles.of_person", person_id=wanted.person.id), 303)


def _to_the_organisation(person: Person) -> Response:
    """Referents are appointed on the page of their organisation."""
    if person.organisation_id is None:
        flash(_("Give the person an organisation first: a referent acts for one."), "warning")
        return redirect(url_for("people.edit", person_id=person.id), 303)
    return redirect(
        url_for(
            "referents.of_organisation", organisation_id=person.organisation_id, q=person.full_name
        ),
        303,
    )


@blueprint.route("/persone/<int:person_id>/ruoli/<int:grant_id>/togli", methods=["GET", "POST"])
def end(person_id: int, **_address: int) -> str | Response | tuple[str, int]:
    """End a role, with a reason."""
    ended, form = access.subject(RoleGrant), ReasonForm()
    person = db.session.get_one(Person, person_id)
    if not form.validate_on_submit():
        page = render_template(
            "roles/end.html", person=person, grant=ended, scope=queries.scope_of(ended), form=form
        )
        return page, 422 if form.is_submitted() else 200
    roles.end_grant(ended, by=current_user.person_id, reason=form.reason.data or "")
    values = {"name": person.full_name, "role": role_in_words(ended.role)}
    flash(_("%(name)s no longer has the role: %(role)s.", **values), "success")
    return redirect(url_for("roles.of_person", person_id=person_id), 303)
