"""How requests and holds are loaded for `lms.access`. They belong to no cycle."""

from __future__ import annotations

from typing import Any

from lms.access import Subject, loader
from lms.extensions import db
from lms.privacy.models import ErasureRequest, LegalHold


@loader("erasure_request")
def _request(request_id: int, **_rest: Any) -> Subject | None:
    row = db.session.get(ErasureRequest, request_id)
    return Subject(row) if row else None


@loader("legal_hold")
def _hold(hold_id: int, **_rest: Any) -> Subject | None:
    row = db.session.get(LegalHold, hold_id)
    return Subject(row) if row else None
