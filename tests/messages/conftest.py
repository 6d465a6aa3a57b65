"""The application with a mail server of its own: real SMTP on loopback."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from lms.config import Settings
from lms.mailserver import Sender, read_server
from tests.mailbox import Mailbox, mailbox

SENDER = Sender("Percorso", "percorso@example.it")
Reach = Callable[[str], None]


@pytest.fixture
def reach(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Reach:
    """Let the application send through the server at this address."""

    def set_server(url: str) -> None:
        settings: Settings = app.config["SETTINGS"]
        changed = dataclasses.replace(settings, mail_server=read_server(url, 5), mail_from=SENDER)
        monkeypatch.setitem(app.config, "SETTINGS", changed)

    return set_server


@pytest.fixture
def box(reach: Reach) -> Iterator[Mailbox]:
    """A mail server without encryption, and the application sending through it."""
    with mailbox() as opened:
        reach(f"smtp://127.0.0.1:{opened.port}?tls=none")
        yield opened


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.it")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
