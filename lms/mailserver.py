"""The mail server and the sender, as the settings name them; read strictly, faults in words.

`smtp://user:password@host:587` speaks STARTTLS (it is demanded, never only tried), `smtps://host`
TLS from the first byte; `?tls=none` is for a relay on the same machine or a private network.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from dataclasses import dataclass, field
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from lms.authorities import authorities

PORTS = {"smtp": 587, "smtps": 465}
OPTIONS = frozenset({"tls", "ca"})
_ADDRESS = re.compile(r"[!-?A-~]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_EXAMPLE = "smtp://user:password@mail.example.it:587"


class Tls(enum.StrEnum):
    """How the connection is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    FROM_START = "tls"


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. `timeout`: seconds for each step."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    timeout: int = 30


@dataclass(frozen=True)
class Sender:
    """The address letters come from, and the name shown beside it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


def read_server(url: str, timeout: int) -> MailServer:
    """The server an address names; ValueError tells what is wrong, without the password."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError(f"it must look like {_EXAMPLE} or smtps://mail.example.it")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("its port must be a number from 1 to 65535") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(options.keys() - OPTIONS):
        raise ValueError(f"it knows no option '{unknown[0]}', only tls and ca")
    server = MailServer(
        host=parts.hostname,
        port=port,
        tls=_tls(parts.scheme, options.get("tls")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ca=authorities(options.get("ca")),
        timeout=timeout,
    )
    if bool(server.user) != bool(server.password):
        raise ValueError("it needs both a user and a password, or neither")
    if server.user and server.tls is Tls.NONE and not _is_here(server.host):
        raise ValueError("with tls=none the password would travel for everybody to read")
    return server


def _tls(scheme: str, asked: str | None) -> Tls:
    if scheme == "smtps":
        if asked not in {None, Tls.FROM_START}:
            raise ValueError("smtps:// is TLS from the first byte: leave tls out")
        return Tls.FROM_START
    if asked not in {None, Tls.STARTTLS, Tls.NONE}:
        raise ValueError("tls must be starttls or none (smtps:// for TLS from the first byte)")
    return Tls(asked or Tls.STARTTLS)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_sender(text: str) -> Sender:
    """`Name <address>` or an address; ValueError tells what is wrong."""
    found = getaddresses([text]) if text.isprintable() else []
    if len(found) != 1 or not _ADDRESS.fullmatch(found[0][1]):
        raise ValueError("it must look like Percorso <formazione@example.it>")
    return Sender(*found[0])
