"""A timestamp authority on loopback: pyHanko's own, behind a real HTTP server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper

from certificates.seal import plain
from tests.certificates.keys import certificate, key_of


@dataclass
class Authority:
    """How it answers now; what it was asked."""

    url: str
    certificate: x509.Certificate
    answer: str = "well"  # or: wrongly (another digest), badly (no reply), slowly refusing (503)
    asked: int = 0
    headers: list[str | None] = field(default_factory=list)


@contextmanager
def timestamp_authority() -> Iterator[Authority]:
    key = key_of("rsa")
    own = certificate(key, "Marche di prova", stamps=True)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamps = DummyTimeStamper(plain(own), asn1_keys.PrivateKeyInfo.load(der))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked += 1
            state.headers.append(self.headers.get("Authorization"))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = tsp.TimeStampReq.load(body)
            if state.answer == "wrongly":
                request["nonce"] = 1
            reply = (
                b"no" if state.answer == "badly" else stamps.request_tsa_response(request).dump()
            )
            self.send_response(503 if state.answer == "refusing" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Authority(f"http://127.0.0.1:{server.server_address[1]}/tsa", own)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
