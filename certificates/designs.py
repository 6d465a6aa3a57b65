"""What Python must know of a layout's style sheet: sizes and widths of the texts that vary.

Lines of these texts are broken here, not by the layout engine, so that a certificate's geometry
depends on how many lines there are and on nothing else: that is what a plate rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from certificates.faces import SANS, SANS_BOLD, SERIF, Face


@dataclass(frozen=True)
class Measure:
    """How a varying text is set: its face, its size and the room for a line, both in points."""

    face: Face
    size: float
    width: float


@dataclass(frozen=True)
class NameClass:
    """Names on so many lines are set between these sizes (points)."""

    lines: int
    largest: float
    smallest: float


@dataclass(frozen=True)
class Design:
    """One version of one layout.

    ``faces`` are the name's: the first, and the one for names the first cannot draw whole, so that
    two designs never meet inside one name. The last three fields tell how many modules stand on
    the first page: in one column with room, in one column at all, in two columns.
    """

    name_width: float
    faces: tuple[Face, Face]
    names: tuple[NameClass, ...]
    organisation: Measure
    serial: Measure
    running: Measure
    bilingual: bool = False
    roomy: int = 6
    one_column: int = 8
    two_columns: int = 16


_LANDSCAPE_SIDE = 141.7  # points: a column of 50 mm
_PORTRAIT = 481.8  # 170 mm

CLASSIC_2 = Design(
    name_width=504.0,
    faces=(SERIF, SANS),
    names=(
        NameClass(1, 42.0, 26.0),
        NameClass(2, 30.0, 19.0),
        NameClass(3, 24.0, 15.0),
        NameClass(5, 15.0, 9.0),
    ),
    organisation=Measure(SANS, 13.0, 504.0),
    serial=Measure(SANS_BOLD, 10.5, _LANDSCAPE_SIDE),
    running=Measure(SERIF, 11.5, _LANDSCAPE_SIDE),
)
MODERN_1 = Design(
    name_width=_PORTRAIT,
    faces=(SANS_BOLD, SERIF),
    names=(
        NameClass(1, 36.0, 24.0),
        NameClass(2, 27.0, 18.0),
        NameClass(3, 21.0, 14.0),
        NameClass(5, 14.0, 9.0),
    ),
    organisation=Measure(SANS, 14.0, _PORTRAIT),
    serial=Measure(SANS_BOLD, 10.0, 164.0),
    running=Measure(SANS_BOLD, 11.0, 475.0),
    roomy=6,
    one_column=10,
    two_columns=0,
)
BILINGUAL_1 = Design(
    name_width=_PORTRAIT,
    faces=(SERIF, SANS),
    names=(
        NameClass(1, 38.0, 25.0),
        NameClass(2, 28.0, 19.0),
        NameClass(3, 22.0, 15.0),
        NameClass(5, 15.0, 9.0),
    ),
    organisation=Measure(SERIF, 13.0, _PORTRAIT),
    serial=Measure(SANS_BOLD, 9.5, 180.0),
    running=Measure(SERIF, 11.5, 475.0),
    bilingual=True,
    roomy=5,
    one_column=9,
    two_columns=0,
)

# Layouts whose varying texts are broken into lines here. The first classic is not among them: what
# was issued in it and is not yet made is laid out one by one, as it always was.
DESIGNS: Mapping[tuple[str, int], Design] = MappingProxyType(
    {
        ("classic", 2): CLASSIC_2,
        ("modern", 1): MODERN_1,
        ("bilingual", 1): BILINGUAL_1,
        ("bilingual", 2): BILINGUAL_1,
    }
)
