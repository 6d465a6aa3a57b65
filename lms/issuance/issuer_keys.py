"""The issuer's key: made once, by whoever writes first; its public part for everybody."""

from __future__ import annotations

from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import select
from sqlalchemy.orm import undefer

from lms import secretbox
from lms.clock import now
from lms.database import insert_new
from lms.extensions import db
from lms.issuance.models_keys import IssuerKey

PURPOSE = "issuer-key"
ALGORITHM = "RS256"  # the one that every reader of Open Badges must know
BITS = 2048


def ensure() -> None:
    """Make the key if there is none; of several who try at once one succeeds."""
    if db.session.scalar(select(IssuerKey.id).limit(1)) is not None:
        return
    row = row_of(RSAKey.generate_key(BITS, private=True))
    db.session.execute(insert_new(IssuerKey.__table__, db.engine), [row])


def row_of(key: RSAKey) -> dict[str, Any]:
    """The one row of the table that keeps this key, its private part sealed."""
    kid = key.thumbprint()
    return {
        "id": 1,
        "kid": kid,
        "public": {**key.as_dict(private=False), "kid": kid, "alg": ALGORITHM, "use": "sig"},
        "sealed": secretbox.seal(key.as_pem(private=True).decode(), PURPOSE, of=kid),
        "created_at": now(),
    }


def signing_key() -> tuple[str, RSAKey] | None:
    """The key that signs, with its kid; None as long as none was made."""
    row = db.session.scalar(
        select(IssuerKey).options(undefer(IssuerKey.sealed)).order_by(IssuerKey.id.desc()).limit(1)
    )
    if row is None:
        return None
    return row.kid, RSAKey.import_key(secretbox.open_sealed(row.sealed, PURPOSE, of=row.kid))


def public_keys() -> list[dict[str, Any]]:
    """Every key there ever was, the newest first, as JWKs."""
    return list(db.session.scalars(select(IssuerKey.public).order_by(IssuerKey.id.desc())))


def public_key(kid: str) -> dict[str, Any] | None:
    """One key as JWK."""
    return db.session.scalar(select(IssuerKey.public).where(IssuerKey.kid == kid))


def reseal() -> int:
    """Seal again by the newest key what an older one sealed; how many there were."""
    done = 0
    for row in db.session.scalars(select(IssuerKey).options(undefer(IssuerKey.sealed))):
        if not secretbox.is_current(row.sealed):
            opened = secretbox.open_sealed(row.sealed, PURPOSE, of=row.kid)
            row.sealed = secretbox.seal(opened, PURPOSE, of=row.kid)
            done += 1
    return done
