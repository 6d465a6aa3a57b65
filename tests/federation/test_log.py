"""The log of 24 months, and what is thrown away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import UserSession
from lms.clock import now
from lms.extensions import db
from lms.federation import actions, transactions
from lms.federation.models import (
    FederatedSession,
    FederationArrival,
    FederationRequest,
    FederationTransaction,
    Outcome,
)
from lms.federation.rules import Failure, Stopped
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.federation.providing import Traveller, failure

LOG = "/persone/accessi-con-provider"


def line(**more: object) -> FederationTransaction:
    row = FederationTransaction(
        **{
            "at": now(), "provider": "prova", "transaction_hash": "a" * 64, "detail": "",
            "outcome": Outcome.SIGNED_IN, "network": "192.0.2.0/24", **more,
        }
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(FederationTransaction)) or 0


def test_a_sign_in_leaves_lines_that_name_nobody_they_need_not(ada: Traveller) -> None:
    """ASVS 16.3.2: every outcome is logged; addresses are coarse, claims and secrets stay out."""
    ada.client.http.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    answer = ada.travels(ada.departs())
    ada.comes_back(answer)
    ada.post("/identita/primo-accesso", {"accept": "y", "notice": "y"})
    ada.post("/esci")
    assert failure(ada.comes_back(answer)) == "expired"
    rows = db.session.scalars(
        select(FederationTransaction).order_by(FederationTransaction.id)
    ).all()
    assert [row.outcome.value for row in rows] == ["arrived", "registered", "signed_out", "failed"]
    assert {row.transaction_hash for row in rows} == {actions.hashed(answer["state"])}
    assert {row.network for row in rows} == {"203.0.113.0/24"}
    assert rows[1].person_id is not None
    assert rows[3].failure is Failure.EXPIRED
    told = repr([vars(row) for row in rows])
    for secret in ("203.0.113.77", "PRVDAA", answer["code"], answer["state"]):
        assert secret not in told


def test_no_line_is_changed_and_none_goes_before_its_time(app: Flask) -> None:
    line()
    with pytest.raises(DBAPIError):
        db.session.execute(update(FederationTransaction).values(detail="x"))
    db.session.rollback()
    with pytest.raises(DBAPIError):
        db.session.execute(delete(FederationTransaction))
    db.session.rollback()
    assert lines() == 1


def test_after_24_months_a_line_goes(app: Flask) -> None:
    old = now() - timedelta(days=731)
    line(at=old)
    line(at=now() - timedelta(days=728))
    assert transactions.purge_log() == 1
    db.session.commit()
    assert lines() == 1


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2027, 1, 31, 5, tzinfo=UTC), datetime(2025, 1, 31, 5, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(day: datetime, before: datetime) -> None:
    assert transactions.months_before(day) == before


def test_what_nobody_needs_any_more_goes(app: Flask) -> None:
    PercorsoClient(app).sign_in(factories.person())
    session = db.session.scalars(select(UserSession)).one()
    gone, soon = now() - timedelta(minutes=1), now() + timedelta(minutes=1)
    for number, expires in enumerate((gone, soon)):
        db.session.add_all(
            [
                FederationRequest(
                    state_hash=str(number), browser_hash="b", provider="prova", nonce="n",
                    verifier="v", after="/", expires_at=expires,
                ),
                FederationArrival(
                    browser_hash=str(number), provider="prova", sealed=b"x", after="/",
                    transaction_hash="t", expires_at=expires,
                ),
            ]
        )  # fmt: skip
    for session_id, created in (
        (session.id, gone),
        (None, gone - timedelta(hours=2)),
        (None, now()),
    ):
        db.session.add(
            FederatedSession(
                account_id=session.account_id, session_id=session_id, browser_hash="b",
                provider="prova", sealed=b"x", created_at=created,
            )
        )  # fmt: skip
    db.session.commit()
    assert actions.purge_leftovers() == 3
    session.ended_at = now()
    db.session.flush()
    assert actions.purge_leftovers() == 1


def test_the_page_is_the_administrators_with_search_and_pages(
    app: Flask, silent_provider: None
) -> None:
    ada = factories.person("Ada", "Trovata")
    for number in range(60):
        line(transaction_hash=f"{number:064x}", at=now() - timedelta(minutes=number))
    line(person_id=ada.id, transaction_hash="f" * 64)
    line(outcome=Outcome.FAILED, failure=Failure.DOWN, detail="keys: Timeout")
    organiser = PercorsoClient(app).sign_in(factories.organiser())
    assert organiser.get(LOG).status_code == 403
    client = PercorsoClient(app).sign_in(factories.administrator())
    assert LOG in client.get("/persone").text
    with statements() as sent:
        first = client.get(LOG).text
    assert len(sent) <= 8
    assert "keys: Timeout" in first
    assert "Trovata" in first
    assert "page=2" in first
    assert client.get(f"{LOG}?page=3").status_code == 200
    found = client.get(f"{LOG}?q=trovata").text
    assert "ffffffff" in found
    assert "keys: Timeout" not in found
    assert "Trovata" in client.get(f"{LOG}?q=ffffffff").text
    assert "Trovata" not in client.get(f"{LOG}?outcome=down").text
    assert "Nessun risultato" in client.get(f"{LOG}?q=nobody-at-all").text
    assert "Nessun risultato" in client.get(f"{LOG}?provider=other").text
    for odd in ("?q=%25", "?q='", "?outcome=zzz", "?provider=%00", "?page=zero"):
        assert client.get(LOG + odd).status_code == 200


def test_an_empty_log_says_so(app: Flask) -> None:
    client = PercorsoClient(app).sign_in(factories.administrator())
    assert "Ancora nessun accesso" in client.get(LOG).text


def test_a_failure_without_its_cause_is_no_line(app: Flask) -> None:
    with pytest.raises(DBAPIError):
        line(outcome=Outcome.FAILED)
    db.session.rollback()
    transactions.note("prova", Outcome.FAILED, stopped=Stopped(Failure.DOWN, "x" * 500))
    db.session.commit()
    assert lines() == 1
