"""An SVG written anew from a list: shapes and plain colours, and nothing that acts or fetches.

What would be drawn otherwise without it (text, pictures in the picture, filters) is refused by
name, so that nobody prints a logo with a hole; what is not seen (editors' notes, metadata, titles,
events) is left out. Gradients are refused too: WeasyPrint writes them as patterns that poppler does
not draw in every place of a page. Such a logo comes as PNG.
"""

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from xml.parsers import expat
from xml.sax.saxutils import quoteattr  # nosec B406 # writes text; nothing is parsed

import tinycss2  # type: ignore[import-untyped]  # publishes no types

from certificates.gate import UnfitPicture

NAMESPACE = "http://www.w3.org/2000/svg"
MOST_ELEMENTS, DEEPEST, LONGEST_SIDE = 3000, 40, 20_000.0

_PAINT = frozenset({
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray",
    "stroke-dashoffset", "opacity", "clip-path", "clip-rule", "color", "display", "visibility",
})  # fmt: skip
_EVERYWHERE = _PAINT | {"id", "transform"}
_OWN: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "svg": "viewBox",
        "g": "",
        "defs": "",
        "path": "d",
        "rect": "x y width height rx ry",
        "circle": "cx cy r",
        "ellipse": "cx cy rx ry",
        "line": "x1 y1 x2 y2",
        "polyline": "points",
        "polygon": "points",
        "clipPath": "clipPathUnits",
    }.items()
}
_UNSEEN = frozenset({"title", "desc", "metadata"})
_ID = re.compile(r"[A-Za-z_][\w.-]{0,60}", re.ASCII)
_LOCAL = re.compile(r"url\(\s*['\"]?#([A-Za-z_][\w.-]{0,60})['\"]?\s*\)", re.ASCII)
# Letters, digits and the signs of paths, lengths, colours and transformations: no quotation mark,
# no bracket but round ones, no colon, no at sign, no backslash.
_VALUE = re.compile(r"[\w\s#%.,+()-]*", re.ASCII)
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*(?:px|pt|mm|cm|in)?\s*", re.IGNORECASE)
_SELECTOR = re.compile(r"\s*([.#]?)([A-Za-z_][\w-]*)\s*", re.ASCII)

# Name, attributes, those of its own style, class.
Element = tuple[str, dict[str, str], dict[str, str], str]


