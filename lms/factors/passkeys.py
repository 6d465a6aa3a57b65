"""Passkeys by way of the `webauthn` library: adding one, and signing in with one.

A challenge is a row, spent when it is answered, right or wrong. So a view answers a failure with a
redirect (which commits), not with an error page (which would give the challenge back).
"""

from __future__ import annotations

from typing import Any

import webauthn
from flask_babel import gettext as _
from sqlalchemy import delete, or_
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.factors import queries
from lms.factors.actions import added
from lms.factors.models import Passkey, PasskeyChallenge
from lms.factors.rules import (
    CHALLENGE_LIFETIME,
    MAXIMUM_PASSKEYS,
    RelyingParty,
    counter_goes_on,
)
from lms.factors.stepping import Step
from lms.factors.telling import tell
from lms.secretbox import keyed_hash

PREFERRED = UserVerificationRequirement.PREFERRED
# What the library lets through when an answer is not one of a browser.
UNREADABLE = (
    WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError,
)  # fmt: skip


def registration_options(
    party: RelyingParty, site: str, account: Account, *, session_id: int
) -> str:
    """What the browser needs to make a passkey, as JSON, with a challenge of its own."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name=site,
            user_id=bytes.fromhex(keyed_hash(str(account.id), "factors.user_handle")),
            user_name=account.login or account.person.full_name,
            user_display_name=account.person.full_name,
            challenge=_new_challenge(session_id=session_id),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=PREFERRED
            ),
            exclude_credentials=_described(queries.passkeys_of(account.id)),
        )
    )


def register(
    party: RelyingParty, account: Account, name: str, response: str, *, session_id: int
) -> list[str]:
    """Keep the passkey the browser made; UserError when it is none of ours.

    Gives recovery codes, to be shown this once, when it is the first factor.
    """
    challenge = _spend_challenge(session_id=session_id)
    verified = _verified_registration(party, challenge, response)
    credential = bytes_to_base64url(verified.credential_id)
    if queries.passkey_by_credential(credential) is not None:
        raise UserError(_("This passkey is already known."), 409)
    known = queries.passkeys_of(account.id)
    if len(known) >= MAXIMUM_PASSKEYS:
        raise UserError(_("At most %(count)s passkeys.", count=MAXIMUM_PASSKEYS), 409)
    if name in {passkey.name for passkey in known}:
        raise UserError(_("You already have a passkey of this name: choose another."))
    first = not queries.has_factor(account.id)
    db.session.add(
        Passkey(
            account_id=account.id,
            name=name,
            credential=credential,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            created_at=now(),
        )
    )
    db.session.flush()
    event, detail = SecurityEvent.PASSKEY_ADDED, {"name": name}
    return added(account, event, first=first, session_id=session_id, detail=detail)


def _verified_registration(
    party: RelyingParty, challenge: bytes | None, response: str
) -> VerifiedRegistration:
    refused = UserError(_("The passkey was not accepted: try again."))
    if challenge is None:
        raise refused
    try:
        verified = webauthn.verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
        # A key with which nothing could ever be checked would shut its owner out.
        decoded_public_key_to_cryptography(
            decode_credential_public_key(verified.credential_public_key)
        )
    except UNREADABLE as error:
        raise refused from error
    return verified


def assertion_options(party: RelyingParty, step: Step) -> str:
    """What the browser needs to use one of the account's passkeys, as JSON."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=party.id,
            challenge=_new_challenge(second_step_id=step.id),
            allow_credentials=_described(queries.passkeys_of(step.account_id)),
            user_verification=PREFERRED,
        )
    )


def use_passkey(party: RelyingParty, step: Step, response: str) -> bool:
    """Whether `response` is one of the account's passkeys answering this step's challenge."""
    challenge = _spend_challenge(second_step_id=step.id)
    if challenge is None:
        return False
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(response)
        passkey = queries.passkey_by_credential(credential.id)
        if passkey is None or passkey.account_id != step.account_id:
            return False
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # our own rule below also tells the owner
        )
    except UNREADABLE:
        return False
    if not counter_goes_on(passkey.sign_count, verified.new_sign_count):
        name = {"name": passkey.name}
        account = db.session.get_one(Account, step.account_id)
        tell(account, SecurityEvent.PASSKEY_COPIED, by=None, detail=name)
        return False
    passkey.sign_count, passkey.used_at = verified.new_sign_count, now()
    return True


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential))
        for passkey in passkeys
    ]


def _new_challenge(**owner: int) -> bytes:
    challenge = webauthn.helpers.generate_challenge()
    over = or_(PasskeyChallenge.expires_at <= now(), _belongs(owner))
    db.session.execute(delete(PasskeyChallenge).where(over))
    expires_at = now() + CHALLENGE_LIFETIME
    db.session.add(PasskeyChallenge(challenge=challenge, expires_at=expires_at, **owner))
    return challenge


def _spend_challenge(**owner: int) -> bytes | None:
    """The challenge that was open; two answers at once cannot both have it."""
    spent = delete(PasskeyChallenge).where(_belongs(owner), PasskeyChallenge.expires_at > now())
    return db.session.scalar(spent.returning(PasskeyChallenge.challenge))


def _belongs(owner: dict[str, int]) -> Any:
    ((column, value),) = owner.items()
    return getattr(PasskeyChallenge, column) == value
