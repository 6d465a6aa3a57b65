"""A laid-out document as content streams, cut where what varies begins and ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.pdf.stream import Stream

from certificates.plate.shaping import Run

SCALE = 0.75  # PDF points in a CSS pixel
_CLOSE = 12  # operators between two slots not worth a stream of their own
QR = "qr"


@dataclass(frozen=True)
class Varying:
    """A place in a content stream: a text (``holder:0``), the code's path, or a name's font."""

    slot: str
    run: int = -1  # which way of setting the text
    font: bool = False  # the operator that chooses font and size, not the text


Part = bytes | Varying


@dataclass(frozen=True)
class Painted:
    """One page: its operators, and pieces from one operator to another that hold slots."""

    operators: list[bytes]
    pieces: list[tuple[int, int, list[Part]]]


class Painter:
    """Paints documents as WeasyPrint does when it writes them, and finds the slots."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._resources = pydyf.Dictionary(
            {kind: pydyf.Dictionary() for kind in ("ExtGState", "XObject", "Pattern", "Shading")}
        )
        self._resources["ColorSpace"] = None
        self._images: dict[str, Any] = {}
        self.runs: list[Run] = []
        # Runs outlive the document: they get a stream that knows its fonts and nothing else of it.
        self._ruler = Stream(document.fonts, (0, 0, 0, 0), {}, {}, None, {}, None)

    def pages(self) -> list[Painted]:
        """Paint all pages; the document's fonts then know every glyph on them."""
        return [self._page(page) for page in self._document.pages]

    def _page(self, page: Any) -> Painted:
        document = self._document
        tags: dict[Any, Any] = {}
        box = (0, 0, page.width, page.height)
        stream = Stream(
            document.fonts, box, self._resources, self._images, tags,
            document.color_profiles, document.output_intent,
        )  # fmt: skip
        stream.transform(d=-1, f=page.height * SCALE)
        page.paint(stream, SCALE)
        slots = {
            kid["mcid"]: (slot, box)
            for box, kid in tags.items()
            if box.element is not None and (slot := box.element.get("data-slot"))
        }
        operators = [raw(item) for item in stream.stream]
        pieces = []
        for start, end, mcid in _marked(stream.stream):
            if mcid in slots:
                slot, marked = slots[mcid]
                parts = self._piece(operators[start:end], slot, marked)
                pieces.append((start, end, parts))
        return Painted(operators, list(_merged(pieces, operators)))

    def _piece(self, operators: list[bytes], slot: str, box: Any) -> list[Part]:
        if slot == QR:
            return _around_path(operators)
        if not isinstance(box, TextBox):
            raise ValueError(f"the slot {slot} is no text")
        self.runs.append(Run(box.style, self._ruler))
        number = len(self.runs) - 1
        parts: list[Part] = []
        for operator in operators:
            if operator.endswith(b" TJ"):
                parts.append(Varying(slot, number))
            elif operator.endswith(b" Tf") and slot.startswith("holder:"):
                parts.append(Varying(slot, number, font=True))
            else:
                parts.append(operator)
        return parts


def raw(item: Any) -> bytes:
    """Return an item of a pydyf stream as it is written."""
    if isinstance(item, bytes):
        return item
    return bytes(item.data) if isinstance(item, pydyf.Object) else str(item).encode("ascii")


def _marked(items: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    """Yield begin, end and number of each marked content that has one."""
    opened: list[tuple[int, int | None]] = []
    for at, item in enumerate(items):
        if item in (b"BDC", b"BMC"):
            numbered = items[at - 1] if item == b"BDC" else {}
            opened.append((at - (2 if item == b"BDC" else 1), numbered.get("MCID")))
        elif item == b"EMC":
            start, mcid = opened.pop()
            if mcid is not None:
                yield start, at + 1, mcid


def _around_path(operators: list[bytes]) -> list[Part]:
    """Take the last filled path out: the code's dark modules."""
    end = len(operators) - 1 - operators[::-1].index(b"f")
    start = end
    while operators[start - 1] == b"h" or operators[start - 1].endswith((b" m", b" l")):
        start -= 1
    start += operators[start] == b"0 0 m"  # where WeasyPrint begins every path
    return [*operators[:start], Varying(QR), *operators[end:]]


def _merged(
    pieces: list[tuple[int, int, list[Part]]], operators: list[bytes]
) -> Iterator[tuple[int, int, list[Part]]]:
    """Unite pieces with little between them: each costs an object in every file."""
    held: tuple[int, int, list[Part]] | None = None
    for start, end, parts in sorted(pieces, key=lambda piece: piece[0]):
        if held and start - held[1] <= _CLOSE:
            held = (held[0], end, [*held[2], *operators[held[1] : start], *parts])
            continue
        if held:
            yield held
        held = (start, end, parts)
    if held:
        yield held
