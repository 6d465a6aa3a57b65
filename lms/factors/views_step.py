"""The second step of signing in (or of proving again who one is), each way of taking it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.errors import UserError
from lms.factors import actions, passkeys, queries, stepping
from lms.factors.blueprint import Page, blueprint, json_answer, party
from lms.factors.forms import AnswerForm, CodeForm, RecoveryForm
from lms.factors.stepping import Step


@blueprint.route("/secondo-passo", methods=["GET", "POST"])
def step() -> Page:
    """A code of the authenticator app; from here the other ways lead on."""
    found, form = stepping.current(), CodeForm()
    if found is None:
        return _over()
    if not form.validate_on_submit():
        return _page("factors/step.html", found, form)
    wrong = _("This code is not right, or was used already: wait for the next one.")
    return _tried(found, form, actions.use_totp, wrong, "factors/step.html")


@blueprint.route("/secondo-passo/recupero", methods=["GET", "POST"])
def step_recovery() -> Page:
    """One of the recovery codes, for who has nothing else at hand."""
    found, form = stepping.current(), RecoveryForm()
    if found is None:
        return _over()
    if not form.validate_on_submit():
        return _page("factors/step_recovery.html", found, form)
    wrong = _("This is none of your recovery codes, or it was used already.")
    return _tried(found, form, actions.use_recovery_code, wrong, "factors/step_recovery.html")


def _tried(
    found: Step,
    form: CodeForm | RecoveryForm,
    is_right: Callable[[int, str], bool],
    wrong: str,
    template: str,
) -> Page:
    attempt = stepping.begin_attempt(found)
    if is_right(found.account_id, form.code.data or ""):
        return stepping.finish(found, attempt)
    form.code.errors = [wrong]
    return _page(template, found, form)


@blueprint.post("/secondo-passo/chiave/richiesta")
def step_options() -> Page:
    """What the browser needs to ask a passkey."""
    found, who_we_are = stepping.current(), party()
    if found is None or who_we_are is None:
        return _over()
    return json_answer(passkeys.assertion_options(who_we_are, found))


@blueprint.post("/secondo-passo/chiave")
def step_passkey() -> Page:
    """A passkey's answer. A refusal redirects, so that its challenge stays spent."""
    found, who_we_are, form = stepping.current(), party(), AnswerForm()
    if found is None or who_we_are is None:
        return _over()
    if form.validate_on_submit():
        attempt = stepping.begin_attempt(found)
        if passkeys.use_passkey(who_we_are, found, form.response.data or ""):
            return stepping.finish(found, attempt)
    flash(_("The passkey was not accepted: try again, or take another way."), "danger")
    return redirect(url_for("factors.step"), 303)


@blueprint.post("/secondo-passo/annulla")
def leave_step() -> Page:
    """Give the step up and go back to where it began."""
    found = stepping.current()
    if found is None:
        return _over()
    proving = found.session_id is not None
    stepping.leave(found)
    return redirect(url_for("factors.overview" if proving else "accounts.sign_in"), 303)


def _over() -> tuple[str, int]:
    way_on = (url_for("accounts.sign_in"), _("Sign in"))
    raise UserError(_("The time for this step is over. Sign in again."), 409, way_on=way_on)


def _page(template: str, found: Step, form: FlaskForm) -> tuple[str, int]:
    page = render_template(
        template,
        form=form,
        answer=AnswerForm(formdata=None),
        factors=queries.factors_of(found.account_id),
        login=found.login,
        proving=found.session_id is not None,
        passkeys_work=party() is not None,
    )
    return page, 422 if form.is_submitted() else 200
