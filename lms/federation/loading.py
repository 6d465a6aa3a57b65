"""How providers and linked identities are loaded for `lms.access`."""

from __future__ import annotations

from typing import Any

from lms.access import Subject, loader
from lms.extensions import db
from lms.federation.models import FederatedIdentity
from lms.federation.queries import provider_named


@loader("identity_provider")
def _provider(provider: str, **_rest: Any) -> Subject | None:
    found = provider_named(provider)
    return Subject(found) if found else None


@loader("federated_identity")
def _identity(identity_id: int, **_rest: Any) -> Subject | None:
    identity = db.session.get(FederatedIdentity, identity_id)
    return Subject(identity, person_id=identity.account.person_id) if identity else None
