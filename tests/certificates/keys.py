"""Keys and certificates for seals, made when they are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

PASSPHRASE = "frase di prova"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def key_of(kind: str) -> Key:
    match kind:
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "small rsa":
            return rsa.generate_private_key(65537, 1024)
        case "p-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    raise ValueError(kind)


def certificate(
    key: Key, name: str, *, issuer: tuple[Key, x509.Certificate] | None = None,
    authority: bool = False, stamps: bool = False, days: int = 30, crl: str = "",
    ocsp: str = "",
) -> x509.Certificate:  # fmt: skip
    """A certificate in force from yesterday on; signed by itself unless `issuer` is given."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(days=abs(days) + 1)
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority,
        crl_sign=authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if stamps:
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(only, critical=True)
    if crl:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
        built = built.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    if ocsp:
        answers = x509.UniformResourceIdentifier(ocsp)
        told = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, answers)
        built = built.add_extension(x509.AuthorityInformationAccess([told]), critical=False)
    signing = issuer[0] if issuer else key
    ed = isinstance(signing, ed25519.Ed25519PrivateKey)
    return built.sign(signing, None if ed else SHA256())  # type: ignore[arg-type]


@lru_cache
def sealing_key(kind: str = "p-256", days: int = 30) -> tuple[bytes, x509.Certificate]:
    """A PKCS#12 file with a key under an authority, and the authority's certificate."""
    root_key, key = key_of("p-256"), key_of(kind)
    root = certificate(root_key, "Autorità di prova", authority=True, days=max(days, 30))
    own = certificate(key, "Ente di prova", issuer=(root_key, root), days=days)
    content = pkcs12.serialize_key_and_certificates(
        b"sigillo", key, own, [root], BestAvailableEncryption(PASSPHRASE.encode())
    )  # fmt: skip
    return content, root
