"""What this room holds about a person: their sittings as an auditor."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from lms.auditing.models import AuditSession
from lms.personal import Export, Left, Whose, declare


def _sittings(who: Whose) -> Select[Any]:
    row = AuditSession
    rows = select(row.purpose, row.opened_at, row.closes_at).where(row.person_id == who.person_id)
    return rows.order_by(row.id)


declare(
    "audit_session",
    Export("sittings_as_auditor", _sittings),
    Left("why an auditor looked at other people's data stays known, under the anonymous label"),
)
