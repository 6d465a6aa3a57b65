"""The organisers' page on which a cycle's certificates are given their looks."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.catalogue.models import CertificateLayout, Cycle
from lms.issuance import layouts, rendering, words
from lms.issuance.blueprint import blueprint
from lms.issuance.forms import LayoutForm


@blueprint.route("/cicli/<cycle_slug>/attestati/aspetto", methods=["GET", "POST"])
def layout(**_address: str) -> str | Response | tuple[str, int]:
    """Show every layout and take the one chosen."""
    cycle = access.subject(Cycle)
    choices = [(one.value, words.layout(one)[0]) for one in CertificateLayout]
    form = LayoutForm(choices, cycle.certificate_layout.value)
    if not form.validate_on_submit():
        page = render_template(
            "issuance/layout.html", cycle=cycle, form=form, layouts=list(CertificateLayout)
        )
        return (page, 422) if request.method == "POST" else page
    layouts.choose(cycle, CertificateLayout(form.layout.data), by=current_user.person_id)
    flash(_("The next certificates of this cycle will look like this."), "success")
    return redirect(url_for("issuance.cycle_certificates", cycle_slug=cycle.slug), 303)


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
