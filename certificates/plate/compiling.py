"""Making a plate: one dummy certificate laid out, its varying places found, the result tried."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pydyf
from weasyprint import DEFAULT_OPTIONS
from weasyprint.pdf import VARIANTS, generate_pdf

from certificates.data import CertificateData
from certificates.page import arrangements
from certificates.person import Person
from certificates.plate.painting import Painted, Painter, Part, Varying, raw
from certificates.plate.printing import Plate, Written, pdf_string, values_of
from certificates.plate.qr import qr_table
from certificates.plate.shapes import DUMMY, TRIALS, Shape, alphabets, stand_in
from certificates.render import OPTIONS, QR_MASK, Renderer, fits
from certificates.tagging import finish

_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_LETTERS = {"holder": None, "organisation": None, "running": None, "serial": _ASCII, "code": _ASCII}


class NoPlate(Exception):  # noqa: N818 - what came out, in two words
    """No plate can be trusted for this cycle and shape."""


def make_plate(renderer: Renderer, data: CertificateData, shape: Shape) -> Plate:
    """Return a plate that was seen to print what WeasyPrint prints."""
    frame, dummy = stand_in(shape, DUMMY, data)
    for arrangement in arrangements(frame):
        document = renderer.lay_out(frame, arrangement, dummy)
        if fits(document):
            break
    if arrangement.endswith("small"):
        raise NoPlate("names are set smaller on such a page, by rules of their own")
    painter = Painter(document)
    pages = painter.pages()
    _learn(painter, pages, alphabets()[shape.alphabet])
    pdf = _generated(document)
    renderer.refuse_foreign(document)
    plate = _engraved(pdf, pages, painter, dummy, shape)
    _try(renderer, plate, pages, arrangement, stand_in(shape, TRIALS[shape.alphabet], data))
    return plate


def _learn(painter: Painter, pages: Sequence[Painted], alphabet: frozenset[str]) -> None:
    """Put all letters into the fonts that a person of this shape may need, in a fixed order."""
    for page in pages:
        for _, _, parts in page.pieces:
            for part in parts:
                if isinstance(part, Varying) and part.run >= 0 and not part.font:
                    name = part.slot.partition(":")[0]
                    painter.runs[part.run].learn(_LETTERS.get(name, "") or sorted(alphabet))


def _generated(document: Any) -> Any:
    options = {**DEFAULT_OPTIONS, **OPTIONS}
    _, properties = VARIANTS[OPTIONS["pdf_variant"]]
    options |= {key: value for key, value in properties.items() if options.get(key) is None}
    document.output_intent = options["output_intent"]
    pdf = generate_pdf(document, None, 1, **options)
    finish(document, pdf)
    return pdf


def _engraved(
    pdf: Any, pages: Sequence[Painted], painter: Painter, dummy: Person, shape: Shape
) -> Plate:
    pdf.add_object(pdf.info)
    written = [*_cut_pages(pdf, pages), *_cut_values(pdf, dummy)]
    taken = {each.number for each in written}
    prefix, references = _constant(pdf, taken)
    _refuse_traces(pdf, taken, dummy)
    return Plate(
        prefix=prefix,
        written=tuple(written),
        references=references,
        trailer=b"/Root %b/Info %b" % (pdf.catalog.reference, pdf.info.reference),
        runs=painter.runs,
        codes=qr_table(shape.before_code, shape.after_code, shape.code, QR_MASK),
    )


def _cut_pages(pdf: Any, pages: Sequence[Painted]) -> Iterator[Written]:
    """Give each piece of a page's content a stream of its own, where it stands."""
    sheets = [each for each in pdf.objects if _is(each, "/Page")]
    for sheet, page in zip(sheets, pages, strict=True):
        stream = pdf.objects[int(sheet["Contents"].split()[0])]
        if [raw(item) for item in stream.stream] != page.operators:
            raise NoPlate("the page was painted otherwise when it was written")
        contents, after = pydyf.Array([stream.reference]), 0
        for start, end, parts in page.pieces:
            if after:
                constant = pydyf.Stream(page.operators[after:start], compress=True)
                pdf.add_object(constant)
                contents.append(constant.reference)
            else:
                stream.stream = page.operators[:start]
            place = pydyf.Object()
            pdf.add_object(place)
            contents.append(place.reference)
            yield Written(place.number, tuple(_lined(parts)), b"")
            after = end
        if after:
            constant = pydyf.Stream(page.operators[after:], compress=True)
            pdf.add_object(constant)
            contents.append(constant.reference)
        sheet["Contents"] = contents


def _lined(parts: Sequence[Part]) -> Iterator[Part]:
    """One operator a line; constant ones in one piece."""
    constant = b""
    for part in parts:
        if isinstance(part, bytes):
            constant += part + b"\n"
            continue
        if constant:
            yield constant
        yield part
        constant = b"\n"
    yield constant


def _is(item: Any, kind: str) -> bool:
    return isinstance(item, dict) and item.get("Type") == kind


