"""A finished plate: constant bytes, and the few objects of a PDF that are written anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import pack_into
from xml.sax.saxutils import escape  # nosec B406 # writes text; nothing is parsed

import pydyf
from weasyprint.css.units import LENGTHS_TO_PIXELS

from certificates.person import Person
from certificates.plate.painting import QR, Part, Varying
from certificates.plate.qr import QrTable
from certificates.plate.shaping import Run

_OFFSET = 1 << 24  # type and offset of an entry of the cross-reference stream are one number


class Unsure(Exception):  # noqa: N818 - what the plate is, in one word
    """This text is not certain to come out as WeasyPrint would set it."""


def values_of(person: Person) -> dict[str, bytes]:
    """Return what stands in dictionaries and metadata, as PDF strings and as XML."""
    return {
        "title": pdf_string(person.title),
        "alt": pdf_string(person.qr_alt),
        "url": pdf_string(person.verify_url),
        "xml title": escape(person.title).encode(),
        "code": person.public_code.encode(),
        "serial": person.number.encode(),
    }


def pdf_string(text: str) -> bytes:
    """Return a text as a string object of a PDF."""
    return bytes(pydyf.String(text).data)


@dataclass(frozen=True)
class Written:
    """An object that is written for each person: a stream if ``head`` opens one, else a value."""

    number: int
    parts: tuple[Part, ...]
    stream: bytes | None = None  # its dictionary without the length

    def data(self, body: bytes) -> bytes:
        """Return the whole indirect object around what was filled in."""
        if self.stream is None:
            return b"%d 0 obj\n%b\nendobj\n" % (self.number, body)
        return b"%d 0 obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
            self.number, self.stream, len(body), body,
        )  # fmt: skip


@dataclass(frozen=True)
class Plate:
    """Prints certificates of one cycle and shape."""

    prefix: bytes
    written: tuple[Written, ...]
    references: bytes  # the entries of the cross-reference stream, those of ``written`` empty
    trailer: bytes  # further entries of that stream's dictionary
    runs: Sequence[Run]
    codes: QrTable
    _sized: dict[tuple[int, float], Run] = field(default_factory=dict)

    def print(self, person: Person) -> bytes:
        """Return the PDF; raise ``Unsure`` for who is better laid out alone."""
        values = values_of(person)
        out, offset = [self.prefix], len(self.prefix)
        references = bytearray(self.references)
        for each in self.written:
            data = each.data(self.fill(each.parts, person, values))
            pack_into(">IH", references, 6 * each.number, _OFFSET | offset, 0)
            out.append(data)
            offset += len(data)
        own = len(references) // 6 - 1
        pack_into(">IH", references, 6 * own, _OFFSET | offset, 0)
        digest = blake2b(b"".join(out[1:]), digest_size=16, key=self.trailer[-32:]).hexdigest()
        out.append(
            b"%d 0 obj\n<</Type /XRef/W [1 3 2]/Size %d%b/ID [<%b> <%b>]/Length %d>>\nstream\n%b\n"
            b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
                own, own + 1, self.trailer, digest.encode(), digest.encode(), len(references),
                bytes(references), offset,
            )
        )  # fmt: skip
        return b"".join(out)

    def fill(self, parts: Sequence[Part], person: Person, values: dict[str, bytes]) -> bytes:
        """Return the parts with the person's texts in their places."""
        return b"".join(
            [
                part if isinstance(part, bytes) else self._part(part, person, values)
                for part in parts
            ]
        )

    def _part(self, part: Varying, person: Person, values: dict[str, bytes]) -> bytes:
        if part.run < 0:
            return self.codes.path(person.public_code) if part.slot == QR else values[part.slot]
        run = self.runs[part.run]
        if part.slot.startswith("holder:"):
            run = self._at(part.run, person.size)
        if part.font:
            name, size = run.font_operator
            return b"/%b %b Tf" % (name.encode(), number(size))
        operand = run.operand(person.text(part.slot))
        if operand is None:
            raise Unsure(part.slot)
        return operand

    def _at(self, number: int, size: float) -> Run:
        key = (number, size)
        if key not in self._sized:
            self._sized[key] = self.runs[number].at(size * LENGTHS_TO_PIXELS["pt"])
        return self._sized[key]


def number(value: float) -> bytes:
    """Return a number as pydyf writes it."""
    return f"{value:f}".rstrip("0").rstrip(".").encode("ascii")
