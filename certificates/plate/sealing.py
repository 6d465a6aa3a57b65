"""The form of a seal on what one plate prints: pyHanko makes it once, here it is only filled in.

pyHanko seals the print of a dummy. What it added is cut where documents differ: the places of
objects, the range that is covered, names of the file, time, digest and signature. Filled in for
another dummy it must be what pyHanko makes of that one, byte for byte; otherwise there is no form.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from struct import pack

from asn1crypto import cms
from cryptography import x509

from certificates.keys import Signer, signature_room
from certificates.seal import room_for, seal, second_id
from certificates.seal_check import SealState, examine

_IN_PLACE = re.compile(
    rb"(?P<before>.*/Contents )<(?P<contents>[0-9A-F]+)>(?P<colon>\n/ByteRange )"
    rb"(?P<range>\[[\d ]+\] *)(?P<dated>\n.*/M \(D\\072)\d{14}(?P<rest>Z\).*)",
    re.DOTALL,
)
_REFERENCES = re.compile(
    rb"(\d+ 0 obj\n<<\n/W \[ 1 8 2 \]\n/Type /XRef\n/Filter /FlateDecode\n.*/ID \[ )"
    rb"<[0-9a-f]{32}> <[0-9a-f]{32}>( \]\n/Prev )\d+(\n/Index .*/Length )\d+(\n>>\nstream\n)"
    rb".*(\nendstream\nendobj\n\nstartxref\n)\d+(\n%%EOF\n)",
    re.DOTALL,
)
_OBJECT = re.compile(rb"^(\d+) 0 obj$", re.MULTILINE)
_END = re.compile(
    rb"/ID \[<([0-9a-f]{32})> <[0-9a-f]{32}>\].*\nstartxref\n(\d+)\n%%EOF\n$", re.DOTALL
)
_LONGEST_END = 8192
_NO_OBJECT = bytes(9) + b"\xff\xff"
_FOREIGN = "pyHanko writes otherwise than is known here"


class NoForm(Exception):  # noqa: N818 - what came out, in two words
    """No form can be trusted: pyHanko seals one by one."""


class SealError(Exception):
    """The key gave a signature that is none of its certificate's."""


@dataclass(frozen=True)
class _Frame:
    """The signature's container: what stands before and behind the digest."""

    head: bytes
    middle: bytes


class SealForm:
    """Seals what one plate prints, with one key."""

    def __init__(self, signer: Signer, prefix: bytes, samples: Sequence[bytes]) -> None:
        """Make the form of one sample and try it on another; may raise `NoForm`."""
        self.signer = signer
        self._prefix = prefix
        self._hashed = sha256(prefix)
        self._frames: dict[int, _Frame] = {}
        self._room = 2 * room_for(signer)
        blank, at = _Blank(signer), signer.certificate.not_valid_before_utc
        first, second = samples
        self._cut(seal(first, blank, at=at)[len(first) :])
        if self._filled(second, blank, at) != seal(second, blank, at=at):
            raise NoForm("the form does not give what pyHanko makes")
        self._seen: set[int] = set()  # lengths of signatures that were seen to be valid

    def seal(self, pdf: bytes, at: datetime) -> bytes:
        """The document with its seal. What the key raises is passed on."""
        return self._filled(pdf, self.signer, at)

    def _cut(self, added: bytes) -> None:
        """Take apart what pyHanko added to a document."""
        found = list(_OBJECT.finditer(added))
        self._places = [each.start() for each in found]
        numbers = [int(each[1]) for each in found]
        at = self._places[-1]
        body, references = _IN_PLACE.fullmatch(added[:at]), _REFERENCES.fullmatch(added[at:])
        if not body or not references or numbers != sorted(numbers):
            raise NoForm(_FOREIGN)
        if len(body["contents"]) != self._room:
            raise NoForm(_FOREIGN)
        self._before, self._colon = body["before"], body["colon"]
        self._dated, self._rest = body["dated"], body["rest"]
        self._range = len(body["range"])
        self._references = references.groups()
        self._read(cms.ContentInfo.load(bytes.fromhex(body["contents"].decode())))

    def _read(self, container: cms.ContentInfo) -> None:
        """Learn the signature's container: all but the digest and the signature stays."""
        self._container = container
        (self._about,) = container["content"]["signer_infos"]
        attributes = self._about["signed_attrs"]
        (digest,) = [each for each in attributes if each["type"].native == "message_digest"]
        self._digest = digest["values"][0].native
        parts = attributes.untag().dump().split(self._digest)
        if len(parts) != 2:
            raise NoForm(_FOREIGN)
        self._to_sign = parts

    def _frame(self, length: int) -> _Frame:
        """The container around a signature of this length."""
        if length not in self._frames:
            self._about["signature"] = bytes(length)
            whole = self._container.dump()
            parts = whole[: len(whole) - length].split(self._digest)
            if len(parts) != 2 or any(whole[len(whole) - length :]):
                raise NoForm(_FOREIGN)
            self._frames[length] = _Frame(*parts)
        return self._frames[length]

    def _filled(self, pdf: bytes, signer: Signer, at: datetime) -> bytes:
        hole = len(pdf) + len(self._before)
        behind = self._behind(pdf, hole, hole + self._room + 2, at)
        covered = self._hashed.copy()
        covered.update(memoryview(pdf)[len(self._prefix) :])
        covered.update(self._before)
        covered.update(behind)
        digest = covered.digest()
        signature = signer.sign(digest.join(self._to_sign))
        frame = self._frame(len(signature))
        contents = b"".join((frame.head, digest, frame.middle, signature)).hex().upper().encode()
        room = b"0" * (self._room - len(contents))
        sealed = b"".join((pdf, self._before, b"<", contents, room, b">", behind))
        if signer is self.signer and len(signature) not in self._seen:
            if examine(sealed).state is not SealState.INTACT:
                raise SealError("the key's signature is not valid by its own certificate")
            self._seen.add(len(signature))
        return sealed

    def _behind(self, pdf: bytes, start: int, stop: int, at: datetime) -> bytes:
        """What follows the signature: the rest of its object, and where all objects are."""
        end = _END.search(pdf, max(0, len(pdf) - _LONGEST_END))
        if not end or not pdf.startswith(self._prefix):
            raise NoForm("not a print of this plate")
        places = [len(pdf) + place for place in self._places]
        time = at.astimezone(UTC).strftime("%Y%m%d%H%M%S").encode()
        table = zlib.compress(b"".join((_NO_OBJECT, *(pack(">BQH", 1, at, 0) for at in places))))
        first = end[1]
        own, before, index, stream, after, last = self._references
        rest = b"%b%b%b%b<%b> <%b>%b%b%b%d%b%b%b%d%b" % (
            self._dated, time, self._rest, own,
            first, second_id(bytes.fromhex(first.decode())).hex().encode(),
            before, end[2], index, len(table), stream, table, after, places[-1], last,
        )  # fmt: skip
        covered = len(self._colon) + self._range + len(rest)
        return self._colon + (b"[0 %d %d %d]" % (start, stop, covered)).ljust(self._range) + rest


class _Blank:
    """Stands for a key whose signature does not matter."""

    def __init__(self, signer: Signer) -> None:
        self.certificate: x509.Certificate = signer.certificate
        self.chain: Sequence[x509.Certificate] = signer.chain
        self._length = signature_room(signer.certificate)

    def sign(self, data: bytes) -> bytes:
        """As many zeros as a signature has bytes."""
        del data
        return bytes(self._length)
