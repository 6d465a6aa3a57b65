"""Proving again who one is, before something that would open the account to others."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import throttle
from lms.accounts.actions import authenticate
from lms.accounts.models import Account
from lms.extensions import db
from lms.factors import queries, stepping
from lms.factors.blueprint import Page, blueprint
from lms.factors.forms import PasswordlessForm, ProofForm
from lms.links import safe_next


@blueprint.route("/profilo/conferma", methods=["GET", "POST"])
def prove() -> Page:
    """Ask the password again, then the second factor of who has one; then on to the page wanted.

    Without a password (single sign-on only) the second factor alone, or signing in anew.
    """
    after = safe_next(request.args.get("next"))
    account = current_user.account
    has_password = account.password_hash is not None
    form = ProofForm() if has_password else PasswordlessForm()
    if form.validate_on_submit():
        account_id, session_id = account.id, current_user.session_id
        if not has_password or _password_is_right(form, account.login):
            return _next_step(account_id, session_id, after, has_password=has_password)
    page = render_template(
        "factors/prove.html",
        form=form,
        after=after,
        has_password=has_password,
        has_factor=has_password or queries.has_factor(current_user.account.id),
    )
    return page, 422 if form.is_submitted() else 200


def _password_is_right(form: ProofForm, login: str) -> bool:
    attempt = throttle.begin(login, request.remote_addr)
    if attempt is None:
        raise throttle.too_many(throttle.SIGN_IN)
    if authenticate(login, form.password.data or "") is None:
        form.password.errors = [_("The password is not right.")]
        return False
    throttle.take_back(attempt)
    return True


def _next_step(account_id: int, session_id: int, after: str, *, has_password: bool) -> Response:
    account = db.session.get_one(Account, account_id)
    if queries.has_factor(account_id):
        return stepping.begin(account, after, session_id=session_id)
    if not has_password:
        return redirect(url_for("factors.prove", next=after), 303)
    stepping.record_proof(session_id)
    return redirect(after, 303)
