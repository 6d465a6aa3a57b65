"""The test client: a browser that validates every HTML page it receives."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lms.accounts.models import Account, Person, UserSession
from lms.accounts.signing_in import SESSION_LIFETIME, token_hash
from lms.clock import now
from lms.extensions import db
from tests.html import check_page

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class PercorsoClient:
    """One browser. Paths are ours; bodies are form fields; a POST carries the page's token."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self._csrf: str | None = None

    def head(self, path: str) -> TestResponse:
        return self._open("HEAD", path)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._open("GET", path, **options)

    def post(
        self, path: str, data: Any = None, *, csrf: bool = True, **options: Any
    ) -> TestResponse:
        """POST form fields (a dict, or pairs for repeated names) with a valid token."""
        pairs = list(data.items()) if isinstance(data, dict) else list(data or [])
        if csrf:
            pairs.append(("csrf_token", self.token()))
        body: dict[str, list[Any]] = {}
        for name, value in pairs:
            body.setdefault(name, []).extend(value if isinstance(value, list) else [value])
        return self._open("POST", path, data=body, **options)

    def token(self) -> str:
        if self._csrf is None:
            pages = (
                self._send("GET", path).text
                for path in ("/accedi", "/", "/privacy", "/profilo/password")
            )
            found = next(filter(None, map(_TOKEN.search, pages)), None)
            assert found, "no page carries a CSRF token"
            self._csrf = found.group(1)
        return self._csrf

    def sign_in(self, person: Person) -> PercorsoClient:
        """Sign `person` in without the form (an account is made if there is none)."""
        account = db.session.query(Account).filter_by(person_id=person.id).one_or_none()
        if account is None:
            account = Account(
                person_id=person.id, login=f"p{person.id}@example.org", created_at=now()
            )
            db.session.add(account)
            db.session.flush()
        token = secrets.token_urlsafe()
        db.session.add(
            UserSession(
                account_id=account.id,
                token_hash=token_hash(token),
                created_at=now(),
                expires_at=now() + SESSION_LIFETIME,
            )
        )
        db.session.commit()
        with self.http.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        self._csrf = None
        return self

    def _open(self, method: str, path: str, **options: Any) -> TestResponse:
        response = self._send(method, path, **options)
        is_page = response.mimetype == "text/html" and method != "HEAD"
        if is_page and response.status_code not in {301, 302, 303, 308}:
            check_page(response.text, path=f"{method} {path}")
        return response

    def _send(self, method: str, path: str, **options: Any) -> TestResponse:
        """One request with a context, `g` and database session of its own, as a server gives it."""
        db.session.commit()  # or this context's transaction would stand in the request's way
        with self.app.app_context():
            # Read to its end, as a server does: a stream holds its context until then.
            return self.http.open(path, method=method, buffered=True, **options)
