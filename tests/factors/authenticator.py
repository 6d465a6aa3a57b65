"""A passkey in software, as a browser hands its answers over: each part can be made wrong."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, WITH_CREDENTIAL = 1, 4, 64


@dataclass
class Authenticator:
    """One credential for one site. `count` None: it does not count, as synchronised ones do not."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    count: int | None = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential: bytes = field(default_factory=lambda: os.urandom(32))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to registration options."""
        length = len(self.credential).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential + self._public_key()
        data = self._data(PRESENT | VERIFIED | WITH_CREDENTIAL) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def get(self, options: dict[str, Any], *, kind: str = "webauthn.get") -> str:
        """The answer to the options of a sign-in; the counter goes on."""
        if self.count is not None:
            self.count += 1
        data = self._data(PRESENT | VERIFIED)
        client = self._client(kind, options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        told = hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags])
        return told + (self.count or 0).to_bytes(4, "big")

    def _public_key(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential)
        return json.dumps(
            {
                "id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {},
                "response": {key: bytes_to_base64url(part) for key, part in response.items()},
            }
        )  # fmt: skip
