"""The seal on certificates from the environment: `LMS_SEAL_…`, checked at start.

Nothing said here ever holds the passphrase, or a password of the timestamp authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from certificates.keys import KeyUnusableError, Pkcs12Signer, Signer

_FILE, _WORD, _WORD_FILE = "LMS_SEAL_PKCS12", "LMS_SEAL_PASSPHRASE", "LMS_SEAL_PASSPHRASE_FILE"
_TSA = "LMS_SEAL_TSA_URL"


@dataclass(frozen=True)
class TimestampAuthority:
    """Who vouches for the instant of a seal (RFC 3161 over HTTP)."""

    url: str
    auth: tuple[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SealSettings:
    """The key that seals certificates, and who stamps the time, if anybody."""

    signer: Signer
    authority: TimestampAuthority | None = None


def read_seal(environ: Mapping[str, str], faults: list[str]) -> SealSettings | None:
    """The seal that is set, or None; what is wrong is added to `faults`."""
    given = {name: environ.get(name, "").strip() for name in (_FILE, _WORD, _WORD_FILE, _TSA)}
    if not given[_FILE]:
        stray = [name for name in (_WORD, _WORD_FILE, _TSA) if given[name]]
        faults += [f"{name} is set, but {_FILE} names no key to seal with." for name in stray]
        return None
    authority = _authority(given[_TSA], faults)
    passphrase = _passphrase(environ.get(_WORD, ""), given[_WORD_FILE], faults)
    if passphrase is None:
        return None
    try:
        signer = Pkcs12Signer(Path(given[_FILE]).read_bytes(), passphrase)
    except OSError as error:
        faults.append(f"{_FILE} is '{given[_FILE]}'; it cannot be read: {error.strerror}.")
    except KeyUnusableError as error:
        faults.append(f"{_FILE} is '{given[_FILE]}'; it cannot be used: {error}.")
    else:
        return SealSettings(signer, authority)
    return None


def _passphrase(word: str, file: str, faults: list[str]) -> str | None:
    if word and file:
        faults.append(f"{_WORD} and {_WORD_FILE} are both set: give the passphrase once.")
        return None
    if not file:
        return word
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        faults.append(f"{_WORD_FILE} is '{file}'; it cannot be read: {why}.")
        return None


def _authority(value: str, faults: list[str]) -> TimestampAuthority | None:
    if not value:
        return None
    parts = urlsplit(value)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        faults.append(f"{_TSA} must look like https://tsa.example.it/path.")
        return None
    if password and parts.scheme != "https":
        faults.append(f"{_TSA} holds a password: it must begin with https://.")
        return None
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return TimestampAuthority(bare, (user, password) if user or password else None)
