"""The seal of this site, for administrators: how it stands, and whether the key answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.errors import UserError
from lms.issuance.blueprint import blueprint
from lms.issuance.seal_state import refusal, seal_state
from lms.transaction import reads_first

blueprint.add_app_template_global(seal_state)


@blueprint.get("/sigillo")
def seal() -> str:
    """Whose seal it is, until when, where the key is kept, what is wrong."""
    return render_template("issuance/seal.html")


@blueprint.post("/sigillo/prova")
@reads_first
def try_seal() -> Response:
    """Have the key sign something of no meaning; nobody waits for it meanwhile."""
    if seal_state() is None:
        raise UserError(_("Certificates are not sealed: there is no key to try."), 409)
    if why := refusal():
        flash(_("The key gives no signature: %(why)s.", why=why), "danger")
    else:
        flash(_("The key answers, and its signature is valid."), "success")
    return redirect(url_for("issuance.seal"), 303)
