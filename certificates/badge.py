"""A certificate as an Open Badges 3.0 credential (a Verifiable Credential): data in, JSON out.

It says what the PDF says. Nothing is signed here: who holds the key puts `claims` into a JWT.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from certificates.data import CertificateData

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
_SPACE = uuid.UUID("5b0c1f43-3a0c-5f0e-9a53-6a4f1c0e7d21")
_ROME = ZoneInfo("Europe/Rome")
_NO_VALUE = {"it": "Esempio dimostrativo, senza valore.", "en": "Example, without value."}


@dataclass(frozen=True)
class Addresses:
    """Where the issuer's public things stand: the site, its profile, what was revoked."""

    site: str
    issuer: str
    revocations: str


def credential_id(code: str) -> str:
    """The credential's own name; it tells nothing of the code."""
    return f"urn:uuid:{uuid.uuid5(_SPACE, code)}"


def credential(data: CertificateData, addresses: Addresses) -> dict[str, Any]:
    """The OpenBadgeCredential, unsigned."""
    return {
        "@context": list(CONTEXT),
        "id": credential_id(data.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": data.cycle_title,
        "issuer": {
            "id": addresses.issuer,
            "type": ["Profile"],
            "name": data.issuer_name,
            "url": addresses.site,
        },
        "validFrom": _instant(data.issued_at),
        "credentialSubject": _subject(data),
        "credentialStatus": {"id": addresses.revocations, "type": "1EdTechRevocationList"},
        "evidence": [
            {"id": data.verify_url, "type": ["Evidence"], "name": data.serial},
        ],
    }


def claims(data: CertificateData, addresses: Addresses) -> dict[str, Any]:
    """What stands in the JWT: the credential with the registered claims beside it."""
    return {
        **credential(data, addresses),
        "iss": addresses.issuer,
        "jti": credential_id(data.code),
        "nbf": int(data.issued_at.timestamp()),
    }


def _subject(data: CertificateData) -> dict[str, Any]:
    last = datetime.combine(data.completed_on, time(23, 59, 59), _ROME)
    first = datetime.combine(min(one.starts_on for one in data.modules), time(), _ROME)
    return {
        "type": ["AchievementSubject"],
        "activityStartDate": _instant(first),
        "activityEndDate": _instant(last),
        "creditsEarned": round(data.minutes_attended / 60, 2),
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": data.holder,
                "identityType": "name",
            }
        ],
        "achievement": _achievement(data),
    }


def _achievement(data: CertificateData) -> dict[str, Any]:
    said = [f"{data.track_title}.", *(f"– {one.title}" for one in data.modules)]
    if data.fictional:
        said.insert(0, _NO_VALUE[data.language])
    same_for_all = f"{data.issuer_name}\n{data.track_title}\n{data.cycle_title}\n{data.rule_text}"
    return {
        "id": f"urn:uuid:{uuid.uuid5(_SPACE, same_for_all)}",
        "type": ["Achievement"],
        "achievementType": "Course",
        "inLanguage": data.language,
        "name": data.cycle_title,
        "description": "\n".join(said),
        "criteria": {"narrative": data.rule_text},
        "creditsAvailable": round(data.minutes_planned / 60, 2),
    }


def _instant(instant: datetime) -> str:
    return instant.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds").replace("+00:00", "Z")
