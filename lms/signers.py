"""Keys for seals that never leave where they are: a token (PKCS#11), or a service asked by HTTP.

Nothing is opened at start: a process that never seals never asks. What goes wrong on the way is a
`NoSignatureError`, and documents wait. A signature is compared with the certificate before use.
"""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from certificates.keys import NoSignatureError, signs_well, usable

TIMEOUT = (5, 15)  # seconds to be connected, and between two bytes of the answer
LARGEST = 1024  # bytes of a signature: RSA of 8,192 bits


@dataclass
class RemoteSigner:
    """A service that signs digests: asked for each seal, over one kept connection.

    POST of {"digest": base64 of SHA-256, "hash": "sha256", "mechanism": "rsa-pkcs1-v1_5" | "ecdsa"}
    with the token as bearer; the answer's body is the raw signature.
    """

    url: str
    token: str = field(repr=False)
    certificate: x509.Certificate
    chain: Sequence[x509.Certificate] = ()
    _session: requests.Session = field(default_factory=requests.Session, repr=False)

    def sign(self, data: bytes) -> bytes:
        """See `certificates.keys.Signer`."""
        key = usable(self.certificate)
        asked = {
            "digest": b64encode(sha256(data).digest()).decode(),
            "hash": "sha256",
            "mechanism": "rsa-pkcs1-v1_5" if isinstance(key, rsa.RSAPublicKey) else "ecdsa",
        }
        try:
            signature = self._asked(asked)
        except requests.RequestException as error:  # an OSError, but its words may hold the address
            raise NoSignatureError(f"the signing service: {type(error).__name__}") from None
        if not signs_well(self.certificate, signature, data):
            raise NoSignatureError("what the signing service sends is no signature by the key")
        return signature

    def _asked(self, asked: dict[str, str]) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with self._session.post(
            self.url, json=asked, headers=headers, timeout=TIMEOUT, stream=True,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            if answer.status_code != requests.codes.ok:
                raise NoSignatureError(f"the signing service answers {answer.status_code}")
            return answer.raw.read(LARGEST, decode_content=True) or b""


@dataclass
class TokenSigner:
    """A key in a token (HSM, smart card) behind the PKCS#11 library of its maker."""

    library: str
    token: str
    label: str
    pin: str = field(repr=False)
    certificate: x509.Certificate
    chain: Sequence[x509.Certificate] = ()
    _key: Any = field(default=None, repr=False)
    _of: int = field(default=0, repr=False)  # the process that opened it: sessions survive no fork
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def sign(self, data: bytes) -> bytes:
        """See `certificates.keys.Signer`."""
        import pkcs11  # noqa: PLC0415 - only who has a token loads it

        with self._lock:
            try:
                signature = self._signed(data)
            except (pkcs11.PKCS11Error, RuntimeError) as error:
                self._key = None  # a token taken out or locked: opened anew the next time
                raise NoSignatureError(f"the token: {type(error).__name__}") from None
        if not signs_well(self.certificate, signature, data):
            raise NoSignatureError("what the token gives is no signature by the certificate's key")
        return signature

    def _signed(self, data: bytes) -> bytes:
        from pkcs11 import Mechanism  # noqa: PLC0415
        from pkcs11.util.ec import encode_ecdsa_signature  # noqa: PLC0415

        if self._key is None or self._of != os.getpid():
            self._key, self._of = self._opened(), os.getpid()
        if isinstance(usable(self.certificate), rsa.RSAPublicKey):
            return bytes(self._key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
        pair = self._key.sign(sha256(data).digest(), mechanism=Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(pair))

    def _opened(self) -> Any:
        import pkcs11  # noqa: PLC0415

        token = pkcs11.lib(self.library).get_token(token_label=self.token)
        try:
            session = token.open(user_pin=self.pin)
        except pkcs11.UserAlreadyLoggedIn:  # by an earlier session of this process
            session = token.open()
        try:
            return session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.label)
        except pkcs11.PKCS11Error:
            session.close()
            raise
