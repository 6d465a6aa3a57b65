"""The log of sign-ins with providers: written with the deed, kept for 24 months, then thrown away.

The database forbids changing a line, and deleting one before its time (a trigger of migration
0012).
"""

from __future__ import annotations

import calendar
from datetime import datetime

from flask import has_request_context, request
from sqlalchemy import delete

from lms.accounts.devices import coarse_network
from lms.clock import now
from lms.extensions import db
from lms.federation.models import FederationTransaction, Outcome
from lms.federation.rules import Stopped

KEPT_MONTHS = 24


def note(
    provider: str,
    outcome: Outcome,
    *,
    transaction: str = "",
    person_id: int | None = None,
    stopped: Stopped | None = None,
) -> None:
    """Write a line: `transaction` is the state's hash, `stopped` why a sign-in failed."""
    address = request.remote_addr if has_request_context() else None
    db.session.add(
        FederationTransaction(
            at=now(),
            provider=provider,
            transaction_hash=transaction,
            outcome=outcome,
            failure=stopped.failure if stopped else None,
            detail=stopped.detail if stopped else "",
            person_id=person_id,
            network=coarse_network(address),
        )
    )
    db.session.flush()


def purge_log() -> int:
    """Throw away the lines that are older than the law wants them kept; how many they were."""
    found = db.session.execute(
        delete(FederationTransaction).where(FederationTransaction.at <= months_before(now()))
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def months_before(instant: datetime, months: int = KEPT_MONTHS) -> datetime:
    """The same day and hour so many months ago (the month's last day where it is shorter)."""
    whole = instant.year * 12 + instant.month - 1 - months
    year, month = whole // 12, whole % 12 + 1
    day = min(instant.day, calendar.monthrange(year, month)[1])
    return instant.replace(year=year, month=month, day=day)
