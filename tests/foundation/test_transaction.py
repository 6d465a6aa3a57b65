"""One commit a request, on success only, never on a safe method."""

from __future__ import annotations

from collections.abc import Iterator

import flask_migrate
import pytest
from flask import Flask, abort
from sqlalchemy import func, select

from lms.access import Rule
from lms.errors import UserError
from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationKind
from lms.permissions import ANYONE, TABLE
from tests.client import PercorsoClient

HOW_IT_ENDS = ("well", "http error", "user error", "fault", "status", "duplicate")


def _write(how: str) -> tuple[str, int, dict[str, str]]:
    db.session.add(Organisation(name="Scritto", kind=OrganisationKind.OTHER, ipa_code="doppio"))
    db.session.flush()
    if how == "http error":
        abort(409)
    if how == "user error":
        raise UserError("no")
    if how == "fault":
        raise RuntimeError("planted")
    if how == "duplicate":
        db.session.add(Organisation(name="Due", kind=OrganisationKind.OTHER, ipa_code="doppio"))
    return "", 422 if how == "status" else 200, {"Content-Type": "text/plain"}


@pytest.fixture
def writing(own_app: Flask) -> Iterator[PercorsoClient]:
    """An application with one more address, which writes and then ends as it is told."""
    own_app.add_url_rule("/scrive/<how>", "writes", _write, methods=["GET", "POST"])
    TABLE["writes"] = Rule(ANYONE)
    with own_app.app_context():
        flask_migrate.upgrade()
        yield PercorsoClient(own_app)
        db.session.remove()
        db.engine.dispose()
    del TABLE["writes"]


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Organisation)) or 0


@pytest.mark.parametrize("how", HOW_IT_ENDS)
def test_a_request_is_kept_whole_or_not_at_all(writing: PercorsoClient, how: str) -> None:
    """ASVS 2.3.3."""
    status = writing.post(f"/scrive/{how}").status_code
    expected = {
        "well": 200,
        "http error": 409,
        "user error": 422,
        "status": 422,
        "duplicate": 409,
    }.get(how, 500)
    assert status == expected
    assert count() == (1 if how == "well" else 0)


def test_a_reading_request_cannot_write(writing: PercorsoClient) -> None:
    """Weakness 4; ASVS 3.5.3."""
    assert writing.get("/scrive/well").status_code == 500
    assert count() == 0
