"""How organisations are loaded for `lms.access`."""

from __future__ import annotations

from typing import Any

from lms.access import Subject, loader
from lms.extensions import db
from lms.organisations.models import Organisation


@loader("organisation")
def _organisation(organisation_id: int, **_rest: Any) -> Subject | None:
    organisation = db.session.get(Organisation, organisation_id)
    return Subject(organisation, organisation_id=organisation_id) if organisation else None
