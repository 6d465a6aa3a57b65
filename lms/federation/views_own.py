"""Saying yes on a first arrival or to a link, and one's own identities."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.config_oidc import OidcProvider
from lms.errors import UserError
from lms.federation import actions, actions_identities, protocol, queries, transactions
from lms.federation.blueprint import blueprint
from lms.federation.forms import FirstArrivalForm
from lms.federation.models import FederatedIdentity, FederationArrival, Outcome
from lms.federation.rules import Stopped
from lms.federation.views import BROWSER, depart, failed, let_in
from lms.links import public_url
from lms.pages import select_locale


@blueprint.route("/identita/primo-accesso", methods=["GET", "POST"])
def first_arrival() -> str | Response | tuple[str, int]:
    """What was received of somebody new; with their yes they are registered and let in."""
    arrival, provider = _arrival(None)
    proof = actions.proof_of(arrival)
    form = FirstArrivalForm()
    if not form.validate_on_submit():
        page = render_template(
            "federation/first_arrival.html",
            form=form,
            provider=provider,
            known=proof.received,
            keeps_tax_code=actions_identities.keeps_tax_code(provider, proof.received),
        )
        return page, 422 if form.is_submitted() else 200
    transaction, after = arrival.transaction_hash, arrival.after
    if not actions.forget_arrival(arrival.browser_hash):
        raise UserError(_("You are registered already: sign in."), 409)
    account = actions_identities.register(
        provider,
        proof.received,
        organisation_id=form.organisation_id,
        new_organisation=form.new_organisation,
        language=select_locale(),
    )
    response = let_in(provider, account, proof, transaction, after, Outcome.REGISTERED)
    flash(_("Welcome: you are registered."), "success")  # the new session forgot what was before
    return response


@blueprint.post("/profilo/identita/<provider>/collega")
def link(**_address: str) -> str | Response:
    """Prove with the provider who one is there, to link that identity to one's account."""
    shown = access.subject(OidcProvider)
    return depart(shown, url_for("accounts.profile"), current_user.account.id)


@blueprint.route("/profilo/identita/conferma", methods=["GET", "POST"])
def confirm() -> str | Response:
    """Link the identity that was proved to the account of who is signed in, with their yes."""
    account, form = current_user.account, FlaskForm()
    arrival, provider = _arrival(account.id)
    known, transaction = actions.proof_of(arrival).received, arrival.transaction_hash
    if not form.validate_on_submit():
        return render_template(
            "federation/confirm.html", form=form, provider=provider, known=known, own=account.person
        )
    actions.forget_arrival(arrival.browser_hash)
    try:
        actions_identities.link(provider, known, account)
    except Stopped as stopped:
        return failed(provider, stopped, transaction, url_for("accounts.profile"))
    transactions.note(
        provider.name, Outcome.LINKED, transaction=transaction, person_id=account.person_id
    )
    flash(_("From now on you can sign in with %(provider)s.", provider=provider.label), "success")
    return redirect(url_for("accounts.profile"), 303)


@blueprint.route("/profilo/identita/<int:identity_id>/scollega", methods=["GET", "POST"])
def unlink(**_address: int) -> str | Response | tuple[str, int]:
    """Stop signing in with an identity, after a confirmation."""
    identity, form = access.subject(FederatedIdentity), FlaskForm()
    label, status = queries.label_of(identity.provider), 200
    if form.validate_on_submit():
        try:
            actions_identities.unlink(identity)
        except UserError as error:
            form.form_errors.append(error.message)
            status = error.status
        else:
            transactions.note(identity.provider, Outcome.UNLINKED, person_id=current_user.person_id)
            flash(_("You no longer sign in with %(provider)s.", provider=label), "success")
            return redirect(url_for("accounts.profile"), 303)
    return render_template("federation/unlink.html", form=form, label=label), status


def farewell_page(session_id: int) -> Response | None:
    """After signing out here: the page that leads to signing out at the provider."""
    farewell = actions.take_farewell(session_id)
    provider = queries.provider_named(farewell.provider) if farewell else None
    if farewell is None or provider is None or not farewell.endpoint:
        return None
    transactions.note(provider.name, Outcome.SIGNED_OUT, transaction=farewell.transaction)
    address = protocol.farewell(
        provider,
        farewell.endpoint,
        farewell.id_token,
        public_url("home.index"),
        select_locale(),
    )
    page = render_template("federation/farewell.html", provider=provider, address=address)
    return Response(page, mimetype="text/html")


def _arrival(account_id: int | None) -> tuple[FederationArrival, OidcProvider]:
    """Who has arrived in this browser, to register (None) or to link to this account."""
    browser = session.get(BROWSER)
    arrival = queries.arrival_in(actions.hashed(browser)) if browser else None
    provider = queries.provider_named(arrival.provider) if arrival else None
    if arrival is None or provider is None or arrival.account_id != account_id:
        own = account_id is not None
        raise UserError(
            _("There is nothing to confirm, or too much time has passed: begin again."),
            409 if request.method == "POST" else 422,
            way_on=(url_for("accounts.profile"), _("Your profile"))
            if own
            else (url_for("accounts.sign_in"), _("Sign in")),
        )
    return arrival, provider
