"""A certificate as a picture, for the page on which its looks are chosen."""

from __future__ import annotations

import io
import threading

import pypdfium2  # type: ignore[import-untyped]  # publishes no types
from PIL import Image

WIDTH = 1100  # pixels: sharp where a page shows it at half of that
_MOST_PAGES = 2
_BETWEEN = 24
_turn = threading.Lock()  # PDFium is not made for threads


def picture_of(pdf: bytes) -> bytes:
    """The first pages of a PDF, one under the other, as PNG."""
    with _turn:
        document = pypdfium2.PdfDocument(pdf)
        pages = [
            page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
            for page, _ in zip(document, range(_MOST_PAGES), strict=False)
        ]
        document.close()
    height = sum(page.height for page in pages) + _BETWEEN * (len(pages) - 1)
    sheet = Image.new("RGB", (WIDTH, height), "#dfe4ea")
    top = 0
    for page in pages:
        sheet.paste(page, (0, top))
        top += page.height + _BETWEEN
    out = io.BytesIO()
    sheet.quantize(128).save(out, "PNG")
    return out.getvalue()
