"""Names as people type them in a webinar, brought to words that can be compared.

Case, accents and apostrophes go; a particle joins the word after it («De Santis», «desantis»,
«D'Aniello», «d aniello» are one word each); order does not count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘ʼ`´′]")
_TITLE_ENDINGS = re.compile(r"\b(dott|prof|dr|d|sig|avv|ing|arch|geom|rag)\.? ?(ssa|essa|ra)\b\.?")
_NUMBER_PREFIX = re.compile(r"^\s*\d+\s*[_.\-–): ]\s*")
_WORD = re.compile(r"[^\W\d_]+\.?|\d+")
_BRACKETS = re.compile(r"[(\[{（【]([^()\[\]{}（）【】]*)[)\]}）】]?")
_SEPARATORS = re.compile(r"\s[-–—]+\s|[|/;:•·]|\s[-–—]+$")
_ORGANISATION = re.compile(
    r"\b(comune|citta metropolitana|unione|provincia|regione|ambito|azienda|asl|ausl|asp|ats|ente|"
    r"cooperativa|coop|associazione|fondazione|consorzio|ministero|prefettura|universita|ufficio)\b"
)

_PARTICLE_WORDS = (
    "d da dal dall dalla dalle de degli dei del dell della delle dello der den di do dos das du "
    "la le li lo van von"
)
_TITLE_WORDS = (
    "dott dottore dottoressa dottssa dssa dr drssa prof professore professoressa profssa ing arch "
    "avv geom rag sig signor signora sigra mr mrs ms"
)
_DEVICE_WORDS = (
    "iphone ipad android galaxy samsung huawei xiaomi redmi oppo motorola pixel macbook imac "
    "laptop desktop tablet smartphone telefono cellulare computer dispositivo"
)
_GENERIC_WORDS = (
    "comune citta unione provincia regione ambito azienda ente cooperativa associazione fondazione "
    "consorzio ministero ufficio servizio servizi sociali"
)
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_TITLES = frozenset(_TITLE_WORDS.split())
DEVICES = frozenset(_DEVICE_WORDS.split())  # a name with one of these is a machine's
GENERIC = frozenset(_GENERIC_WORDS.split())  # words of organisations, no one's name

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """The ways to read one typed name: outside brackets, and what stands in brackets."""

    outside: tuple[Words, ...]
    inside: tuple[Words, ...]
    everything: frozenset[str]


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes: «D’ANIELLÒ» becomes «daniello»."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    kept = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return _APOSTROPHES.sub("", kept)


def words(text: str) -> Words:
    """The words of a folded name, particles joined to what follows."""
    joined: list[str] = []
    pending = ""
    for token in _WORD.findall(text):
        word = token.rstrip(".")
        if word in _PARTICLES and not (token.endswith(".") and len(word) == 1):
            pending += word
            continue
        joined.append(pending + word)
        pending = ""
    return tuple([*joined, pending] if pending else joined)


def name_words(text: str) -> Words:
    """The words of a name from a roster."""
    return words(fold(text))


def readings(text: str) -> Readings:
    """The ways to read what somebody typed as a name; an address is read by its local part."""
    typed = text.partition("@")[0] if "@" in text and " " not in text.strip() else text
    folded = _TITLE_ENDINGS.sub(" ", _NUMBER_PREFIX.sub("", fold(typed)))
    inside = [words(part) for part in _BRACKETS.findall(folded)]
    bare = _BRACKETS.sub(" - ", folded).strip(" -–—")
    parts = [bare, *_SEPARATORS.split(bare)]
    parts += [piece for part in parts[1:] for piece in part.split(",")]
    parts += [_ORGANISATION.split(part, maxsplit=1)[0] for part in tuple(parts)]
    outside: dict[Words, None] = {}
    for part in parts:
        found = words(part)
        outside[_without_titles(found)] = None
        outside[found] = None
    outside.pop((), None)
    loose = frozenset(token.rstrip(".") for token in _WORD.findall(folded))
    return Readings(tuple(outside), tuple(filter(None, inside)), loose.union(*outside, *inside))


def _without_titles(found: Words) -> Words:
    kept = tuple(word for word in found if word not in _TITLES)
    return kept if len(kept) >= 2 else found
