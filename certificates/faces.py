"""The font faces: which files there are, which characters they draw, how wide text is.

Nothing else is ever used: a character no face draws is refused by the input gate, so that a
certificate looks the same on every machine and stands on its own in an archive. Latin text is set
in the faces of the layouts; letters of other scripts in faces that stand in for them. Those of
Greek, Cyrillic, Arabic and Hebrew are packed; for any other script (Chinese, Japanese, Korean:
too large to be packed) fonts are taken from a folder, where there is one.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]  # has no types

FONT_FOLDER = Path(__file__).parent / "fonts"
# What Debian's fonts-noto-cjk installs; LMS_FONTS names a folder of one's own instead.
CJK_FOLDER = Path("/usr/share/fonts/opentype/noto")
CJK_FILES = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc")
_KINDS = (".ttf", ".otf", ".ttc")
_UNKNOWN_WIDTH = 0.6
# Signs that stand inside names: maqaf, geresh, gershayim, and the dot between Japanese names.
_SIGNS = "\u05be\u05f3\u05f4\u30fb"


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

_ARABIC = Face("NotoNaskhArabic-Regular.ttf")
_HEBREW = Face("NotoSerifHebrew-Regular.ttf")
OTHERS = (
    Face("NotoSerif-Regular.ttf"), Face("NotoSerif-Italic.ttf"), Face("NotoSans-Regular.ttf"),
    Face("NotoSans-Bold.ttf"), _ARABIC, _HEBREW,
)  # fmt: skip
_BOTH = ("Noto Naskh Arabic", "Noto Serif Hebrew")
# Which families stand in for a layout's, the nearest first; the folder's own come after them.
STAND_INS: Mapping[str, tuple[str, ...]] = {
    "Lora": ("Noto Serif", *_BOTH),
    "Titillium Web": ("Noto Sans", *_BOTH),
    "Titillium Web SemiBold": ("Noto Sans Bold", "Noto Sans", *_BOTH),
    "Ubuntu": ("Noto Sans", *_BOTH),
}
_FAMILIES = re.compile(f'"({"|".join(STAND_INS)})"(?:, "(?:{"|".join(STAND_INS)})")*')


@dataclass(frozen=True)
class Metrics:
    """Advance widths of one face, as fractions of the font size."""

    widths: dict[int, float]

    def draws(self, text: str) -> bool:
        """Tell whether this face alone draws every character of the text."""
        return all(ord(character) in self.widths for character in text)

    def width(self, text: str) -> float:
        """Width of the text at font size 1, kerning left out (it makes text a little narrower)."""
        return sum(
            found if (found := self.widths.get(ord(character))) is not None else _other(character)
            for character in text
        )


@lru_cache(maxsize=len(FACES) + len(OTHERS))
def metrics(face: Face) -> Metrics:
    """Read the advance widths of a face once per process."""
    with TTFont(FONT_FOLDER / face.file, lazy=True) as font:
        return Metrics(_widths(font))


def _widths(font: TTFont) -> dict[int, float]:
    em = font["head"].unitsPerEm
    advances = font["hmtx"].metrics
    return {point: advances[name][0] / em for point, name in font.getBestCmap().items()}


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


def draws(character: str) -> bool:
    """Tell whether one of our faces, or one that stands in for them, draws this character."""
    return character in drawable() or character in _packed() or character in _brought()


def foreign(character: str) -> bool:
    """Tell whether this character is drawn by a face that stands in."""
    return character not in drawable() and draws(character)


def _other(character: str) -> float:
    if character in drawable():
        return _UNKNOWN_WIDTH
    return _packed().get(character) or _brought().get(character) or _UNKNOWN_WIDTH


@lru_cache(maxsize=1)
def _packed() -> Mapping[str, float]:
    """Letters of the packed scripts, each with the width of the widest face that draws it."""
    found: dict[str, float] = {}
    for face in OTHERS:
        _gather(found, metrics(face).widths)
    return found


@lru_cache(maxsize=1)
def _brought() -> Mapping[str, float]:
    """Letters of the folder's fonts; read only when a text has a letter that nothing else draws."""
    found: dict[str, float] = {}
    for file in folder_files():
        for font in _fonts(file):
            _gather(found, _widths(font))
    return found


def _gather(found: dict[str, float], widths: Mapping[int, float]) -> None:
    for point, width in widths.items():
        character = chr(point)
        if character not in drawable() and _stands_alone(character):
            found[character] = max(width, found.get(character, 0.0))


def _stands_alone(character: str) -> bool:
    """Letters, marks and digits; of signs only those that stand inside names."""
    return unicodedata.category(character)[0] in "LMN" or character in _SIGNS


def _fonts(file: Path) -> list[TTFont]:
    """The fonts of a file: the faces of one collection draw the same, so its first is enough."""
    if file.suffix.lower() == ".ttc":
        return list(TTCollection(file, lazy=True).fonts[:1])
    return [TTFont(file, lazy=True)]


@lru_cache(maxsize=1)
def folder_files() -> tuple[Path, ...]:
    """Font files that are not ours: those in the folder LMS_FONTS, else those Debian installs."""
    if named := os.environ.get("LMS_FONTS", "").strip():
        return tuple(sorted(each for each in Path(named).iterdir() if each.suffix in _KINDS))
    return tuple(file for name in CJK_FILES if (file := CJK_FOLDER / name).is_file())


def files() -> Iterator[Path]:
    """Every file the layout engine is to know, ours first."""
    for face in (*FACES, *OTHERS):
        yield FONT_FOLDER / face.file
    yield from folder_files()


def with_stand_ins(css: str) -> str:
    """Return a style sheet whose lists of families end in those that draw what they lack."""
    serif, sans = _brought_families()

    def longer(found: re.Match[str]) -> str:
        first = found[1]
        others = (*STAND_INS[first], *(serif + sans if first == "Lora" else sans + serif))
        return found[0] + "".join(f', "{name}"' for name in others)

    return _FAMILIES.sub(longer, css)


@lru_cache(maxsize=1)
def _brought_families() -> tuple[list[str], list[str]]:
    """Families of the folder's fonts: those with serifs, by their name, and the others."""
    found = [str(font["name"].getDebugName(1)) for file in folder_files() for font in _fonts(file)]
    # Of one design for Chinese, Japanese and Korean the simplified Chinese forms come first.
    names = [re.sub(r'["\\\\;{}]', "", name).replace(" CJK JP", " CJK SC") for name in found]
    serif = [name for name in names if "Serif" in name]
    return serif, [name for name in names if name not in serif]
