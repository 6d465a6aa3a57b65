"""Where a valid certificate no longer says what the facts of today say. Pure; nothing is done."""

from __future__ import annotations

from collections.abc import Set

from lms.issuance.models_tasks import Change
from lms.issuance.queries import Candidate
from lms.issuance.rules import Reason

# (certificate, change, fact) that somebody decided to leave as it is.
Kept = Set[tuple[int, Change, str]]
NOTHING_KEPT: Kept = frozenset()


def differences(candidate: Candidate) -> dict[Change, str]:
    """What changed, with the fact of today; empty without a valid certificate.

    A register that is open again is no change yet: what it will say is not known.
    """
    certificate, answer = candidate.certificate, candidate.answer
    if certificate is None or not candidate.issued or candidate.erased:
        return {}
    found: dict[Change, str] = {}
    if certificate.minutes != answer.credited:
        found[Change.HOURS] = str(answer.credited)
    names = (candidate.full_name, candidate.present_name)
    other = next((name for name in names if name and name != certificate.holder_name), None)
    if other is not None:
        found[Change.NAME] = other
    if set(answer.reasons) - {Reason.REGISTERS_OPEN}:
        found[Change.ENTITLEMENT] = ""
    return found


def to_be_looked_at(candidate: Candidate, kept: Kept) -> dict[Change, str]:
    """The differences on which nobody has decided."""
    certificate = candidate.certificate
    if certificate is None:
        return {}
    return {
        change: fact
        for change, fact in differences(candidate).items()
        if (certificate.id, change, fact) not in kept
    }


def as_seen(found: dict[Change, str]) -> str:
    """The differences as a form carries them: what somebody decided on."""
    return "\n".join(f"{change}={fact}" for change, fact in sorted(found.items()))
