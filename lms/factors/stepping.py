"""The state between the first proof and the second. It lives on the server and opens nothing.

The browser carries a random token in its signed cookie; the row holds the token's hash, so it
outlives a restart, ends by itself, is used once, and a copied cookie is worth nothing afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import delete
from werkzeug.wrappers import Response

from lms.accounts import throttle
from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent
from lms.accounts.signing_in import (
    KEPT_FOR_A_STEP,
    open_session,
    proof_was_strong,
    second_step,
    token_hash,
)
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.factors import queries
from lms.factors.models import DESTINATION_LENGTH, SecondStep, SessionProof
from lms.factors.rules import STEP_LIFETIME, is_recent
from lms.factors.telling import tell

COOKIE_KEY = "second_step"
LIMIT = throttle.Limit("second step", 5, timedelta(minutes=5))


@second_step
def ask(account: Account, after: str) -> Response | None:
    """Of an account with a second factor it is asked before there is a session.

    Not of who has just proved two factors to an identity provider.
    """
    if proof_was_strong() or not queries.has_factor(account.id):
        return None
    kept = {name: session[name] for name in KEPT_FOR_A_STEP if name in session}
    session.clear()
    session.update(kept)
    return begin(account, after)


def begin(account: Account, after: str, *, session_id: int | None = None) -> Response:
    """Open a step for this browser and lead to its page; `session_id`: to prove that one anew."""
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(SecondStep).where(SecondStep.expires_at <= now()))
    db.session.add(
        SecondStep(
            account_id=account.id,
            session_id=session_id,
            token_hash=token_hash(token),
            password_mark=_password_mark(account),
            destination=after if len(after) <= DESTINATION_LENGTH else url_for("home.index"),
            created_at=now(),
            expires_at=now() + STEP_LIFETIME,
        )
    )
    session[COOKIE_KEY] = token
    return redirect(url_for("factors.step"), 303)


@dataclass(frozen=True)
class Step:
    """An open step, told apart from its row: another request may spend that at any time."""

    id: int
    account_id: int
    session_id: int | None
    destination: str
    login: str  # the address, or the name of somebody without one


def current() -> Step | None:
    """The step this browser is in, if it still holds."""
    token = session.get(COOKIE_KEY)
    found = queries.open_step(token_hash(token)) if isinstance(token, str) else None
    if found is None or found.password_mark != _password_mark(found.account):
        return None
    if found.session_id is not None and found.session_id != _session_id():
        return None
    return Step(
        found.id,
        found.account_id,
        found.session_id,
        found.destination,
        found.account.login or found.account.person.full_name,
    )


def begin_attempt(step: Step) -> list[int]:
    """Count an attempt; UserError (429) when there were too many, of which the owner is told.

    Ends the transaction it finds, so nothing may have been written before.
    """
    attempt = throttle.count(LIMIT, account=str(step.account_id))
    if attempt is not None:
        return attempt
    account = db.session.get_one(Account, step.account_id)
    hour = now().strftime("%Y-%m-%dT%H")
    tell(account, SecurityEvent.SECOND_STEP_GUESSED, by=None, key=hour)
    db.session.commit()  # the answer is an error, which would take it back
    raise throttle.too_many(LIMIT)


def finish(step: Step, attempt: list[int]) -> Response:
    """The second proof was right: the step is spent, and ends in a session or a fresh proof.

    Of two requests that answer the same step at once, one finds it spent.
    """
    spent = delete(SecondStep).where(SecondStep.id == step.id, SecondStep.expires_at > now())
    if db.session.scalar(spent.returning(SecondStep.id)) is None:
        raise UserError(_("This step is over: sign in again."), 409)
    throttle.take_back(attempt)
    session.pop(COOKIE_KEY, None)
    if step.session_id is None:
        open_session(db.session.get_one(Account, step.account_id))
    else:
        record_proof(step.session_id)
    return redirect(step.destination, 303)


def leave(step: Step) -> None:
    """Give the step up."""
    db.session.execute(delete(SecondStep).where(SecondStep.id == step.id))
    session.pop(COOKIE_KEY, None)


def record_proof(session_id: int) -> None:
    """Who is signed in there has just proved again who they are."""
    db.session.merge(SessionProof(session_id=session_id, proved_at=now()))


def proved_recently() -> bool:
    """Whether who is signed in here proved it lately: by signing in or again since."""
    session_id = _session_id()
    return session_id is not None and is_recent(queries.proofs_of(session_id), now())


def _session_id() -> int | None:
    return current_user.session_id if current_user.is_authenticated else None


def _password_mark(account: Account) -> str:
    return hashlib.sha256((account.password_hash or "").encode()).hexdigest()
