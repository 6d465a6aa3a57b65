"""From certificate data to what the layout's template needs: fitted name, wording, arrangement."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from certificates.data import MOST_MODULES, CertificateData, ModuleLine
from certificates.designs import CLASSIC_2, DESIGNS
from certificates.faces import SANS, SERIF, Metrics, foreign, metrics
from certificates.person import Person, narrowest, person
from certificates.wording import (
    OTHER,
    WORDS,
    Words,
    day_range,
    duration,
    long_day,
    numeric_range,
    short_duration,
)

COLUMN_WIDTH = 504.0  # points; the main column of page one in classic-1.css (178 mm)
# Lines allowed, largest and smallest font size in points: one proud line first, then two.
_NAME_SIZES = ((1, 42.0, 26.0), (2, 30.0, 19.0), (3, 24.0, 15.0), (5, 15.0, 9.0))
_FUNDED_TWO_COLUMNS_AT_MOST = 10


@dataclass(frozen=True)
class FittedName:
    """How the holder's name is set: size and width of its box in points, and the family."""

    size: float
    width: float
    sans: bool


@dataclass(frozen=True)
class Row:
    """One line of the module table."""

    title: str
    dates: str
    minutes: str


@dataclass(frozen=True)
class View:
    """Everything the template prints, already worded.

    The first classic layout sets the person from ``data`` and ``name``; all others set ``person``.
    """

    data: CertificateData
    language: str
    words: Words
    heading: str
    introduction: str
    closing: str
    name: FittedName
    person: Person | None
    arrangement: str
    annex: bool
    columns: tuple[tuple[Row, ...], ...]
    hours: str
    planned: str
    completed: str
    issued: str
    address: str
    code_groups: tuple[str, ...]
    title: str
    other: "View | None" = None  # the same in the other language, where a layout speaks both


def arrangements(data: CertificateData) -> tuple[str, ...]:
    """Arrangements worth trying, the most pleasant first; words are classes of the style sheet.

    ``single``, ``tight`` and ``double`` keep everything on one page, ``annex`` lists the modules on
    pages of their own; ``small`` sets long texts smaller and is the last resort.
    """
    design = DESIGNS.get((data.layout, data.layout_version), CLASSIC_2)
    count = len(data.modules)
    if count <= design.roomy:
        return ("single", "tight", "annex", "annex small")
    if count <= design.one_column:
        return ("tight", "annex", "annex small")
    # With emblems at its foot the page has room for fewer rows, and a try costs a whole layout.
    funded = data.emblems or data.funding_statement
    most = min(design.two_columns, _FUNDED_TWO_COLUMNS_AT_MOST if funded else MOST_MODULES)
    if count <= most:
        return ("double", "annex", "annex small")
    return ("annex", "annex small")


def scale_of(arrangement: str) -> float:
    """How much smaller than usual the name may be."""
    return 0.8 if arrangement.endswith("small") else 1.0


def person_of(data: CertificateData, arrangement: str) -> Person | None:
    """What varies, in lines; None for the first classic layout, whose engine breaks them."""
    design = DESIGNS.get((data.layout, data.layout_version))
    return person(data, design, scale_of(arrangement)) if design else None


def view(data: CertificateData, arrangement: str, of: Person | None = None) -> View:
    """Word and arrange one certificate, with the person of the data or the one given."""
    design = DESIGNS.get((data.layout, data.layout_version))
    person = of or person_of(data, arrangement)
    if not design or not design.bilingual:
        return _view(data, data.language, arrangement, person)
    own = _view(data, data.language, arrangement, person)
    rows = tuple(
        Row(line.title, numeric_range(line.starts_on, line.ends_on), short_duration(line.minutes))
        for line in data.modules
    )
    other = _view(data, OTHER[data.language], arrangement, person)
    return replace(own, other=other, columns=(rows,))


def _view(data: CertificateData, language: str, arrangement: str, person: Person | None) -> View:
    words = WORDS[language]
    of = "" if language == data.language else "_other"
    heading = getattr(data, f"heading{of}") or words.title
    rows = tuple(_row(module, language) for module in data.modules)
    half = ceil(len(rows) / 2)
    day = long_day(data.issued_on, language)
    issued = (
        words.issued_at_place.format(data.place, day) if data.place else words.issued.format(day)
    )
    return View(
        data=data,
        language=language,
        words=words,
        heading=heading,
        introduction=getattr(data, f"introduction{of}") or words.certify,
        closing=getattr(data, f"closing{of}"),
        name=fit_name(data.holder, COLUMN_WIDTH, scale_of(arrangement)),
        person=person,
        arrangement=arrangement,
        annex=arrangement.startswith("annex"),
        columns=(rows[:half], rows[half:]) if arrangement == "double" else (rows,),
        hours=duration(data.minutes_attended, language),
        planned=words.of_planned.format(duration(data.minutes_planned, language)),
        completed=long_day(data.completed_on, language),
        issued=issued,
        address=short_address(data.verify_url, data.code),
        code_groups=tuple(data.code[start : start + 4] for start in range(0, len(data.code), 4)),
        title=f"{heading} – {data.holder}",
    )


def _row(module: ModuleLine, language: str) -> Row:
    dates = day_range(module.starts_on, module.ends_on, language)
    return Row(module.title, dates, short_duration(module.minutes))


def short_address(url: str, code: str) -> str:
    """Return what a person types: no scheme, no code, no query (``example.it/verifica``)."""
    address = url.partition("://")[2].partition(code)[0]
    return address.partition("?")[0].partition("#")[0].rstrip("/")


def fit_name(name: str, width: float, scale: float = 1.0) -> FittedName:
    """Choose the largest pleasant size for a name: shrink on one line first, then wrap evenly.

    ``width`` is the room in points, ``scale`` shrinks all permitted sizes. A name the serif cannot
    draw whole is set in the sans serif, so that two designs never meet inside one name.
    """
    sans = not metrics(SERIF).draws("".join(each for each in name if not foreign(each)))
    face = metrics(SANS if sans else SERIF)
    words = name.split(" ")
    for lines, largest, smallest in _NAME_SIZES:
        needed = _narrowest(words, face, lines)
        size = min(largest * scale, width / needed)
        if size >= smallest * scale:
            # Half a percent of air for rounding in the layout engine; never wider than the room.
            return FittedName(round(size, 1), round(min(width, needed * size * 1.01), 1), sans)
    return FittedName(_NAME_SIZES[-1][2] * scale, width, sans)


def _narrowest(words: list[str], face: Metrics, lines: int) -> float:
    """Width at font size 1 of the narrowest box that holds the words on so many lines."""
    # Sizes are rounded to 0.1 pt when set; the margin keeps the last word from falling off.
    widths = [face.width(word) * 1.015 for word in words]
    space = face.width(" ")
    return narrowest(widths, space, lines, lambda room: sum(1 for _ in _wrap(widths, space, room)))


def _wrap(widths: list[float], space: float, room: float) -> Iterator[float]:
    """Yield the width of each line when words are set one after the other, as browsers do."""
    line = widths[0]
    for width in widths[1:]:
        if line + space + width > room:
            yield line
            line = width
        else:
            line += space + width
    yield line