def _cut_values(pdf: Any, dummy: Person) -> Iterator[Written]:
    """Find the dummy in dictionaries and metadata; a slot goes wherever one of its texts stands."""
    values = values_of(dummy)
    strings = {values[name]: name for name in ("title", "alt", "url")}
    texts = {values[name]: name for name in ("xml title", "code", "serial")}
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            if item.extra.get("Type") == "/Metadata":
                parts = _split(b"\n".join(map(raw, item.stream)), texts)
                yield Written(item.number, parts, b"/Type /Metadata/Subtype /XML")
        elif isinstance(item, pydyf.Dictionary):
            parts = _split(item.data, strings)
            if len(parts) > 1:
                yield Written(item.number, parts)


def _split(data: bytes, slots: Mapping[bytes, str]) -> tuple[Part, ...]:
    # The longest first: an address contains the code.
    pattern = b"|".join(re.escape(text) for text in sorted(slots, key=len, reverse=True))
    parts: list[Part] = []
    at = 0
    for found in re.finditer(pattern, data):
        parts += [data[at : found.start()], Varying(slots[found[0]])]
        at = found.end()
    return (*parts, data[at:])


def _constant(pdf: Any, taken: set[int]) -> tuple[bytes, bytes]:
    """Write all other objects once; return their bytes and the table of where everything is."""
    out = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
    entries = {0: (0).to_bytes(4) + b"\xff\xff"}
    packed: list[bytes] = []
    places: list[int] = []
    position = 0
    holder = len(pdf.objects)  # the stream that holds the objects which are no streams
    for item in pdf.objects[1:]:
        if item.number in taken:
            entries[item.number] = bytes(6)
        elif isinstance(item, pydyf.Stream):
            entries[item.number] = _entry(1, len(out), 0)
            out += item.indirect + b"\n"
        else:
            entries[item.number] = _entry(2, holder, len(packed))
            places += [item.number, position]
            packed.append(item.data)
            position += len(packed[-1]) + 1
    head = " ".join(map(str, places)).encode()
    extra = {"Type": "/ObjStm", "N": len(packed), "First": len(head) + 1}
    objects = pydyf.Stream([head, *packed], extra, compress=True)
    objects.number = holder
    entries[holder] = _entry(1, len(out), 0)
    out += objects.indirect + b"\n"
    table = b"".join(entries[number] for number in range(holder + 1))
    return out, table + bytes(6)


def _entry(kind: int, place: int, last: int) -> bytes:
    return kind.to_bytes(1) + place.to_bytes(3) + last.to_bytes(2)


def _refuse_traces(pdf: Any, taken: set[int], dummy: Person) -> None:
    """Nothing of the dummy may be left in what everybody gets."""
    texts = [dummy.public_code, dummy.number, DUMMY.holder, DUMMY.organisation]
    traces = [form for text in texts for form in (text.encode(), pdf_string(text)[1:-1],
              text.encode("utf-16-be").hex().encode())]  # fmt: skip
    for item in pdf.objects[1:]:
        if item.number in taken:
            continue
        data = b"\n".join(map(raw, item.stream)) if isinstance(item, pydyf.Stream) else item.data
        if any(trace in data for trace in traces):
            raise NoPlate("a text that varies stands where the plate does not look")


def _try(
    renderer: Renderer, plate: Plate, pages: Sequence[Painted], arrangement: str,
    trial: tuple[CertificateData, Person],
) -> None:  # fmt: skip
    """Lay out somebody else and compare the whole content of every page, operator by operator."""
    frame, person = trial
    document = renderer.lay_out(frame, arrangement, person)
    if not fits(document):
        raise NoPlate("another person of this shape does not fit the page")
    values = values_of(person)
    plain = Painter(document).pages()
    if len(plain) != len(pages):
        raise NoPlate("another person of this shape needs another number of pages")
    for ours, theirs in zip(pages, plain, strict=True):
        printed, after = [], 0
        for start, end, parts in ours.pieces:
            printed += [
                *ours.operators[after:start],
                plate.fill(tuple(_lined(parts)), person, values)[:-1],
            ]
            after = end
        printed += ours.operators[after:]
        if _drawn(b"\n".join(printed)) != _drawn(b"\n".join(theirs.operators)):
            raise NoPlate("the plate does not print what WeasyPrint prints")


_CORNERS = re.compile(rb"(\d+) (\d+) m\n(\d+) \2 l\n\3 [\d.]+ l\n\1 [\d.]+ l\nh\n")
_RECTANGLE = re.compile(rb"(\d+) (\d+) (\d+) [\d.]+ re\n")


def _drawn(content: bytes) -> tuple[bytes, list[tuple[int, int, int]]]:
    """Return the operators without a code's rectangles, and these: row, from, to."""
    rows = [(int(y), int(x), int(x2)) for x, y, x2 in _CORNERS.findall(content)]
    rows += [(int(y), int(x), int(x) + int(wide)) for x, y, wide in _RECTANGLE.findall(content)]
    united: list[tuple[int, int, int]] = []
    for y, left, right in sorted(rows):
        if united and united[-1][0] == y and united[-1][2] == left:
            united[-1] = (y, united[-1][1], right)
        else:
            united.append((y, left, right))
    return _RECTANGLE.sub(b"", _CORNERS.sub(b"", content)), united
