"""What is believed of an identity provider, and what is taken from it. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lms.accounts import tax_code_rules
from lms.accounts.rules import NAME_LENGTH, is_email
from lms.config_oidc import ClaimNames, is_loopback
from lms.text import clean_line, search_key

DETAIL_LENGTH = 120
SUBJECT_LENGTH = 255  # OpenID Connect Core 1.0, section 2
_SPID_CODE = re.compile(r"ErrorCode\s*nr\s*(\d{1,3})", re.IGNORECASE)


class Failure(enum.StrEnum):
    """Why a sign-in with a provider did not come about; what the person is told depends on it."""

    CANCELLED = "cancelled"  # by the person, at the provider
    ATTEMPTS = "attempts"  # SPID 19: too many wrong passwords there
    LEVEL = "level"  # SPID 20: no credentials of the level asked for
    TIMEOUT = "timeout"  # SPID 21
    CONSENT = "consent"  # SPID 22: the data were not released
    BLOCKED = "blocked"  # SPID 23: identity suspended or revoked
    REFUSED = "refused"  # by the provider, for another reason
    DOWN = "down"  # the provider does not answer, or not as it should
    EXPIRED = "expired"  # no such sign-in was begun in this browser, or too long ago
    UNTRUSTED = "untrusted"  # an answer that does not prove itself
    INCOMPLETE = "incomplete"  # names are missing
    DISABLED = "disabled"  # the account here
    TAKEN = "taken"  # linked to somebody else already
    MISMATCH = "mismatch"  # another tax code or name than the one known


_OF_SPID = {
    19: Failure.ATTEMPTS,
    20: Failure.LEVEL,
    21: Failure.TIMEOUT,
    22: Failure.CONSENT,
    23: Failure.BLOCKED,
    25: Failure.CANCELLED,
}


class Stopped(Exception):  # noqa: N818 - how a sign-in ends, not a fault of ours
    """A sign-in that goes no further; `detail` names the check it did not pass, never a value."""

    names_no_values = True

    def __init__(self, failure: Failure, detail: str = "") -> None:
        self.failure, self.detail = failure, detail[:DETAIL_LENGTH]
        super().__init__(f"{failure}: {detail}")


class Untrusted(Stopped):
    """A message of the provider that does not prove itself."""

    def __init__(self, detail: str) -> None:
        super().__init__(Failure.UNTRUSTED, detail)


class ProviderDown(Stopped):
    """The provider could not be reached, or answered what no provider should."""

    def __init__(self, detail: str) -> None:
        super().__init__(Failure.DOWN, detail)


@dataclass(frozen=True)
class Received:
    """What we take from a provider, and nothing else: no date of birth, no sex, no address."""

    subject: str
    given_name: str
    family_name: str
    email: str
    email_verified: bool
    tax_code: str
    acr: str


def failure_of(error: str, description: str) -> Failure:
    """What a provider's error answer means; brokers put SPID's numbers in the description."""
    found = _SPID_CODE.search(description)
    if found:
        return _OF_SPID.get(int(found.group(1)), Failure.REFUSED)
    if error in {"access_denied", "user_cancelled"}:
        return Failure.CANCELLED
    if error in {"server_error", "temporarily_unavailable"}:
        return Failure.DOWN
    return Failure.REFUSED


def received(claims: Mapping[str, Any], names: ClaimNames) -> Received:
    """What the claims say of a person; raises `Untrusted` when they do not say who it is."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH:
        raise Untrusted("sub is missing or too long")
    given, family = (_name(claims, each) for each in (names.given_name, names.family_name))
    email = _text(claims, names.email).lower()
    verified = claims.get("email_verified")
    return Received(
        subject=subject,
        given_name=given,
        family_name=family,
        email=email if is_email(email) else "",
        email_verified=verified is True or verified == "true",
        tax_code=tax_code(_text(claims, names.tax_code)),
        acr=_text(claims, ("acr",))[:200],
    )


def tax_code(text: str) -> str:
    """The Italian tax code in `TINIT-…`; empty for another country's number or none at all."""
    code = text.upper().removeprefix("TINIT-")
    return code if tax_code_rules.fault(code) is None else ""


def agree(family_name: str, other: str) -> bool:
    """Whether two family names have a word in common: a code typed wrong belongs to a stranger."""
    return bool(set(search_key(family_name).split()) & set(search_key(other).split()))


def _name(claims: Mapping[str, Any], names: Collection[str]) -> str:
    text = _text(claims, names)
    # Identity providers write them in capitals; a certificate prints what stands here.
    titled = _titled(text) if text.isupper() or text.islower() else text
    return titled[:NAME_LENGTH].rstrip()


def _titled(text: str) -> str:
    return re.sub(r"\w+", lambda word: word.group(0).capitalize(), text)


def _text(claims: Mapping[str, Any], names: Collection[str]) -> str:
    for name in names:
        value = claims.get(name)
        if isinstance(value, str) and clean_line(value):
            return clean_line(value[:1000])
    return ""


def may_ask(address: object, hosts: Collection[str], *, allow_loopback: bool) -> bool:
    """Whether an address of a provider's metadata is one of its own: https, and a known host.

    Nothing else is ever fetched, nor is a browser sent there. Plain http only on this machine.
    """
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return False
    if parts.netloc.lower() not in hosts or parts.username is not None:
        return False
    plain = parts.scheme == "http" and allow_loopback and is_loopback(parts.hostname)
    return parts.scheme == "https" or plain
