"""Sealing what must not lie readable in the database, and keyed hashes to find it again.

AES-256-GCM under `LMS_ENCRYPTION_KEYS`: the first key seals, every key opens. Each purpose has keys
of its own (HKDF-SHA256), so what was sealed for one cannot be opened as the other. A sealed value
is: format (1 byte), the key's mark (4), nonce (12), ciphertext with its tag.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lms.config import Settings

FORMAT = b"\x01"
MARK_LENGTH, NONCE_LENGTH = 4, 12
HEAD_LENGTH = len(FORMAT) + MARK_LENGTH


class SealError(Exception):
    """No key opens this: a key is missing, or the value is another's, or was changed."""


def seal(text: str, purpose: str, *, of: str = "") -> bytes:
    """`text`, sealed for `purpose`; opens only with the same `of` (whose it is, say a row's id)."""
    key = _keys()[0]
    head, nonce = FORMAT + _mark(key), os.urandom(NONCE_LENGTH)
    sealed = AESGCM(_derived(key, f"seal/{purpose}")).encrypt(
        nonce, text.encode(), _bound(head, of)
    )
    return head + nonce + sealed


def open_sealed(sealed: bytes, purpose: str, *, of: str = "") -> str:
    """What was sealed. Raises `SealError`."""
    head, nonce = sealed[:HEAD_LENGTH], sealed[HEAD_LENGTH : HEAD_LENGTH + NONCE_LENGTH]
    for key in _keys():
        if head == FORMAT + _mark(key):
            box = AESGCM(_derived(key, f"seal/{purpose}"))
            try:
                return box.decrypt(nonce, sealed[len(head + nonce) :], _bound(head, of)).decode()
            except (InvalidTag, ValueError):
                break
    raise SealError(purpose)


def is_current(sealed: bytes) -> bool:
    """Whether the first key sealed this; what an older one sealed is to be sealed again."""
    return sealed.startswith(FORMAT + _mark(_keys()[0]))


def keyed_hash(text: str, purpose: str) -> str:
    """64 hexadecimal digits that tell nothing of `text` to who lacks the key; by the first key."""
    return keyed_hashes(text, purpose)[0]


def keyed_hashes(text: str, purpose: str) -> tuple[str, ...]:
    """The hash by every key, newest first: what to look for while keys are being changed."""
    return tuple(
        hmac.new(_derived(key, f"hash/{purpose}"), text.encode(), hashlib.sha256).hexdigest()
        for key in _keys()
    )


def signing_keys(purpose: str) -> tuple[bytes, ...]:
    """Keys to sign with for `purpose`, newest first: the first signs, all are believed."""
    return tuple(_derived(key, f"sign/{purpose}") for key in _keys())


def _keys() -> tuple[str, ...]:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.encryption_keys


def _bound(head: bytes, of: str) -> bytes:
    return head + of.encode()


def _mark(key: str) -> bytes:
    return _derived(key, "mark")[:MARK_LENGTH]


@lru_cache(maxsize=64)
def _derived(key: str, use: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"percorso/{use}".encode())
    return hkdf.derive(key.encode())
