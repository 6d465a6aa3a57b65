"""When a message is tried again, whom it can be written to, and what it is called. Pure."""

from __future__ import annotations

import enum
import hashlib
import re
from datetime import timedelta


class OwnReason(enum.StrEnum):
    """What we say ourselves in the place of a mail server's answer."""

    NO_ADDRESS = "no-address"
    NO_SERVER = "no-server"
    OUR_FAULT = "our-fault"
    KEPT_HERE = "kept-here"


# After each failed attempt; the last one again and again until the days are over (RFC 5321 4.5.4.1
# asks for four or five: a server may be down over a long weekend).
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240))
GIVE_UP_AFTER = timedelta(days=4)
# Local part and domain without white space, control characters or the signs that part addresses.
_WRITABLE = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,253}")


def delay_after(attempts: int, waited: timedelta) -> timedelta | None:
    """How long to wait after so many failed attempts; None: it has waited for days, no more."""
    if waited >= GIVE_UP_AFTER:
        return None
    return DELAYS[min(attempts, len(DELAYS)) - 1]


def envelope_address(address: str) -> str | None:
    """The address as SMTP takes it, its domain in ASCII; None when nobody can be written to."""
    if not _WRITABLE.fullmatch(address) or not address.isprintable():
        return None
    local, _at, domain = address.partition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def message_id(key: str, domain: str) -> str:
    """The Message-ID, the same at every attempt: mailboxes drop what they already hold."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}.percorso@{domain}>"
