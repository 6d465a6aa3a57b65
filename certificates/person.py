"""What differs between the certificates of one cycle, worded and broken into lines."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from certificates.data import CertificateData
from certificates.designs import Design, Measure, NameClass
from certificates.faces import Metrics, foreign, metrics
from certificates.wording import OTHER, WORDS, short_duration

_STEP = 0.5  # points between two sizes of a name
_AIR = 1.01  # a line is never quite as wide as its room: the engine rounds and kerns
_GROUP = 4  # letters of the code that stand together

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """The texts of one certificate that its neighbours do not share.

    ``size`` is the name's in points; ``second`` tells that it is set in the design's second face.
    """

    holder: Lines
    size: float
    second: bool
    organisation: Lines
    serial: Lines
    running: Lines
    hours: Lines
    code: Lines
    public_code: str
    number: str
    verify_url: str
    title: str
    qr_alt: str

    def text(self, slot: str) -> str:
        """Return what stands in a slot of the layout, named like ``holder:0``."""
        name, _, line = slot.partition(":")
        lines: Lines = getattr(self, name)
        return lines[int(line)]


def person(data: CertificateData, design: Design, scale: float = 1.0) -> Person:
    """Word what varies; ``scale`` shrinks the name where room is scarce."""
    phrases = phrases_of(data, design)
    holder, size, second = set_name(data.holder, design, scale)
    running = replace(design.running, face=design.faces[second])
    return Person(
        holder=holder,
        size=size,
        second=second,
        organisation=wrap(data.organisation, design.organisation),
        serial=wrap(phrases.serial.format(data.serial), design.serial),
        running=wrap(data.holder, running),
        hours=(short_duration(data.minutes_attended),),
        code=tuple(data.code[at : at + _GROUP] for at in range(0, len(data.code), _GROUP)),
        public_code=data.code,
        number=data.serial,
        verify_url=data.verify_url,
        title=f"{phrases.title} – {data.holder}",
        qr_alt=phrases.qr_alt.format(data.verify_url),
    )


@dataclass(frozen=True)
class Phrases:
    """Wording around what varies; ``{}`` marks its place."""

    title: str
    serial: str
    qr_alt: str


def phrases_of(data: CertificateData, design: Design) -> Phrases:
    """Return the wording in one language, or in both where the layout speaks both."""
    words = WORDS[data.language]
    heading = data.heading or words.title
    if not design.bilingual:
        return Phrases(heading, words.serial, words.qr_alt)
    other = WORDS[OTHER[data.language]]
    return Phrases(
        f"{heading} / {data.heading_other or other.title}",
        words.serial,
        f"{words.qr_alt} / {other.qr_alt.partition(' {}')[0]}",
    )


def wrap(text: str, measure: Measure) -> Lines:
    """Break a text into lines that fit the room, no line for an empty text."""
    if not text:
        return ()
    face = metrics(measure.face)
    room = measure.width / (measure.size * _AIR)
    if face.width(text) <= room:
        return (text,)
    return tuple(_broken(text.split(" "), face, room))


def set_name(name: str, design: Design, scale: float = 1.0) -> tuple[Lines, float, bool]:
    """Choose the largest pleasant size for a name: shrink on one line first, then break evenly.

    Returns the lines, the size in points, and whether the design's second face is needed.
    """
    second = not metrics(design.faces[0]).draws(_latin(name))
    face = metrics(design.faces[second])
    words = name.split(" ")
    for kind in design.names:
        room = _evenest(words, face, kind.lines)
        size = min(kind.largest * scale, design.name_width / (room * _AIR))
        size = int(size / _STEP) * _STEP
        if size >= kind.smallest * scale:
            lines = (name,) if kind.lines == 1 else tuple(_broken(words, face, room * 1.0001))
            return lines, size, second
    last: NameClass = design.names[-1]
    size = max(_STEP, int(last.smallest * scale / _STEP) * _STEP)
    room = design.name_width / (size * _AIR)
    return tuple(_broken(words, face, room)), size, second


def _evenest(words: Sequence[str], face: Metrics, lines: int) -> float:
    """Width at font size 1 of the narrowest column that holds the words on so many lines."""
    widths = [face.width(word) for word in words]

    def used(room: float) -> int:
        return sum(1 for _ in _broken(words, face, room))

    return narrowest(widths, face.width(" "), lines, used)


def narrowest(
    widths: Sequence[float], space: float, lines: int, used: Callable[[float], int]
) -> float:
    """The least room in which words of these widths take so many lines; `used` counts them."""
    low, high = max(widths), sum(widths) + space * (len(widths) - 1)
    if lines == 1:
        return high
    for _ in range(20):
        middle = (low + high) / 2
        if used(middle) <= lines:
            high = middle
        else:
            low = middle
    return high


def _broken(words: Sequence[str], face: Metrics, room: float) -> Iterator[str]:
    """Yield lines at most ``room`` wide at font size 1; a word too wide alone is cut."""
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if face.width(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        *pieces, line = _cut(word, face, room)
        yield from pieces
    yield line


def _cut(word: str, face: Metrics, room: float) -> list[str]:
    pieces = [""]
    for letter in word:
        mark = foreign(letter) and unicodedata.category(letter)[0] == "M"
        if pieces[-1] and not mark and face.width(pieces[-1] + letter) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _latin(name: str) -> str:
    """What of a name the layout's own faces have to draw."""
    return "".join(letter for letter in name if not foreign(letter))
