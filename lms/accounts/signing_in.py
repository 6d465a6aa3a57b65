"""Sessions that live on the server, tied to Flask-Login.

The signed cookie carries a random token; its SHA-256 is a row. Signing out ends the row, so a
copied cookie is dead on its next request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import Flask, g, redirect, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import and_, select
from werkzeug.wrappers import Response

from lms.access import first_of_all
from lms.accounts.models import Account, Person, RoleGrant, UserSession
from lms.accounts.scopes import Grant
from lms.accounts.security_log import SecurityEvent, note, this_browser
from lms.accounts.sessions import is_new_device, mark_used
from lms.clock import now
from lms.database import may_write
from lms.extensions import db, login_manager

SESSION_LIFETIME = timedelta(hours=12)
# What a browser keeps in its cookie between the first proof and the session.
KEPT_FOR_A_STEP = ("language", "federation")


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in, as Flask-Login's `current_user`."""

    def __init__(self, row: UserSession, token: str) -> None:
        self.session_id = row.id
        self.account: Account = row.account
        self.person: Person = row.account.person
        self.person_id: int = row.account.person_id
        self._token = token

    def get_id(self) -> str:
        """What the cookie carries: the session's token, never the account's id."""
        return self._token


def token_hash(token: str) -> str:
    """SHA-256 of a random token, as stored."""
    return hashlib.sha256(token.encode()).hexdigest()


SecondStep = Callable[[Account, str], Response | None]
SessionOpened = Callable[[UserSession], None]
LastStep = Callable[[int], Response | None]
_second_steps: list[SecondStep] = []
_session_opened: list[SessionOpened] = []
_last_steps: list[LastStep] = []


def second_step(function: SecondStep) -> SecondStep:
    """Declare what may still be asked of an account between its first proof and its session.

    The function gets the account and the page wanted; it answers with a page to go to, or None.
    """
    _second_steps.append(function)
    return function


def session_opened(function: SessionOpened) -> SessionOpened:
    """Declare who is told of every new session, while the cookie is still the stranger's."""
    _session_opened.append(function)
    return function


def last_step(function: LastStep) -> LastStep:
    """Declare where signing out may lead: the ended session's id in, a page to go to or None."""
    _last_steps.append(function)
    return function


def enter(account: Account, after: str, *, strong: bool = False) -> Response:
    """What follows a first proof of identity: a second step if a room asks for one, else in.

    `strong`: that proof took two factors already (`proof_was_strong` tells a step that asks).
    """
    g.strong_proof = strong
    for step in _second_steps:
        answer = step(account, after)
        if answer is not None:
            return answer
    open_session(account)
    return redirect(after, 303)


def proof_was_strong() -> bool:
    """Whether who is entering in this request has proved themselves with two factors elsewhere."""
    return bool(g.get("strong_proof", False))


def open_session(account: Account) -> None:
    """Sign `account` in: a new server row, a fresh cookie (no session fixation)."""
    token = secrets.token_urlsafe(32)
    device, network = this_browser()
    new = is_new_device(account.id, device)
    row = UserSession(
        account_id=account.id,
        account=account,
        token_hash=token_hash(token),
        created_at=now(),
        expires_at=now() + SESSION_LIFETIME,
        device=device,
        network=network,
    )
    db.session.add(row)
    db.session.flush()
    note(
        account.id,
        SecurityEvent.SIGNED_IN_FROM_NEW_DEVICE if new else SecurityEvent.SIGNED_IN,
    )
    for told in _session_opened:
        told(row)
    language = account.language or session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    login_user(SignedIn(row, token))


def leave(session_id: int) -> Response | None:
    """Sign this browser out; the page that a room wants to follow, if one does."""
    end_session(session_id)
    answers = (step(session_id) for step in _last_steps)
    return next((answer for answer in answers if answer is not None), None)


def end_session(session_id: int) -> None:
    """Sign this browser out for good."""
    row = db.session.get_one(UserSession, session_id)
    if row.ended_at is None:
        row.ended_at = now()
        note(row.account_id, SecurityEvent.SIGNED_OUT)
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    if "error_reference" in g:
        return None  # a fault's page asks nothing of the database, which may be what failed
    # With the session come the roles, in one query: nearly every page asks for both.
    rows = db.session.execute(
        select(UserSession, RoleGrant.role, RoleGrant.track_id, RoleGrant.organisation_id)
        .join(Account, Account.id == UserSession.account_id)
        .outerjoin(
            RoleGrant,
            and_(RoleGrant.person_id == Account.person_id, RoleGrant.ended_at.is_(None)),
        )
        .where(UserSession.token_hash == token_hash(token))
    ).all()
    if not rows:
        return None
    row: UserSession = rows[0][0]
    if row.ended_at is not None or row.expires_at <= now() or not row.account.is_active:
        return None
    if may_write.get():
        mark_used(row)
    held = [Grant(*grant) for _session, *grant in rows if grant[0] is not None]
    g.setdefault("open_grants", {})[row.account.person_id] = held
    return SignedIn(row, token)


@first_of_all
def own_password_first() -> str | None:
    """Where the password that staff gave is replaced by one's own; None when there is none such."""
    wanted = current_user.account.must_change_password
    return url_for("accounts.change_password") if wanted else None


def init_app(app: Flask) -> None:
    """Flask-Login's own fingerprinting is off: the server's row decides alone."""
    app.config["REMEMBER_COOKIE_DURATION"] = 0
    login_manager.session_protection = None
