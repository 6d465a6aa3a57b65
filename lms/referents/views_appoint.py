"""Who acts for an organisation: appointed and dismissed by who organises all tracks."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import roles
from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.errors import UserError
from lms.extensions import db
from lms.lists import page_of, search_text
from lms.organisations.models import Organisation
from lms.referents import queries
from lms.referents.forms import AppointForm, DismissForm
from lms.referents.views import blueprint

Answer = str | Response | tuple[str, int]


@blueprint.route("/enti/<int:organisation_id>/referenti", methods=["GET", "POST"])
def of_organisation(**_address: int) -> Answer:
    """The organisation's referents, and people who may become one."""
    body, text, form = access.subject(Organisation), search_text(), AppointForm()
    status = 200
    if form.validate_on_submit():
        try:
            return _appoint(body, form)
        except UserError as error:
            form.form_errors.append(error.message)
            status = error.status
    elif form.is_submitted():
        status = 422
    rendered = render_template(
        "referents/of_organisation.html",
        body=body,
        form=form,
        referents=queries.referents_of(body.id),
        page=page_of(queries.possible_referents(body.id, text)),
        text=text,
    )
    return rendered, status


def _appoint(body: Organisation, form: AppointForm) -> Response:
    typed = form.person_id.data or ""
    known = typed.isascii() and typed.isdecimal() and len(typed) < 10
    person = db.session.get(Person, int(typed)) if known else None
    if person is None:
        raise UserError(_("Choose a person from the list."), 422)
    roles.grant_role(
        person, StaffRole.REFERENT, by=current_user.person_id, organisation_id=body.id,
        reason=form.reason.data or "",
    )  # fmt: skip
    flash(_("%(name)s is now referent of %(body)s.", name=person.full_name, body=body.name),
          "success")  # fmt: skip
    return redirect(url_for("referents.of_organisation", organisation_id=body.id), 303)


@blueprint.route(
    "/enti/<int:organisation_id>/referenti/<int:grant_id>/togli", methods=["GET", "POST"]
)
def dismiss(organisation_id: int, **_address: int) -> Answer:
    """End somebody's part as referent, with a reason."""
    grant, form = access.subject(RoleGrant), DismissForm()
    person = db.session.get_one(Person, grant.person_id)
    if not form.validate_on_submit():
        page = render_template(
            "referents/dismiss.html", person=person, grant=grant, form=form,
            organisation_id=organisation_id,
        )  # fmt: skip
        return page, 422 if form.is_submitted() else 200
    roles.end_grant(grant, by=current_user.person_id, reason=form.reason.data or "")
    flash(_("%(name)s is no longer referent.", name=person.full_name), "success")
    return redirect(url_for("referents.of_organisation", organisation_id=organisation_id), 303)
