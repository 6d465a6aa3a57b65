"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import actions, signing_in
from lms.accounts.forms import SignInForm
from lms.links import safe_next

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/accedi", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    """The sign-in page; in the demonstration it lists the sign-ins to try."""
    after = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(after, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/sign_in.html", form=form), status
    account = actions.authenticate(form.login.data, form.password.data)
    if account is None:
        form.form_errors.append(_("The e-mail address or the password is not right."))
        return render_template("accounts/sign_in.html", form=form), 422
    signing_in.open_session(account)
    return redirect(after, 303)


@blueprint.post("/esci")
def sign_out() -> Response:
    """End this session on the server, not only in the browser."""
    if current_user.is_authenticated:
        signing_in.end_session(current_user.session_id)
        flash(_("You have signed out."), "success")
    return redirect(url_for("home.index"), 303)
