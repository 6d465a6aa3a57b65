"""Keys that seal certificates, behind one small interface; tokens and services stand elsewhere.

The standard file is PKCS#12 (`.p12`, `.pfx`): a private key, its certificate and those above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

SMALLEST_RSA = 2048
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
LONGEST_NAME = 200
LARGEST_P256 = 72  # bytes of a signature in DER
_UNREADABLE = "the file is not PKCS#12, or the passphrase is wrong"


class Signer(Protocol):
    """Whatever keeps a key: it tells its certificates and signs, and never hands the key out."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """The certificates above it, as far as they are known."""

    def sign(self, data: bytes) -> bytes:
        """The signature over SHA-256 of `data`: RSA with PKCS #1 v1.5, or ECDSA in DER."""


class KeyUnusableError(ValueError):
    """A key cannot be used for seals; the words say why, and hold no secret."""


class NoSignatureError(OSError):
    """A token or service gives no signature now; the words say why, and hold no secret."""


class Pkcs12Signer:
    """A key out of a PKCS#12 file, kept loaded. Raises `KeyUnusableError`."""

    def __init__(self, content: bytes, passphrase: str) -> None:
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(
                content, passphrase.encode() or None
            )
        except ValueError as error:
            raise KeyUnusableError(_UNREADABLE) from error
        if key is None or certificate is None:
            raise KeyUnusableError("the file holds no private key with its certificate")
        usable(certificate)
        if key.public_key() != certificate.public_key():
            raise KeyUnusableError("the certificate is not the private key's")
        self._key = cast("rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey", key)
        self.certificate = certificate
        self.chain: Sequence[x509.Certificate] = tuple(chain)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.certificate.subject.rfc4514_string()}>"

    def sign(self, data: bytes) -> bytes:
        """See `Signer`."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), SHA256())
        return self._key.sign(data, ec.ECDSA(SHA256()))


def read_certificates(content: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, the key's first. Raises `KeyUnusableError`."""
    try:
        found = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise KeyUnusableError("the file holds no certificates in PEM") from error
    usable(found[0])
    return found


def usable(certificate: x509.Certificate) -> PublicKey:
    """The certificate's key, if common readers of PDF know its kind, else `KeyUnusableError`."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise KeyUnusableError(f"the key must be RSA of {SMALLEST_RSA} bits or more, or P-256")


def signs_well(certificate: x509.Certificate, signature: bytes, data: bytes) -> bool:
    """Whether a signature over SHA-256 of `data` is of the certificate's key."""
    key = usable(certificate)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        else:
            key.verify(signature, data, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def name_of(name: x509.Name) -> str:
    """Whose a certificate is, for people: common name, and the organisation where it says more."""
    said = [
        str(found[0].value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        if (found := name.get_attributes_for_oid(oid))
    ]
    return " – ".join(dict.fromkeys(said))[:LONGEST_NAME] or name.rfc4514_string()[:LONGEST_NAME]


def signature_room(certificate: x509.Certificate) -> int:
    """The most bytes a signature by this certificate's key can have."""
    key = certificate.public_key()
    return key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else LARGEST_P256


def is_in_force(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether a certificate is valid at this instant by its own dates."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
