"""What WeasyPrint leaves out of a tagged document: language of parts, letters in logical order.

A tag says its language where that is not the document's. Text from right to left is painted from
left to right, and shaped letters need not be letters of the text one by one: its tag holds the text
itself (``ActualText``) for whoever reads aloud. It is not put beside the painted letters as well:
programs that copy text turn these round, and would turn round what already is in order.
"""

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure.boxes import ReplacedBox, TextBox
from weasyprint.layout.absolute import AbsolutePlaceholder

from certificates.scripts import has_rtl


def finish(document: Any, pdf: Any) -> None:
    """Complete tags and marked content of a document about to be written (a finisher)."""
    language = document.metadata.lang
    leaves = (leaf for page in document.pages for leaf in _leaves(page._page_box))
    for element, box in zip(_marked(pdf), leaves, strict=True):
        if (own := box.style["lang"]) and own != language:
            element["Lang"] = pydyf.String(own)
        if isinstance(box, TextBox) and has_rtl(box.text):
            element["ActualText"] = pydyf.String(box.text.strip())


def _leaves(box: Any) -> Iterator[Any]:
    """Yield the boxes that hold marked content, in the order in which they are tagged."""
    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if isinstance(box, (TextBox, ReplacedBox)):
        yield box
        return
    for child in box.children:
        yield from _leaves(child)


def _marked(pdf: Any) -> Iterator[Any]:
    """Yield the tags that hold marked content, once for each, in the order of their making."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem":
            for kid in item["K"]:
                if isinstance(kid, int):
                    yield item
