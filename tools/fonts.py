"""Make the packed fonts of other scripts anew: `tools/fonts.py FOLDER`, with Debian's Noto in it.

FOLDER is what `dpkg-deb -x fonts-noto-core_20201225-1_all.deb` leaves as
usr/share/fonts/truetype/noto. Only letters, marks, digits and signs of the script stay, so that no
Latin text can ever be drawn by them.
"""

import sys
import unicodedata
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]  # publishes no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

PACKED = Path(__file__).parents[1] / "certificates" / "fonts"
EUROPEAN = ("GREEK", "CYRILLIC")
MADE = {
    "NotoSerif-Regular": (EUROPEAN, " "),
    "NotoSerif-Italic": (EUROPEAN, " "),
    "NotoSans-Regular": (EUROPEAN, " "),
    "NotoSans-Bold": (EUROPEAN, " "),
    "NotoNaskhArabic-Regular": (("ARABIC",), " \u060c\u061b\u061f\u200c"),
    "NotoSerifHebrew-Regular": (("HEBREW",), " \u05be\u05f3\u05f4"),
}
FEATURES = ("ccmp", "locl", "mark", "mkmk", "kern", "init", "medi", "fina", "isol", "rlig", "calt")


def make(folder: Path, name: str) -> None:
    """Write one subset into the packed fonts."""
    scripts, signs = MADE[name]
    options = subset.Options()
    options.layout_features = list(FEATURES)
    options.hinting = options.glyph_names = False
    options.name_IDs = ["*"]
    font = subset.load_font(str(folder / f"{name}.ttf"), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[p for p in font.getBestCmap() if belongs(chr(p), scripts, signs)])
    subsetter.subset(font)
    if name == "NotoSans-Bold":
        _of_its_own(font)
    subset.save_font(font, str(PACKED / f"{name}.ttf"), options)


def belongs(character: str, scripts: tuple[str, ...], signs: str) -> bool:
    """Whether a character stays."""
    of_script = unicodedata.name(character, "").startswith(scripts)
    return character in signs or (of_script and unicodedata.category(character)[0] in "LMN")


def _of_its_own(font: TTFont) -> None:
    """Have the bold sans serif be asked for by a family, as the SemiBold of Titillium Web is."""
    names = font["name"]
    for record in names.names:
        record.string = {1: "Noto Sans Bold", 2: "Regular", 4: "Noto Sans Bold"}.get(
            record.nameID, record.string
        )
    names.names = [each for each in names.names if each.nameID not in (16, 17, 21, 22, 25)]
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x20 | 0x40
    font["OS/2"].usWeightClass, font["head"].macStyle = 600, 0


if __name__ == "__main__":
    for each in MADE:
        make(Path(sys.argv[1]), each)
