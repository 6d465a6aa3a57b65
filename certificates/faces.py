"""The embedded font faces: which files there are, which characters they draw, how wide text is.

Nothing else is ever used: a character no face draws is refused by the input gate, so that a
certificate looks the same on every machine and stands on its own in an archive.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # publishes no types

FONT_FOLDER = Path(__file__).parent / "fonts"


@dataclass(frozen=True)
class Face:
    """One font file; the style sheet asks for it by the family it states itself."""

    file: str


SERIF = Face("Lora-Regular.ttf")
SERIF_ITALIC = Face("Lora-Italic.ttf")
SANS = Face("TitilliumWeb-Regular.ttf")
SANS_BOLD = Face("TitilliumWeb-SemiBold.ttf")
# Regulation (EU) 2021/1060, Annex IX, 1.3 and Implementing Regulation (EU) 821/2014, art. 4(4) name
# the typefaces allowed beside the emblem of the Union; Ubuntu is the free one among them.
EMBLEM = Face("Ubuntu-Regular.ttf")
FACES = (SERIF, SERIF_ITALIC, SANS, SANS_BOLD, EMBLEM)


@dataclass(frozen=True)
class Metrics:
    """Advance widths of one face, as fractions of the font size."""

    widths: dict[int, float]

    def draws(self, text: str) -> bool:
        """Tell whether this face alone draws every character of the text."""
        return all(ord(character) in self.widths for character in text)

    def width(self, text: str) -> float:
        """Width of the text at font size 1, kerning left out (it makes text a little narrower)."""
        return sum(self.widths.get(ord(character), 0.6) for character in text)


@lru_cache(maxsize=len(FACES))
def metrics(face: Face) -> Metrics:
    """Read the advance widths of a face once per process."""
    with TTFont(FONT_FOLDER / face.file, lazy=True) as font:
        em = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        names = font.getBestCmap()
        return Metrics({point: advances[name][0] / em for point, name in names.items()})


@lru_cache(maxsize=1)
def drawable() -> frozenset[str]:
    """Visible characters that every text style can draw: all faces of one family have them.

    Some fonts map control characters and the soft hyphen to glyphs; those are left out.
    """
    serif = metrics(SERIF).widths.keys() & metrics(SERIF_ITALIC).widths.keys()
    sans = metrics(SANS).widths.keys() & metrics(SANS_BOLD).widths.keys()
    characters = map(chr, serif | sans)
    return frozenset(
        character
        for character in characters
        if character == " " or unicodedata.category(character)[0] not in "CZ"
    )
