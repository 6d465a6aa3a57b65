"""What every HTML page of ours must be, whatever it says.

`check_page` looks at the bytes as a strict HTML5 parser does, then at names, labels, headings and
what the Content-Security-Policy would refuse. It reports every fault of a page at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

from justhtml import JustHTML
from justhtml.dom import Element

CONTROLS = {"input", "select", "textarea"}
UNLABELLED_INPUTS = {"hidden", "submit", "button", "image", "reset"}
REFERENCES = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "for",
    "popovertarget",
    "list",
)
HEADING = re.compile(r"h([1-6])")


def check_page(html: str, *, path: str) -> None:
    """Raise AssertionError naming `path` and all faults of the page; silent when there is none."""
    document = JustHTML(html, collect_errors=True, sanitize=False)
    faults = [f"HTML: {error.message} (line {error.line})" for error in document.errors]
    if not re.match(r"\s*<!doctype html>", html, re.IGNORECASE):
        faults.append("the document does not begin with <!doctype html>")
    duplicates = _DuplicateAttributes()
    duplicates.feed(html)
    faults.extend(duplicates.faults)
    elements = list(_elements(document.root))
    for check in (_document, _ids, _labels, _policy, _forms, _names, _headings, _tables):
        faults.extend(check(elements))
    assert not faults, f"{path}: {len(faults)} fault(s)\n" + "\n".join(f"- {f}" for f in faults)


class _DuplicateAttributes(HTMLParser):
    """A parse error that justhtml forgives: an attribute given twice (macros make it easily)."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, times in Counter(name for name, _value in attrs).items():
            if times > 1:
                self.faults.append(f"HTML: <{tag}> has {name} twice (line {self.getpos()[0]})")


def _elements(node: object) -> Iterator[Element]:
    for child in getattr(node, "children", None) or []:
        if isinstance(child, Element):
            yield child
        yield from _elements(child)


def _tag(element: Element) -> str:
    """The element as a fault quotes it."""
    shown = " ".join(
        f'{name}="{value}"'
        for name, value in (element.attrs or {}).items()
        if name in {"id", "name", "type", "href", "class", "src"}
    )
    return f"<{element.name}{' ' + shown if shown else ''}>"


def _name(element: Element) -> str:
    """Roughly the accessible name: aria-label, else alternative texts and visible text within."""
    attrs = element.attrs or {}
    if attrs.get("aria-hidden") == "true" or ("hidden" in attrs and element.name != "button"):
        return ""
    if attrs.get("aria-label"):
        return str(attrs["aria-label"]).strip()
    if element.name == "img":
        return str(attrs.get("alt") or "").strip()
    parts = []
    for child in element.children or []:
        parts.append(_name(child) if isinstance(child, Element) else _text(child))
    return " ".join(" ".join(parts).split())


def _text(node: object) -> str:
    return str(getattr(node, "data", "") or "") if getattr(node, "name", "") == "#text" else ""


def _ancestors(element: Element) -> Iterator[Element]:
    parent = element.parent
    while isinstance(parent, Element):
        yield parent
        parent = parent.parent


def _document(elements: list[Element]) -> Iterator[str]:
    lang = [e for e in elements if e.name == "html" and (e.attrs or {}).get("lang")]
    if not lang:
        yield "<html> has no lang"
    titles = [e for e in elements if e.name == "title" and e.namespace == "html"]
    if len(titles) != 1 or not _name(titles[0]).strip(" ·"):
        yield "there must be one <title> with text"
    elif _name(titles[0]).startswith("·"):
        yield "the <title> names the site only, not the page"
    mains = sum(e.name == "main" for e in elements)
    if mains != 1:
        yield f"there must be one <main>, not {mains}"


