"""One's own second factor: what there is, adding, removing, recovery codes."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from certificates.drawings import qr_code
from lms import access
from lms.accounts.devices import device_kind
from lms.errors import UserError
from lms.factors import actions, passkeys, queries
from lms.factors.blueprint import Page, blueprint, json_answer, party, recently_proved
from lms.factors.forms import CodeForm, PasskeyForm, PasskeyNameForm
from lms.factors.loading import is_demanded
from lms.factors.models import Passkey
from lms.factors.rules import MAXIMUM_PASSKEYS, app_address, in_groups


@blueprint.get("/profilo/secondo-fattore")
def overview() -> str:
    """What there is and what can be done; for staff without one, the way to set one up."""
    return render_template(
        "factors/overview.html",
        factors=queries.factors_of(current_user.account.id),
        demanded=is_demanded(),
        held=access.demanded_page() == url_for("factors.overview"),
        passkeys_work=party() is not None,
        maximum=MAXIMUM_PASSKEYS,
    )


@blueprint.post("/profilo/secondo-fattore/app")
@recently_proved
def start_totp() -> Response:
    """Draw a secret for an app, and go on to where it is shown."""
    actions.start_totp(current_user.account.id)
    return redirect(url_for("factors.confirm_totp"), 303)


@blueprint.route("/profilo/secondo-fattore/app/conferma", methods=["GET", "POST"])
@recently_proved
def confirm_totp() -> Page:
    """Show the secret, and make the app count once it shows the right code."""
    account, form = current_user.account, CodeForm()
    pending = queries.pending_totp_of(account.id)
    if pending is None:
        return redirect(url_for("factors.overview"), 303)
    secret = actions.secret_of(pending)
    if form.validate_on_submit():
        try:
            codes = actions.confirm_totp(
                account, form.code.data or "", session_id=current_user.session_id
            )
        except UserError as error:
            form.code.errors = [error.message]
        else:
            return _after_adding(codes, _("Your authenticator app is set up."))
    drawing = qr_code(
        app_address(
            secret, account.login or account.person.full_name, current_app.config["SITE_NAME"]
        )
    )
    page = render_template(
        "factors/confirm_totp.html",
        form=form,
        secret=secret,
        groups=in_groups(secret),
        picture="data:image/svg+xml;base64," + b64encode(drawing.encode()).decode(),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/profilo/secondo-fattore/chiavi/nuova", methods=["GET", "POST"])
@recently_proved
def add_passkey() -> Page:
    """Name a passkey; the page's script has the browser make it."""
    form = PasskeyForm(name=device_kind(request.user_agent.string))
    who_we_are = party()
    if who_we_are is None:
        raise UserError(_("At this address browsers offer no passkeys."), 409)
    if not form.validate_on_submit():
        page = render_template("factors/add_passkey.html", form=form)
        return page, 422 if form.is_submitted() else 200
    name, answer = form.name.data or "", form.response.data or ""
    try:
        codes = passkeys.register(
            who_we_are, current_user.account, name, answer, session_id=current_user.session_id
        )
    except UserError as error:
        flash(error.message, "danger")  # by a redirect: the challenge stays spent
        return redirect(url_for("factors.add_passkey"), 303)
    return _after_adding(codes, _("The passkey “%(name)s” is added.", name=name))


@blueprint.post("/profilo/secondo-fattore/chiavi/richiesta")
@recently_proved
def passkey_options() -> Page:
    """What the browser needs to make a passkey."""
    who_we_are = party()
    if who_we_are is None:
        raise UserError(_("At this address browsers offer no passkeys."), 409)
    site, session_id = current_app.config["SITE_NAME"], current_user.session_id
    return json_answer(
        passkeys.registration_options(who_we_are, site, current_user.account, session_id=session_id)
    )


@blueprint.route("/profilo/secondo-fattore/app/togli", methods=["GET", "POST"])
@recently_proved
def remove_totp() -> Page:
    """Take the app away, after a confirmation."""
    form, account = FlaskForm(), current_user.account
    if queries.totp_of(account.id) is None:
        return redirect(url_for("factors.overview"), 303)
    if not form.validate_on_submit():
        return render_template("factors/remove_totp.html", form=form)
    actions.remove_totp(account, session_id=current_user.session_id, demanded=is_demanded())
    flash(_("The authenticator app is removed."), "success")
    return redirect(url_for("factors.overview"), 303)


@blueprint.route("/profilo/secondo-fattore/chiavi/<int:passkey_id>/nome", methods=["GET", "POST"])
def rename_passkey(**_address: int) -> Page:
    """Call a passkey by another name."""
    passkey = access.subject(Passkey)
    form = PasskeyNameForm(name=passkey.name)
    if form.validate_on_submit():
        try:
            actions.rename_passkey(passkey, form.name.data or "")
        except UserError as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("factors.overview"), 303)
    page = render_template("factors/rename_passkey.html", form=form, passkey=passkey)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/profilo/secondo-fattore/chiavi/<int:passkey_id>/togli", methods=["GET", "POST"])
@recently_proved
def remove_passkey(**_address: int) -> Page:
    """Take a passkey away, after a confirmation."""
    form, passkey = FlaskForm(), access.subject(Passkey)
    if not form.validate_on_submit():
        return render_template("factors/remove_passkey.html", form=form, passkey=passkey)
    name = passkey.name
    actions.remove_passkey(
        current_user.account, passkey, session_id=current_user.session_id, demanded=is_demanded()
    )
    flash(_("The passkey “%(name)s” is removed.", name=name), "success")
    return redirect(url_for("factors.overview"), 303)


@blueprint.route("/profilo/secondo-fattore/codici", methods=["GET", "POST"])
@recently_proved
def new_codes() -> Page:
    """Make new recovery codes, after a confirmation, and show them this once."""
    form = FlaskForm()
    if form.validate_on_submit():
        return _codes_page(actions.make_codes(current_user.account))
    if not queries.has_factor(current_user.account.id):
        return redirect(url_for("factors.overview"), 303)
    return render_template("factors/new_codes.html", form=form)


def _after_adding(codes: list[str], words: str) -> Page:
    flash(words, "success")
    return _codes_page(codes) if codes else redirect(url_for("factors.overview"), 303)


def _codes_page(codes: list[str]) -> str:
    """The only page that ever shows them; saving them as a file asks the server for nothing."""
    title = _("Recovery codes of %(site)s", site=current_app.config["SITE_NAME"])
    lines = [title, current_user.account.login or current_user.person.full_name, "", *codes, ""]
    return render_template(
        "factors/codes.html",
        codes=codes,
        file="data:text/plain;charset=utf-8," + quote("\r\n".join(lines)),
    )
