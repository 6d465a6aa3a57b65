"""What this room holds about a person: identities at providers, and the log the law asks for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select

from lms.clock import now
from lms.federation.actions import purge_leftovers
from lms.federation.models import (
    FederatedIdentity,
    FederatedSession,
    FederationArrival,
    FederationRequest,
    FederationTransaction,
)
from lms.federation.transactions import months_before
from lms.personal import (
    Erase,
    Erasing,
    Export,
    Held,
    Left,
    Period,
    Whose,
    declare,
    keep_for,
    run,
)

SECRET = Left("lives for minutes, or as long as a session, and is a secret of the sign-in")


def _identities(who: Whose) -> Select[Any]:
    row = FederatedIdentity
    columns = (row.provider, row.issuer, row.subject, row.linked_by, row.linked_at)
    return select(*columns).where(row.account_id == who.account_id).order_by(row.id)


def _erase_identities(who: Erasing) -> int:
    return run(delete(FederatedIdentity).where(FederatedIdentity.account_id == who.account_id))


def _erase_requests(who: Erasing) -> int:
    return run(delete(FederationRequest).where(FederationRequest.account_id == who.account_id))


def _erase_arrivals(who: Erasing) -> int:
    return run(delete(FederationArrival).where(FederationArrival.account_id == who.account_id))


def _erase_sessions(who: Erasing) -> int:
    return run(delete(FederatedSession).where(FederatedSession.account_id == who.account_id))


def _log(who: Whose) -> Select[Any]:
    row = FederationTransaction
    columns = (row.at, row.provider, row.outcome, row.failure, row.network)
    return select(*columns).where(row.person_id == who.person_id).order_by(row.id)


def _forget_log(_before: datetime, held: Held) -> int:
    """Months of the calendar, as the law counts them and the trigger demands."""
    row = FederationTransaction
    free = or_(row.person_id.is_(None), row.person_id.not_in(held.person_ids))
    return run(delete(row).where(row.at <= months_before(now()), free))


def _forget_leftovers(_before: datetime, _held: Held) -> int:
    return purge_leftovers()


declare("federated_identity", Export("identities", _identities), Erase(_erase_identities))
declare("federation_request", SECRET, Erase(_erase_requests))
declare("federation_arrival", SECRET, Erase(_erase_arrivals))
declare("federated_session", SECRET, Erase(_erase_sessions))
declare(
    "federation_transaction",
    Export("sign_ins_with_providers", _log),
    Left("the law wants the log for 24 months; it holds no name, and retention drops it then"),
)
keep_for(
    Period(
        "sign_ins_with_providers",
        timedelta(days=730),
        "the sign-in",
        "the log of sign-ins with identity providers (24 months)",
        _forget_log,
    )
)
keep_for(
    Period(
        "leftovers_of_sign_ins",
        timedelta(0),
        "their few minutes, or the end of the session",
        "sign-ins with identity providers that were begun",
        _forget_leftovers,
    )
)
