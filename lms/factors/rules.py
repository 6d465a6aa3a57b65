"""What counts as a second factor, when one is demanded, and which code is right. Pure."""

from __future__ import annotations

import ipaddress
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pyotp
from pyotp.exceptions import OTPVerificationError

STEP_LIFETIME = timedelta(minutes=10)  # between the password and the second factor
PROOF_LIFETIME = timedelta(minutes=10)  # how long a proof allows to change factors
PENDING_LIFETIME = timedelta(minutes=30)  # a secret shown but not yet confirmed
CHALLENGE_LIFETIME = timedelta(minutes=5)
DRIFT = 1  # time steps of 30 seconds by which a telephone's clock may be wrong
MAXIMUM_PASSKEYS = 10
NAME_LENGTH = 60
RESPONSE_LENGTH = 20_000  # a browser's longest answer is a third of it

# 24 characters of 32 hold 120 bits: beyond guessing, so a plain hash keeps them (ASVS 6.5.2).
RECOVERY_CODES = 10
RECOVERY_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: none is misread
RECOVERY_LENGTH, RECOVERY_GROUP = 24, 4
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})


def new_totp_secret() -> str:
    """160 random bits, as authenticator apps take them (base32)."""
    return pyotp.random_base32(32)


def in_groups(secret: str) -> str:
    """A secret in groups of four, to be read and typed."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def app_address(secret: str, login: str, site: str) -> str:
    """What the QR code holds: the address an authenticator app understands."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=site.replace(":", " "))


def matching_step(secret: str, typed: str, at: datetime) -> int | None:
    """The time step whose code was typed, one either side of now; None when it is no such code."""
    code = re.sub(r"[\s-]+", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=at, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def new_recovery_code() -> str:
    """A code to be kept on paper, in groups."""
    drawn = "".join(secrets.choice(RECOVERY_CHARACTERS) for _i in range(RECOVERY_LENGTH))
    return "-".join(
        drawn[i : i + RECOVERY_GROUP] for i in range(0, RECOVERY_LENGTH, RECOVERY_GROUP)
    )


def read_recovery_code(typed: str) -> str:
    """What was typed, as it is hashed: case, spaces, hyphens and look-alikes do not matter."""
    return re.sub(r"[\W_]+", "", typed.lower()).translate(_MISREAD)


def is_recent(proofs: tuple[datetime | None, ...], at: datetime) -> bool:
    """Whether the latest of `proofs` (a sign-in, a password typed again) still counts."""
    return any(proof is not None and at - proof < PROOF_LIFETIME for proof in proofs)


def counter_goes_on(known: int, told: int) -> bool:
    """Whether a passkey's counter grew as it must; keys that do not count say 0 for ever.

    A counter that stands still or goes back was told by a copy of the key.
    """
    return told > known or told == known == 0


@dataclass(frozen=True)
class RelyingParty:
    """Who we are to a passkey: the host name, and the whole origin pages come from."""

    id: str
    origin: str


def relying_party(address: str) -> RelyingParty | None:
    """Who we are at this address; None where browsers offer no passkeys.

    They want https and a name: of plain http only `localhost` will do, of numbers none.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host and (parts.scheme == "https" or host == "localhost"):
            return RelyingParty(host, f"{parts.scheme}://{parts.netloc}")
    return None
