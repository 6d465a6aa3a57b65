"""The organisers' page on which a cycle's certificates are given their looks."""

from __future__ import annotations

from base64 import b64encode

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.catalogue.models import CertificateLayout, Cycle
from lms.errors import UserError
from lms.issuance import layouts, queries_looks, rendering, words
from lms.issuance.blueprint import blueprint
from lms.issuance.forms_looks import LooksForm
from lms.issuance.layouts import Sample
from lms.transaction import begin_writing, reads_first


@blueprint.route("/cicli/<cycle_slug>/attestati/aspetto", methods=["GET", "POST"])
@reads_first
def layout(**_address: str) -> str | Response | tuple[str, int]:
    """Show every layout and the words, take what is chosen; or show it first, if that is asked."""
    cycle = access.subject(Cycle)
    form, status, picture = _form(cycle), 200, ""
    if form.is_submitted():
        status = 422
        if form.validate() and _has_room(cycle, form):
            if "preview" not in request.form:
                return _kept(cycle, form)
            picture = "data:image/png;base64," + b64encode(_picture(cycle, form)).decode("ascii")
            status = 200
    page = render_template(
        "issuance/layout.html",
        cycle=cycle, form=form, layouts=list(CertificateLayout), picture=picture,
        lacking=_lacking(cycle), named=list(words.own_words()),
        logos=len(queries_looks.logos_of(cycle.id)),
    )  # fmt: skip
    return page, status


def _form(cycle: Cycle) -> LooksForm:
    choices = [(one.value, words.layout(one)[0]) for one in CertificateLayout]
    return LooksForm(choices, cycle.certificate_layout.value, queries_looks.words_of(cycle.id))


def _has_room(cycle: Cycle, form: LooksForm) -> bool:
    """Judged before it is kept, and before the database is written to: it takes a while."""
    if "preview" in request.form:
        return True
    try:
        layouts.demand_room(cycle, CertificateLayout(form.layout.data), form.said)
    except UserError as error:
        form.closing.errors = [error.message]
        return False
    return True


def _kept(cycle: Cycle, form: LooksForm) -> Response:
    begin_writing()
    by = current_user.person_id
    layouts.choose(cycle, CertificateLayout(form.layout.data), by=by)
    layouts.say(cycle, form.said, by=by)
    flash(_("The next certificates of this cycle will look like this."), "success")
    return redirect(url_for("issuance.cycle_certificates", cycle_slug=cycle.slug), 303)


def _lacking(cycle: Cycle) -> str:
    """Why no example can be made; empty when it can."""
    try:
        layouts.preview(cycle, cycle.certificate_layout)
    except UserError as error:
        return error.message
    return ""


def _picture(cycle: Cycle, form: LooksForm) -> bytes:
    chosen, sample = CertificateLayout(form.layout.data), Sample(form.sample.data)
    return rendering.picture(layouts.preview(cycle, chosen, form.said, sample))


@blueprint.route("/cicli/<cycle_slug>/attestati/aspetto/anteprima", methods=["GET", "POST"])
@reads_first
def layout_picture(**_address: str) -> FlaskResponse | tuple[str, int, dict[str, str]]:
    """An example as a picture: of what is kept, or of what the page's form has at the moment."""
    cycle = access.subject(Cycle)
    form = _form(cycle)
    try:
        if form.is_submitted() and not form.validate():
            faults = [fault for found in form.errors.values() for fault in found]
            return str(faults[0]), 422, {"Content-Type": "text/plain; charset=utf-8"}
        content = _picture(cycle, form)
    except UserError as error:
        return error.message, 422, {"Content-Type": "text/plain; charset=utf-8"}
    return FlaskResponse(content, mimetype="image/png")


@blueprint.get("/cicli/<cycle_slug>/attestati/aspetto.pdf")
def layout_preview(**_address: str) -> FlaskResponse:
    """The certificate of nobody, as this cycle would give it today; `?aspetto=` tries a layout."""
    cycle = access.subject(Cycle)
    asked = request.args.get("aspetto", "")
    known = asked in list(CertificateLayout)
    chosen = CertificateLayout(asked) if known else cycle.certificate_layout
    pdf = rendering.render_alone(layouts.preview(cycle, chosen))
    name = f"esempio-{chosen.value}.pdf"
    return FlaskResponse(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