def _ids(elements: list[Element]) -> Iterator[str]:
    counts = Counter(e.attrs["id"] for e in elements if (e.attrs or {}).get("id"))
    yield from (f'id "{name}" is used {times} times' for name, times in counts.items() if times > 1)
    for element in elements:
        for attribute in REFERENCES:
            for name in str((element.attrs or {}).get(attribute) or "").split():
                if name not in counts:
                    yield f'{_tag(element)}: {attribute} names "{name}", which does not exist'
        href = str((element.attrs or {}).get("href") or "")
        if element.name == "a" and href.startswith("#") and href[1:] not in counts:
            yield f"{_tag(element)}: the place it links to does not exist"


def _labels(elements: list[Element]) -> Iterator[str]:
    labelled = {e.attrs.get("for") for e in elements if e.name == "label" and _name(e)}
    for element in elements:
        attrs = element.attrs or {}
        if element.name not in CONTROLS or attrs.get("type") in UNLABELLED_INPUTS:
            continue
        wrapped = any(a.name == "label" and _name(a) for a in _ancestors(element))
        named = attrs.get("aria-label") or attrs.get("aria-labelledby")
        if not (wrapped or named or attrs.get("id") in labelled):
            yield f"{_tag(element)} has no label"
        if attrs.get("aria-invalid") == "true" and not attrs.get("aria-describedby"):
            yield f"{_tag(element)} is marked invalid, but no aria-describedby says why"
    for element in elements:
        if element.name == "fieldset" and not any(
            isinstance(c, Element) and c.name == "legend" and _name(c) for c in element.children
        ):
            yield f"{_tag(element)} has no legend"


def _policy(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        attrs = element.attrs or {}
        if "style" in attrs:
            yield f"{_tag(element)} has a style attribute"
        if element.name == "style":
            yield "there is a <style> element"
        yield from (f"{_tag(element)} has {a}" for a in attrs if a.lower().startswith("on"))
        if element.name == "script" and not attrs.get("src") and not attrs.get("nonce"):
            yield "there is an inline <script> without nonce"
        address = str(attrs.get("href") or attrs.get("src") or attrs.get("action") or "")
        if address.strip().lower().startswith("javascript:"):
            yield f"{_tag(element)} runs a script from its address"


def _forms(elements: list[Element]) -> Iterator[str]:
    for form in (e for e in elements if e.name == "form"):
        if str((form.attrs or {}).get("method") or "get").lower() != "post":
            continue
        inside = list(_elements(form))
        if not any(e.name == "input" and e.attrs.get("name") == "csrf_token" for e in inside):
            yield f"{_tag(form)} is sent by POST without a csrf_token"


def _names(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        attrs = element.attrs or {}
        if element.name == "img" and "alt" not in attrs:
            yield f"{_tag(element)} has no alt"
        is_link = element.name == "a" and "href" in attrs
        if (is_link or element.name in {"button", "summary"}) and not _name(element):
            yield f"{_tag(element)} has no text"


def _headings(elements: list[Element]) -> Iterator[str]:
    levels = []
    for element in elements:
        found = HEADING.fullmatch(element.name)
        if found:
            levels.append(int(found[1]))
            if not _name(element):
                yield f"{_tag(element)} is empty"
    if levels.count(1) != 1:
        yield f"there must be one <h1>, not {levels.count(1)}"
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"the headings skip from h{above} to h{below}"


def _tables(elements: list[Element]) -> Iterator[str]:
    for table in (e for e in elements if e.name == "table"):
        if (table.attrs or {}).get("role") == "presentation":
            continue
        inside = list(_elements(table))
        headers = [e for e in inside if e.name == "th"]
        if not headers:
            yield f"{_tag(table)} has no header cells"
        if not any(e.name == "caption" and _name(e) for e in inside) and not (
            (table.attrs or {}).get("aria-label") or (table.attrs or {}).get("aria-labelledby")
        ):
            yield f"{_tag(table)} has no caption"
        yield from (
            f"{_tag(e)} in a table has no scope" for e in headers if not e.attrs.get("scope")
        )
