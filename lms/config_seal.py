"""The seal on certificates from the environment: `LMS_SEAL_…`, checked at start.

Nothing said here ever holds the passphrase, or a password of the timestamp authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from cryptography import x509

from certificates.keys import KeyUnusableError, Pkcs12Signer, Signer, read_certificates
from lms.signers import RemoteSigner, TokenSigner

_FILE, _WORD, _WORD_FILE = "LMS_SEAL_PKCS12", "LMS_SEAL_PASSPHRASE", "LMS_SEAL_PASSPHRASE_FILE"
_LIBRARY, _TOKEN, _LABEL = "LMS_SEAL_PKCS11", "LMS_SEAL_TOKEN", "LMS_SEAL_KEY"
_REMOTE, _CERTIFICATE, _TSA = "LMS_SEAL_REMOTE_URL", "LMS_SEAL_CERTIFICATE", "LMS_SEAL_TSA_URL"
_ROOTS = "LMS_SEAL_ROOTS"
_SOURCES = (_FILE, _LIBRARY, _REMOTE)
_NEEDS = {_LIBRARY: (_TOKEN, _LABEL, _CERTIFICATE), _REMOTE: (_CERTIFICATE,), _FILE: ()}
_OTHERS = (_WORD, _WORD_FILE, _TOKEN, _LABEL, _CERTIFICATE, _TSA, _ROOTS)
_NEAR = {"localhost", "127.0.0.1", "::1"}


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
    roots: tuple[x509.Certificate, ...] = ()  # given: what a check in years needs is embedded


def read_seal(environ: Mapping[str, str], faults: list[str]) -> SealSettings | None:
    """The seal that is set, or None; what is wrong is added to `faults`."""
    given = {name: environ.get(name, "").strip() for name in (*_SOURCES, *_OTHERS)}
    sources = [name for name in _SOURCES if given[name]]
    if len(sources) != 1:
        faults += _none_or_several(given, sources)
        return None
    source = sources[0]
    missing = [name for name in _NEEDS[source] if not given[name]]
    faults += [f"{source} is set, but {name} is not." for name in missing]
    authority = _authority(given[_TSA], faults)
    passphrase = _passphrase(environ.get(_WORD, ""), given[_WORD_FILE], faults)
    if passphrase is None or missing:
        return None
    signer = _signer(source, given, passphrase, faults)
    roots = _roots(given, faults)
    return SealSettings(signer, authority, roots) if signer else None


def _roots(given: Mapping[str, str], faults: list[str]) -> tuple[x509.Certificate, ...]:
    """Whom the seal and its timestamp stand under; set only by who wants seals that last."""
    if not given[_ROOTS]:
        return ()
    if not given[_TSA]:
        faults.append(f"{_ROOTS} is set, but {_TSA} is not: only a stamped seal can last.")
    try:
        return tuple(x509.load_pem_x509_certificates(Path(given[_ROOTS]).read_bytes()))
    except OSError as error:
        faults.append(f"{_ROOTS} is '{given[_ROOTS]}'; it cannot be read: {error.strerror}.")
    except ValueError:
        faults.append(f"{_ROOTS} is '{given[_ROOTS]}'; it holds no certificates in PEM.")
    return ()


def _none_or_several(given: Mapping[str, str], sources: list[str]) -> list[str]:
    if sources:
        return [f"{' and '.join(sources)} are set: the seal has one key."]
    stray = [name for name in _OTHERS if given[name]]
    return [f"{name} is set, but {_FILE} names no key to seal with." for name in stray]


def _signer(
    source: str, given: Mapping[str, str], passphrase: str, faults: list[str]
) -> Signer | None:
    """The key of one source; nothing is asked of a token or a service yet."""
    if source == _REMOTE and not _private(given[_REMOTE]):
        faults.append(f"{_REMOTE} must begin with https:// (http:// only on this machine).")
        return None
    if source == _LIBRARY and not Path(given[_LIBRARY]).is_file():
        faults.append(f"{_LIBRARY} is '{given[_LIBRARY]}'; there is no such library.")
        return None
    name = _FILE if source == _FILE else _CERTIFICATE
    try:
        content = Path(given[name]).read_bytes()
        if source == _FILE:
            return Pkcs12Signer(content, passphrase)
        own, *chain = read_certificates(content)
    except OSError as error:
        faults.append(f"{name} is '{given[name]}'; it cannot be read: {error.strerror}.")
    except KeyUnusableError as error:
        faults.append(f"{name} is '{given[name]}'; it cannot be used: {error}.")
    else:
        if source == _REMOTE:
            return RemoteSigner(given[_REMOTE], passphrase, own, chain)
        return TokenSigner(
            given[_LIBRARY], given[_TOKEN], given[_LABEL], passphrase, own, chain
        )  # fmt: skip
    return None


def _private(url: str) -> bool:
    """Whether nobody on the way reads what is sent to an address."""
    parts = urlsplit(url)
    near = parts.scheme == "http" and parts.hostname in _NEAR
    return bool(parts.hostname) and (parts.scheme == "https" or near) and "@" not in parts.netloc


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
