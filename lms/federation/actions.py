"""Beginning a sign-in with a provider, recognising its answer, and what is kept on the way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from lms import secretbox
from lms.accounts.models import UserSession
from lms.clock import now
from lms.config_oidc import OidcProvider
from lms.extensions import db
from lms.federation.models import FederatedSession, FederationArrival, FederationRequest
from lms.federation.protocol import Journey, Proof
from lms.federation.rules import Failure, Stopped

TO_COME_BACK = timedelta(minutes=15)
TO_SAY_YES = timedelta(minutes=30)
WITHOUT_SESSION = timedelta(hours=1)
ARRIVAL, SESSION = "federation-arrival", "federation-session"


@dataclass(frozen=True)
class Begun:
    """A sign-in that this browser began, when its answer comes back."""

    journey: Journey
    after: str
    account_id: int | None


@dataclass(frozen=True)
class Farewell:
    """What signing out at a provider takes."""

    provider: str
    id_token: str
    endpoint: str
    transaction: str


def hashed(secret: str) -> str:
    """SHA-256 of a state or of a browser's token, as stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(
    provider: OidcProvider, journey: Journey, browser: str, after: str, account_id: int | None
) -> None:
    """Remember what the answer must prove. `account_id`: to link an identity to that account."""
    for table in (FederationRequest, FederationArrival):
        db.session.execute(delete(table).where(table.expires_at <= now()))
    db.session.add(
        FederationRequest(
            state_hash=hashed(journey.state),
            browser_hash=hashed(browser),
            provider=provider.name,
            nonce=journey.nonce,
            verifier=journey.verifier,
            after=after,
            account_id=account_id,
            expires_at=now() + TO_COME_BACK,
        )
    )


def claim(provider: OidcProvider, state: str, browser: str) -> Begun:
    """The sign-in an answer belongs to, for once: a second answer finds none. Raises `Stopped`.

    A transaction of its own, over before the provider is asked; the one it finds is ended.
    """
    db.session.rollback()
    table = FederationRequest
    taken = (
        delete(table)
        .where(
            table.state_hash == hashed(state),
            table.browser_hash == hashed(browser),
            table.provider == provider.name,
        )
        .returning(table.nonce, table.verifier, table.after, table.account_id, table.expires_at)
    )
    with db.engine.begin() as connection:
        row = connection.execute(taken).one_or_none()
    if row is None or row.expires_at <= now():
        raise Stopped(Failure.EXPIRED, "state")
    return Begun(Journey(state, row.nonce, row.verifier), row.after, row.account_id)


def keep_arrival(
    provider: OidcProvider, browser: str, begun: Begun, proof: Proof, transaction: str
) -> None:
    """Keep who arrived until they say yes; it replaces who arrived in this browser before."""
    browser_hash = hashed(browser)
    forget_arrival(browser_hash)
    db.session.add(
        FederationArrival(
            browser_hash=browser_hash,
            provider=provider.name,
            sealed=secretbox.seal(proof.to_json(), ARRIVAL, of=browser_hash),
            transaction_hash=transaction,
            after=begun.after,
            account_id=begun.account_id,
            expires_at=now() + TO_SAY_YES,
        )
    )
    db.session.flush()


def proof_of(arrival: FederationArrival) -> Proof:
    """What was received of somebody who arrived."""
    opened = secretbox.open_sealed(arrival.sealed, ARRIVAL, of=arrival.browser_hash)
    return Proof.from_json(opened)


def forget_arrival(browser_hash: str) -> bool:
    """Drop who arrived in this browser; whether there was somebody."""
    found = db.session.execute(
        delete(FederationArrival).where(FederationArrival.browser_hash == browser_hash)
    )
    return bool(found.rowcount)  # type: ignore[attr-defined]


def remember_session(account_id: int, browser: str, farewell: Farewell) -> None:
    """Keep what signing out takes, for the session that is about to be opened in this browser."""
    browser_hash = hashed(browser)
    db.session.execute(
        delete(FederatedSession).where(
            FederatedSession.browser_hash == browser_hash, FederatedSession.session_id.is_(None)
        )
    )
    kept = json.dumps([farewell.id_token, farewell.endpoint, farewell.transaction])
    db.session.add(
        FederatedSession(
            account_id=account_id,
            browser_hash=browser_hash,
            provider=farewell.provider,
            sealed=secretbox.seal(kept, SESSION, of=browser_hash),
            created_at=now(),
        )
    )
    db.session.flush()


def tie_session(row: UserSession, browser: str) -> None:
    """The session of whoever came from a provider is open: they belong together from now on."""
    db.session.execute(
        update(FederatedSession)
        .where(
            FederatedSession.browser_hash == hashed(browser),
            FederatedSession.account_id == row.account_id,
            FederatedSession.session_id.is_(None),
            FederatedSession.created_at > now() - WITHOUT_SESSION,
        )
        .values(session_id=row.id)
    )


def take_farewell(session_id: int) -> Farewell | None:
    """What signing out of this session at its provider takes; for once."""
    row = db.session.scalar(
        select(FederatedSession).where(FederatedSession.session_id == session_id)
    )
    if row is None:
        return None
    kept = json.loads(secretbox.open_sealed(row.sealed, SESSION, of=row.browser_hash))
    db.session.delete(row)
    return Farewell(row.provider, *kept)


def purge_leftovers() -> int:
    """Throw away what no sign-in and no session needs any more; how many rows it was."""
    over = select(UserSession.id).where(
        or_(UserSession.ended_at.is_not(None), UserSession.expires_at <= now())
    )
    left = FederatedSession.session_id.is_(None) & (
        FederatedSession.created_at <= now() - WITHOUT_SESSION
    )
    wanted = (
        delete(FederationRequest).where(FederationRequest.expires_at <= now()),
        delete(FederationArrival).where(FederationArrival.expires_at <= now()),
        delete(FederatedSession).where(or_(left, FederatedSession.session_id.in_(over))),
    )
    return sum(
        db.session.execute(each).rowcount  # type: ignore[attr-defined]
        for each in wanted
    )
