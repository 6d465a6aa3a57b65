"""Which people share a plate: same cycle, same number of lines everywhere, same alphabet."""

import unicodedata
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from certificates.data import CertificateData
from certificates.designs import DESIGNS, Design
from certificates.faces import drawable, metrics
from certificates.person import Lines, Person, phrases_of

PERSONAL = ("holder", "organisation", "serial", "code", "verify_url", "minutes_attended")
_COMMON = tuple(each.name for each in fields(CertificateData) if each.name not in PERSONAL)
_SIGNS = " '’‘`´-–.,:;/()&+\"«»“”°ªº·0123456789"
_ITALIAN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÀÈÉÌÒÙàèéìòù" + _SIGNS)
_WIDEST_QR = 150  # bytes of an address: more make large symbols and large tables


@dataclass(frozen=True)
class Shape:
    """What decides the geometry of a certificate, beside its cycle."""

    holder: int
    second: bool
    organisation: int
    serial: int
    running: int
    alphabet: int
    before_code: str
    code: int
    after_code: str


@lru_cache(maxsize=1)
def alphabets() -> tuple[frozenset[str], frozenset[str]]:
    """Letters a plate's fonts contain: the Italian ones, or all Latin ones our faces draw.

    Two, because letters that nearly nobody needs would stand in every file.
    """
    latin = {
        letter
        for letter in drawable()
        if unicodedata.category(letter)[0] == "L" and unicodedata.name(letter).startswith("LATIN")
    }
    return _ITALIAN, frozenset(latin | set(_SIGNS))


def shape_of(data: CertificateData, person: Person) -> Shape | None:
    """Return the shape, or None for somebody whose certificate is better laid out alone."""
    text = data.holder + data.organisation
    found = [at for at, letters in enumerate(alphabets()) if letters.issuperset(text)]
    before, _, after = data.verify_url.partition(data.code)
    if not found or data.code in after or len(data.verify_url) > _WIDEST_QR:
        return None
    design = DESIGNS[data.layout, data.layout_version]
    faces = (
        (data.holder, design.faces[person.second]), (data.organisation, design.organisation.face)
    )  # fmt: skip
    if not all(metrics(face).draws(text) for text, face in faces):
        return None
    return Shape(
        len(person.holder), person.second, len(person.organisation), len(person.serial),
        len(person.running), found[0], before, len(data.code), after,
    )  # fmt: skip


def cycle_key(data: CertificateData) -> tuple[Any, ...]:
    """Return everything that certificates made from one plate have in common."""
    return tuple(getattr(data, name) for name in _COMMON)


@dataclass(frozen=True)
class Stand:
    """Fixed texts that stand for a person when a plate is made or tried."""

    holder: str
    organisation: str
    number: str
    letters: str
    minutes: str
    largest: bool  # the size of the name: the greatest for its number of lines, or the least


# Nothing of a real person goes into a plate: its bytes must not depend on who came first.
DUMMY = Stand(
    "Nome Segnaposto", "Ente Segnaposto", "SEGNAPOSTO-0", "SEGNAPOSTO", "12 h 34 min", False
)
TRIALS = (  # one for each alphabet
    Stand("Lucrezia D’Aprìle", "Comune di Tavà", "AV/2027-00189", "K7QM2X4PZT5NWB3D", "9 h", True),
    Stand("Žofie Škvařil-Wåk", "Ville de Forêt", "TY.04_6", "24680HLVAT", "105 h 5 min", True),
)


def stand_in(shape: Shape, stand: Stand, data: CertificateData) -> tuple[CertificateData, Person]:
    """Return the cycle's data and a person of this shape, both without a trace of the real one."""
    design = DESIGNS[data.layout, data.layout_version]
    phrases = phrases_of(data, design)
    code = (stand.letters * shape.code)[: shape.code]
    url = shape.before_code + code + shape.after_code
    frame = replace(
        data, holder=stand.holder, organisation="", serial=stand.number, code=code,
        verify_url=url, minutes_attended=1,
    )  # fmt: skip
    person = Person(
        holder=_repeated(stand.holder, shape.holder),
        size=_size(design, shape, stand),
        second=shape.second,
        organisation=_repeated(stand.organisation, shape.organisation),
        serial=_repeated(phrases.serial.format(stand.number), shape.serial),
        running=_repeated(stand.holder, shape.running),
        hours=(stand.minutes,),
        code=tuple(code[at : at + 4] for at in range(0, len(code), 4)),
        public_code=code,
        number=stand.number,
        verify_url=url,
        title=f"{phrases.title} – {stand.holder}",
        qr_alt=phrases.qr_alt.format(url),
    )
    return frame, person


def _repeated(text: str, lines: int) -> Lines:
    return (text,) * lines


def _size(design: Design, shape: Shape, stand: Stand) -> float:
    kind = next((each for each in design.names if each.lines >= shape.holder), design.names[-1])
    return kind.largest if stand.largest else kind.smallest