def reduced(content: bytes) -> bytes:
    """Return the same drawing from the list alone, or raise ``UnfitPicture``."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.entity
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except UnfitPicture:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnfitPicture("unreadable", "is not an SVG file that can be read") from error
    return reader.written()


def _refuse(what: str) -> UnfitPicture:
    return UnfitPicture("holds", f"holds {what}, which cannot be printed on a certificate", what)


class _Reader:
    """Builds the list of elements that stay, while the parser goes through the file."""

    def __init__(self) -> None:
        self._events: list[Element | None] = []  # None ends an element
        self._depth = self._skipped = self._count = self._clips = 0
        self._opened: list[str] = []
        self._style: list[str] | None = None
        self._styles = ""

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: bool) -> None:
        """The old head of Illustrator's files names a document nobody fetches; it says no more."""
        if internal:
            raise _refuse("DOCTYPE")

    def entity(self, *_declared: object) -> None:
        """Entities are how files of a kilobyte become gigabytes, or read other files."""
        raise _refuse("ENTITY")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise UnfitPicture("elaborate", "is too elaborate: it has too many elements")
        space, _, local = name.rpartition(" ")
        if self._depth == 1 and (space, local) != (NAMESPACE, "svg"):
            raise UnfitPicture("unreadable", "is not an SVG file that can be read")
        if self._skipped:
            self._skipped += 1
        elif space == NAMESPACE and local in _OWN:
            self._keep(local, attributes)
        elif local == "style" and space == NAMESPACE:
            self._style, self._skipped = [], 1
        elif space != NAMESPACE or local in _UNSEEN:
            self._skipped = 1
        else:
            raise _refuse(f"<{local[:30]}>")

    def _keep(self, name: str, attributes: dict[str, str]) -> None:
        if self._events and name == "svg":
            raise _refuse("<svg> inside <svg>")
        own = {"viewBox": _view_box(attributes)} if not self._events else {}
        own |= dict(_kept(name, attributes, skip=own))
        inline = dict(_declared(attributes.get("style", "")))
        if name == "clipPath":
            self._clips += 1
        if self._clips and "clip-path" in own | inline:
            raise _refuse("clip-path inside <clipPath>")
        self._events.append((name, own, inline, attributes.get("class", "")))
        self._opened.append(name)

    def end(self, _name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if not self._skipped:
            self._events.append(None)
            self._clips -= self._opened.pop() == "clipPath"
            return
        self._skipped -= 1
        if self._style is not None and not self._skipped:
            self._styles, self._style = self._styles + "".join(self._style), None

    def text(self, data: str) -> None:
        """Characters: of interest in a style sheet only."""
        if self._style is not None:
            self._style.append(data)

    def written(self) -> bytes:
        """The drawing, once all was read; rules of its style sheet become attributes."""
        rules = list(_rules(self._styles))
        if any("clip-path" in values for _, _, values in rules):
            raise _refuse("clip-path in <style>")
        out: list[str] = []
        opened: list[str] = []
        for event in self._events:
            if event is None:
                out.append(f"</{opened.pop()}>")
                continue
            name, own, inline, classes = event
            styled = _styled(rules, name, own.get("id", ""), classes.split())
            given = {**own, **styled, **inline}
            head = f' xmlns="{NAMESPACE}"' if not opened else ""
            said = "".join(f" {key}={quoteattr(value)}" for key, value in sorted(given.items()))
            out.append(f"<{name}{head}{said}>")
            opened.append(name)
        return "".join(out).encode()


def _kept(
    name: str, attributes: dict[str, str], skip: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Attributes that stay."""
    known = _OWN[name] | _EVERYWHERE
    for key, value in attributes.items():
        space, _, local = key.rpartition(" ")
        if local == "href":
            raise _refuse("href")
        if not space and local in known and local not in skip:
            yield local, _checked(local, value)


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for each in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and each.lower_name in _PAINT:
            yield each.lower_name, _checked(each.lower_name, tinycss2.serialize(each.value).strip())


def _checked(name: str, value: str) -> str:
    """A value of signs that can do nothing; an address only of a part of the same file."""
    if name == "id":
        if not _ID.fullmatch(value):
            raise _refuse("id")
        return value
    without = _LOCAL.sub("", value)
    if "url" in without.lower() or not _VALUE.fullmatch(without):
        raise _refuse(name)
    return _LOCAL.sub(r"url(#\1)", value)


def _rules(sheet: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Rules of a style sheet with plain selectors: kind (``.``, ``#`` or none), name, values."""
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            raise _refuse("<style>")
        values = dict(_declared(tinycss2.serialize(rule.content)))
        for selector in tinycss2.serialize(rule.prelude).split(","):
            found = _SELECTOR.fullmatch(selector)
            if not found:
                raise _refuse("<style>")
            yield found[1], found[2], values


def _styled(
    rules: list[tuple[str, str, dict[str, str]]], name: str, own_id: str, classes: list[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, wanted, values in rules:
        if wanted in {"": [name], "#": [own_id], ".": classes}[kind]:
            found |= values
    return found


def _view_box(attributes: dict[str, str]) -> str:
    """The drawing's room: what the page needs to know its proportions."""
    numbers = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    if numbers == [""]:
        sides = [_LENGTH.fullmatch(attributes.get(name, "")) for name in ("width", "height")]
        numbers = ["0", "0", *(side[1] for side in sides if side)]
    try:
        x, y, width, height = (float(number) for number in numbers)
    except ValueError:
        raise UnfitPicture("sides", "does not say its width and height (viewBox)") from None
    if not all(map(isfinite, (x, y))) or not 0 < width <= LONGEST_SIDE >= height > 0:
        raise UnfitPicture("sides", "has sides that cannot be right")
    if not 0.1 <= width / height <= 10:
        raise UnfitPicture("sides", "is more than ten times as long as it is wide")
    return f"{x:g} {y:g} {width:g} {height:g}"
