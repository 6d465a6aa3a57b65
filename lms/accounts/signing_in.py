"""Sessions that live on the server, tied to Flask-Login.

The signed cookie carries a random token; its SHA-256 is a row. Signing out ends the row, so a
copied cookie is dead on its next request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Flask, g, redirect, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import and_, bindparam, func, select
from werkzeug.wrappers import Response

from lms.access import first_of_all
from lms.accounts.models import Account, Person, RoleGrant, UserSession
from lms.accounts.scopes import Grant
from lms.accounts.security_log import SecurityEvent, note, this_browser
from lms.accounts.sessions import USED_AGAIN_AFTER, is_new_device, mark_used
from lms.clock import now
from lms.database import may_write
from lms.extensions import db, login_manager
from lms.warming import warmed

SESSION_LIFETIME = timedelta(hours=12)
# What a browser keeps in its cookie between the first proof and the session.
KEPT_FOR_A_STEP = ("language", "federation")


class SignedIn(UserMixin):  # type: ignore[misc]
    """Who is signed in, as Flask-Login's `current_user`: what every page asks.

    The rows behind it are loaded when somebody wants them.
    """

    def __init__(
        self, session_id: int, account_id: int, person_id: int, names: tuple[str, str], token: str,
        *, must_change_password: bool,
    ) -> None:  # fmt: skip
        self.session_id, self.account_id, self.person_id = session_id, account_id, person_id
        self.given_name, self.full_name = names[0], f"{names[0]} {names[1]}"
        self.must_change_password = must_change_password
        self._token = token

    @cached_property
    def account(self) -> Account:
        """Their account."""
        return db.session.get_one(Account, self.account_id)

    @property
    def person(self) -> Person:
        """The person they are."""
        return self.account.person

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
    login_user(
        SignedIn(
            row.id, account.id, account.person_id, _names(account.person), token,
            must_change_password=account.must_change_password,
        )
    )  # fmt: skip


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


def _names(who: Any) -> tuple[str, str]:
    return who.given_name, who.family_name


# With the session come the roles, in one query: nearly every page asks for both. Made once, and
# of columns of tables only: it is asked at every request.
_SESSIONS: Any = UserSession.__table__
_ACCOUNTS: Any = Account.__table__
_PEOPLE: Any = Person.__table__
_GRANTS: Any = RoleGrant.__table__
_SESSION = (
    select(
        _SESSIONS.c.id,
        _SESSIONS.c.account_id,
        _SESSIONS.c.ended_at,
        _SESSIONS.c.expires_at,
        func.coalesce(_SESSIONS.c.last_used_at, _SESSIONS.c.created_at).label("used_at"),
        _ACCOUNTS.c.person_id,
        _ACCOUNTS.c.is_active,
        _ACCOUNTS.c.must_change_password,
        _PEOPLE.c.given_name,
        _PEOPLE.c.family_name,
        _GRANTS.c.role,
        _GRANTS.c.track_id,
        _GRANTS.c.organisation_id,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SESSIONS.c.account_id)
    .join(_PEOPLE, _PEOPLE.c.id == _ACCOUNTS.c.person_id)
    .outerjoin(
        _GRANTS,
        and_(_GRANTS.c.person_id == _ACCOUNTS.c.person_id, _GRANTS.c.ended_at.is_(None)),
    )
    .where(_SESSIONS.c.token_hash == bindparam("token_hash"))
)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    if "error_reference" in g:
        return None  # a fault's page asks nothing of the database, which may be what failed
    rows = db.session.connection().execute(_SESSION, {"token_hash": token_hash(token)}).all()
    if not rows:
        return None
    row = rows[0]
    if row.ended_at is not None or row.expires_at <= now() or not row.is_active:
        return None
    if may_write.get() and now() - row.used_at >= USED_AGAIN_AFTER:
        mark_used(db.session.get_one(UserSession, row.id))
    held = [Grant(*each[-3:]) for each in rows if each.role is not None]
    g.setdefault("open_grants", {})[row.person_id] = held
    return SignedIn(
        row.id, row.account_id, row.person_id, _names(row), token,
        must_change_password=row.must_change_password,
    )  # fmt: skip


@warmed
def _ready() -> None:
    _load("")


@first_of_all
def own_password_first() -> str | None:
    """Where the password that staff gave is replaced by one's own; None when there is none such."""
    wanted = current_user.must_change_password
    return url_for("accounts.change_password") if wanted else None


def init_app(app: Flask) -> None:
    """Flask-Login's own fingerprinting is off: the server's row decides alone."""
    app.config["REMEMBER_COOKIE_DURATION"] = 0
    login_manager.session_protection = None
