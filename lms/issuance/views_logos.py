"""The logos of a cycle's certificates: listed in their order, added, moved, taken away."""

from __future__ import annotations

from base64 import b64encode

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.issuance import layouts, logos, queries_looks
from lms.issuance.blueprint import blueprint
from lms.issuance.forms_looks import LogoForm, MoveForm, RemoveForm
from lms.issuance.models_looks import CertificateLogo
from lms.transaction import begin_writing, reads_first

Answer = str | Response | tuple[str, int]


@blueprint.app_template_global()
def logo_source(logo: CertificateLogo) -> str:
    """A logo as the address of a picture that is in the page itself."""
    content = b64encode(logo.picture.content).decode("ascii")
    return f"data:{logo.picture.media_type};base64,{content}"


@blueprint.route("/cicli/<cycle_slug>/attestati/loghi", methods=["GET", "POST"])
@reads_first
def cycle_logos(**_address: str) -> Answer:
    """The marks at the foot of a certificate, in their order; another logo is added here."""
    cycle, form, status = access.subject(Cycle), LogoForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            status = _add(cycle, form)
        if status == 303:
            return _back(cycle)
    marks = queries_looks.marks_of(cycle, with_pictures=True)
    full = sum(isinstance(mark, CertificateLogo) for mark in marks) >= logos.MOST_LOGOS
    page = render_template(
        "issuance/logos.html", cycle=cycle, form=form, marks=marks, full=full, most=logos.MOST_LOGOS
    )
    return page, status


def _back(cycle: Cycle) -> Response:
    return redirect(url_for(".cycle_logos", cycle_slug=cycle.slug), 303)


def _add(cycle: Cycle, form: LogoForm) -> int:
    content, label = form.logo.data.read(), form.label.data or ""
    try:
        logo = logos.judged(cycle, content, label)
        layouts.demand_room(cycle, cycle.certificate_layout, logo=logo)
        begin_writing()
        logos.add(cycle, logo, by=current_user.person_id)
    except UserError as error:
        form.logo.errors = [error.message]
        return error.status
    flash(_("The logo will stand on the next certificates of this cycle."), "success")
    return 303


@blueprint.post("/cicli/<cycle_slug>/attestati/loghi/<int:logo_id>/sposta")
def move_logo(**_address: str) -> Response:
    """Have a logo stand before or after what is beside it."""
    logo = access.subject(CertificateLogo)
    form = MoveForm()
    if form.validate_on_submit():
        logos.move(logo.cycle, logo, later=form.way.data == "later", by=current_user.person_id)
    return _back(logo.cycle)


@blueprint.route("/cicli/<cycle_slug>/attestati/loghi/<int:logo_id>/togli", methods=["GET", "POST"])
def remove_logo(**_address: str) -> Answer:
    """Take a logo away, once that is confirmed."""
    logo, form = access.subject(CertificateLogo), RemoveForm()
    cycle = logo.cycle
    if form.validate_on_submit():
        logos.remove(cycle, logo, by=current_user.person_id)
        flash(_("The logo is taken away."), "success")
        return _back(cycle)
    return render_template("issuance/remove_logo.html", cycle=cycle, logo=logo, form=form)
