"""Keepers of keys: a service that signs, on loopback, and a token made with SoftHSM."""

from __future__ import annotations

import json
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)  # fmt: skip

from tests.certificates.keys import PASSPHRASE, Key, sealing_key

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "135790"


def key_in(kind: str) -> Key:
    """The private key of `sealing_key`."""
    key, _, _ = pkcs12.load_key_and_certificates(sealing_key(kind)[0], PASSPHRASE.encode())
    assert isinstance(key, Key)
    return key


def certificate_file(kind: str, folder: Path) -> Path:
    """Its certificate and the one above it, in PEM."""
    _, own, chain = pkcs12.load_key_and_certificates(sealing_key(kind)[0], PASSPHRASE.encode())
    assert own is not None
    file = folder / "seal.pem"
    file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (own, *chain)))
    return file


@dataclass
class Service:
    """How it answers now; what it was asked."""

    url: str
    kind: str = "rsa"
    answer: str = "well"  # or: wrongly (another digest), refusing (503)
    asked: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)


@contextmanager
def signing_service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(asked)
            state.tokens.append(self.headers.get("Authorization"))
            digest, key = b64decode(asked["digest"]), key_in(state.kind)
            if state.answer == "wrongly":
                digest = digest[::-1]
            if isinstance(key, rsa.RSAPrivateKey):
                signature = key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
            else:
                assert isinstance(key, ec.EllipticCurvePrivateKey)
                signature = key.sign(digest, ec.ECDSA(Prehashed(SHA256())))
            self.send_response(503 if state.answer == "refusing" else 200)
            self.send_header("Content-Length", str(len(signature)))
            self.end_headers()
            self.wfile.write(signature)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Service(f"http://127.0.0.1:{server.server_address[1]}/sign")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_token(folder: Path, *kinds: str) -> Path:
    """A token "Percorso" with keys of these names; returns the configuration SoftHSM shall read."""
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="ascii")
    steps = [["--init-token", "--free", "--label", "Percorso", "--so-pin", PIN]]
    for number, kind in enumerate(kinds, 1):
        pem = folder / f"{kind}.pem"
        pem.write_bytes(
            key_in(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        names = ["--token", "Percorso", "--label", kind, "--id", f"{number:02}"]
        steps.append(["--import", str(pem), *names])
    for arguments in steps:
        subprocess.run(
            ["softhsm2-util", *arguments, "--pin", PIN],
            env={"SOFTHSM2_CONF": str(settings), "PATH": "/usr/bin"}, check=True,
            capture_output=True, timeout=60,
        )  # fmt: skip
    return settings
