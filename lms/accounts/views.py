"""Signing in and out, and one's own page."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.accounts import actions, queries, signing_in, throttle
from lms.accounts.forms import PasswordForm, SignInForm
from lms.accounts.words import role_in_words
from lms.errors import UserError
from lms.links import safe_next

blueprint = Blueprint("accounts", __name__)
blueprint.add_app_template_filter(role_in_words)


@blueprint.route("/accedi", methods=["GET", "POST"])
def sign_in() -> str | Response | tuple[str, int]:
    """The sign-in page; in the demonstration it lists the sign-ins to try."""
    after = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(after, 303)
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form)
    login, password = form.login.data or "", form.password.data or ""
    attempt = _begin_attempt(login)
    account = actions.authenticate(login, password)
    if account is None:
        form.form_errors.append(_("The e-mail address or the password is not right."))
        return _sign_in_page(form)
    throttle.take_back(attempt)
    return signing_in.enter(account, after)


def _begin_attempt(login: str) -> list[int]:
    attempt = throttle.begin(login, request.remote_addr)
    if attempt is None:
        raise throttle.too_many(throttle.SIGN_IN)
    return attempt


def _sign_in_page(form: SignInForm) -> tuple[str, int]:
    sign_ins = current_app.config.get("DEMO_SIGN_INS", ()) if current_app.config["DEMO"] else ()
    page = render_template("accounts/sign_in.html", form=form, sign_ins=sign_ins)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/esci")
def sign_out() -> Response:
    """End this session on the server, not only in the browser."""
    if current_user.is_authenticated:
        answer = signing_in.leave(current_user.session_id)
        flash(_("You have signed out."), "success")
        if answer is not None:
            return answer
    return redirect(url_for("home.index"), 303)


@blueprint.get("/profilo")
def profile() -> str:
    """What we know of the person signed in."""
    person = current_user.person
    return render_template(
        "accounts/profile.html",
        person=person,
        login=current_user.account.login,
        confirmed=current_user.account.login_confirmed_at,
        language=current_user.account.language,
        emails=queries.emails_of([person.id])[person.id],
        has_password=current_user.account.password_hash is not None,
    )


@blueprint.route("/profilo/password", methods=["GET", "POST"])
def change_password() -> str | Response | tuple[str, int]:
    """Change one's own password; the other browsers are signed out."""
    account_id, login = current_user.account.id, current_user.account.login or ""
    form = PasswordForm(current_user.person, login)
    if form.validate_on_submit():
        session_id = current_user.session_id
        attempt = _begin_attempt(login)
        try:
            actions.change_own_password(
                account_id, form.current.data or "", form.password.data or "", session_id=session_id
            )
        except UserError as error:
            form.form_errors.append(error.message)
        else:
            throttle.take_back(attempt)
            flash(_("Your password is changed. Other browsers have been signed out."), "success")
            return redirect(url_for("accounts.profile"), 303)
    first = current_user.account.must_change_password
    page = render_template("accounts/change_password.html", form=form, login=login, first=first)
    return page, 422 if form.is_submitted() else 200
