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
    """One version of one layout."""

    name_width: float
    names: tuple[NameClass, ...]
    organisation: Measure
    serial: Measure
    running: Measure
    hours: Measure
    code: Measure


_SIDE = 141.7  # points: a column of 50 mm

CLASSIC_2 = Design(
    name_width=504.0,
    names=(
        NameClass(1, 42.0, 26.0),
        NameClass(2, 30.0, 19.0),
        NameClass(3, 24.0, 15.0),
        NameClass(5, 15.0, 9.0),
    ),
    organisation=Measure(SANS, 13.0, 504.0),
    serial=Measure(SANS_BOLD, 10.5, _SIDE),
    running=Measure(SERIF, 11.5, _SIDE),
    hours=Measure(SERIF, 17.0, _SIDE),
    code=Measure(SANS_BOLD, 9.5, _SIDE),
)

# Layouts whose varying texts are broken into lines here. The first classic is not among them:
# certificates of that version, issued and not yet made, are laid out one by one as they always were.
DESIGNS: Mapping[tuple[str, int], Design] = MappingProxyType({("classic", 2): CLASSIC_2})
