"""Signing in with a provider: there, back, and in.

The provider sends the browser back with a GET, and a GET writes nothing here: the page it lands on
hands the answer on by a POST, which carries our own token against forged requests as well.
"""

from __future__ import annotations

import re
import secrets

from flask import abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import signing_in, throttle
from lms.accounts.devices import coarse_network
from lms.accounts.models import Account
from lms.config_oidc import OidcProvider
from lms.errors import UserError
from lms.extensions import db
from lms.federation import actions, actions_identities, protocol, transactions
from lms.federation.blueprint import blueprint
from lms.federation.forms import RETURNED, ReturnForm
from lms.federation.models import Outcome
from lms.federation.rules import Failure, Stopped
from lms.federation.words import what_happened, what_to_do
from lms.links import public_url, safe_next
from lms.pages import select_locale

BROWSER = "federation"  # in the cookie: a random token that says nothing and opens nothing
REFERENCE_LENGTH = 8  # of the transaction's hash: what a technician finds in the log
_REFERENCE = re.compile(f"[0-9a-f]{{{REFERENCE_LENGTH}}}")
FAILURES_OF_A_NETWORK = throttle.Limit("federation", 30, throttle.SIGN_IN.window)


@blueprint.post("/identita/<provider>/vai")
def start(**_address: str) -> str | Response:
    """Send the browser to the provider, to sign in."""
    shown, after = access.subject(OidcProvider), safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(after, 303)
    return depart(shown, after, None)


def depart(provider: OidcProvider, after: str, account_id: int | None) -> str | Response:
    """The page that leads to the provider. Not a redirect: browsers hold it against `form-action`.

    The provider may be asked for its addresses, so the request's transaction is ended first.
    """
    db.session.rollback()
    journey = protocol.Journey.new()
    try:
        address = protocol.departure(provider, journey, _return_address(provider), select_locale())
    except Stopped as stopped:
        return failed(provider, stopped, actions.hashed(journey.state), after)
    actions.begin(provider, journey, browser_token(), after, account_id)
    return render_template("federation/depart.html", provider=provider, address=address)


@blueprint.get("/identita/<provider>/ritorno")
def returned(**_address: str) -> Response | str:
    """Where the provider sends the browser back to; writes nothing and believes nothing."""
    shown = access.subject(OidcProvider)
    answer = {name: request.args.get(name, "")[: most + 1] for name, most in RETURNED.items()}
    form = ReturnForm(formdata=None, data=answer)
    page = render_template("federation/returned.html", provider=shown, form=form)
    # The address holds the code: no other site is to see it in a Referer.
    return Response(page, headers={"Referrer-Policy": "same-origin"}, mimetype="text/html")


@blueprint.post("/identita/<provider>/entra")
def finish(**_address: str) -> Response:
    """Check the answer with the provider, and let in whom it vouches for."""
    shown = access.subject(OidcProvider)
    own = current_user.account.id if current_user.is_authenticated else None
    answer = ReturnForm().answer
    attempt = throttle.count(FAILURES_OF_A_NETWORK, network=coarse_network(request.remote_addr))
    if attempt is None:
        minutes = FAILURES_OF_A_NETWORK.minutes
        raise UserError(
            _("Too many attempts. Wait %(minutes)s minutes, then try again.", minutes=minutes), 429
        )
    transaction, after = actions.hashed(answer.state), ""
    try:
        begun = actions.claim(shown, answer.state, browser_token())
        after = begun.after
        if begun.account_id is not None and begun.account_id != own:
            raise Stopped(Failure.EXPIRED, "another account is signed in")
        proof = protocol.proof(shown, begun.journey, answer, _return_address(shown))
        response = _arrived(shown, begun, proof, transaction)
    except Stopped as stopped:
        db.session.rollback()
        return failed(shown, stopped, transaction, after)
    throttle.take_back(attempt)
    return response


def _arrived(
    provider: OidcProvider, begun: actions.Begun, proof: protocol.Proof, transaction: str
) -> Response:
    if begun.account_id is not None:
        account = db.session.get_one(Account, begun.account_id)
        actions_identities.check_linking(provider, proof.received, account)
        actions.keep_arrival(provider, browser_token(), begun, proof, transaction)
        return redirect(url_for("federation.confirm"), 303)
    known = actions_identities.recognised(provider, proof.received, language=select_locale())
    if known is None:
        actions.keep_arrival(provider, browser_token(), begun, proof, transaction)
        transactions.note(provider.name, Outcome.ARRIVED, transaction=transaction)
        return redirect(url_for("federation.first_arrival"), 303)
    return let_in(provider, known, proof, transaction, begun.after, Outcome.SIGNED_IN)


def let_in(
    provider: OidcProvider,
    account: Account,
    proof: protocol.Proof,
    transaction: str,
    after: str,
    outcome: Outcome,
) -> Response:
    """Sign the account in, and remember how to sign out at the provider."""
    farewell = actions.Farewell(
        provider.name, proof.id_token, proof.end_session_endpoint, transaction
    )
    actions.remember_session(account.id, browser_token(), farewell)
    transactions.note(provider.name, outcome, transaction=transaction, person_id=account.person_id)
    strong = proof.received.acr in provider.strong_acr
    return signing_in.enter(account, after or url_for("home.index"), strong=strong)


def failed(provider: OidcProvider, stopped: Stopped, transaction: str, after: str = "") -> Response:
    """Log what went wrong and lead to the page that tells the person."""
    transactions.note(provider.name, Outcome.FAILED, transaction=transaction, stopped=stopped)
    address = url_for(
        "federation.not_signed_in",
        provider=provider.name,
        failure=stopped.failure.value,
        reference=transaction[:REFERENCE_LENGTH],
        next=after or None,
    )
    return redirect(address, 303)


@blueprint.get("/identita/<provider>/non-riuscito/<failure>")
def not_signed_in(failure: str, **_address: str) -> str:
    """What happened and what to do now: again, or with a local account."""
    if failure not in set(Failure):
        abort(404)
    shown = access.subject(OidcProvider)
    reference = request.args.get("reference", "")
    return render_template(
        "federation/not_signed_in.html",
        provider=shown,
        happened=what_happened(Failure(failure), shown.label),
        advice=what_to_do(Failure(failure)),
        reference=reference if _REFERENCE.fullmatch(reference) else "",
        after=safe_next(request.args.get("next")),
    )


def browser_token() -> str:
    """What ties a sign-in to this browser: random, in its signed cookie."""
    token: str = session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return token


def _return_address(provider: OidcProvider) -> str:
    return public_url("federation.returned", provider=provider.name)
