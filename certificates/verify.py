"""Reads a certificate file back: whose it claims to be, and the hash that tells whether it is.

The claim alone proves nothing; it is the key under which the issuer looks up the hash it kept.
"""

import hashlib
import re
import zlib

from certificates.gate import CODE_PATTERN, SERIAL_PATTERN
from certificates.xmp import NAMESPACE, Identity

__all__ = ["LARGEST", "Identity", "read_identity", "sha256"]

LARGEST = 20 * 1024 * 1024  # bytes; a real certificate has a few hundred thousand at most

_LARGEST_PACKET = 256 * 1024
_MOST_PACKETS = 64
_MOST_PREFIXES = 4
_PACKET_START = b"<x:xmpmeta"
_PACKET_END = b"</x:xmpmeta>"
_STREAM = re.compile(rb"[^>]{0,300}>>\s{0,4}stream\r?\n")
# Other tools may choose another prefix, and write properties as elements or as attributes.
_DECLARED = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,30})=[\"']" + re.escape(NAMESPACE) + "[\"']")


def sha256(pdf_bytes: bytes) -> str:
    """Return the SHA-256 of the file as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(pdf_bytes).hexdigest()


def read_identity(pdf_bytes: bytes) -> Identity | None:
    """Return the code and serial stated in the file's XMP metadata, or ``None``.

    Never raises, whatever the bytes, and parses no PDF: it scans for metadata packets, plain or
    deflated by a tool that saved the file again. The last packet counts, as in an updated file.
    Files over ``LARGEST`` are not looked at.
    """
    if len(pdf_bytes) > LARGEST:
        return None
    for packet in (*_plain_packets(pdf_bytes), *_deflated_packets(pdf_bytes)):
        if identity := _identity(packet):
            return identity
    return None


def _plain_packets(data: bytes) -> list[bytes]:
    """Return metadata packets that stand in the file as they are, the last one first."""
    packets: list[bytes] = []
    end = len(data)
    for _ in range(_MOST_PACKETS):  # places, not finds: see below
        start = data.rfind(_PACKET_START, 0, end)
        if start < 0:
            break
        stop = data.find(_PACKET_END, start, start + _LARGEST_PACKET)
        if stop > 0:
            packets.append(data[start:stop])
        end = start
    return packets


def _deflated_packets(data: bytes) -> list[bytes]:
    """Return metadata streams unpacked, the last one first, each to a bounded length."""
    packets: list[bytes] = []
    end = len(data)
    # Counting places, not finds, keeps a file made of nothing but such places cheap.
    for _ in range(_MOST_PACKETS):
        end = data.rfind(b"/Metadata", 0, end)
        if end < 0:
            break
        if stream := _STREAM.match(data, end):
            deflated = data[stream.end() : stream.end() + _LARGEST_PACKET]
            try:
                packets.append(zlib.decompressobj().decompress(deflated, _LARGEST_PACKET))
            except zlib.error:
                continue
    return packets


def _identity(packet: bytes) -> Identity | None:
    text = packet.decode("utf-8", "replace")
    for prefix in list(dict.fromkeys(_DECLARED.findall(text)))[:_MOST_PREFIXES]:
        code = _property(text, prefix, "code")
        serial = _property(text, prefix, "serial")
        if CODE_PATTERN.fullmatch(code) and SERIAL_PATTERN.fullmatch(serial):
            return Identity(code, serial)
    return None


def _property(text: str, prefix: str, name: str) -> str:
    key = re.escape(f"{prefix}:{name}")
    found = re.search(rf"<{key}>([^<>]{{1,64}})</{key}>|\s{key}=[\"']([^\"'<>]{{1,64}})[\"']", text)
    return (found[1] or found[2]).strip() if found else ""
