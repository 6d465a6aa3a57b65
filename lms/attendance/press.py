"""HTML of ours in, PDF/A-2a and PDF/UA-1 out; no font, file or address but what is named."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache

from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError

from certificates import drawings, xmp
from certificates.faces import with_stand_ins
from certificates.fetcher import LayoutFetcher, Resource
from certificates.render import RenderError, embedded_fonts_only
from certificates.tagging import finish
from lms.attendance.pdf import Printed, picture
from lms.config import PROJECT_ROOT

STYLE = PROJECT_ROOT / "templates" / "attendance" / "paper" / "paper.css"
BASE = "register:page"
VARIANT = "pdf/a-2a"  # and PDF/UA-1 too, as the metadata say (certificates/xmp.py)


class Printer:
    """Keeps fonts and style sheet warm; threads take turns, as Pango asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fonts = embedded_fonts_only()
        self._fetcher = LayoutFetcher({"register:eu.svg": picture(drawings.eu_flag())})
        self._style = CSS(
            string=with_stand_ins(STYLE.read_text("utf-8")),
            base_url="register:paper.css",
            url_fetcher=self._fetcher,
            font_config=self._fonts,
        )

    def print(self, html: str, pictures: Mapping[str, Resource] | None = None) -> Printed:
        """The PDF of a page; RenderError if it asks for anything that is not named."""
        fetcher = self._fetcher.with_resources(pictures or {})  # of its own: it remembers refusals
        with self._lock:
            try:
                document = HTML(string=html, base_url=BASE, url_fetcher=fetcher).render(
                    stylesheets=[self._style], font_config=self._fonts, pdf_variant=VARIANT
                )
                xmp.describe(document.metadata)
                pdf: bytes = document.write_pdf(finisher=finish, pdf_variant=VARIANT)
            except FatalURLFetchingError as error:
                raise RenderError(str(error)) from error
        if fetcher.refused:
            raise RenderError(f"not a file of the layout: {fetcher.refused[0]}")
        return Printed(pdf, len(document.pages))


@lru_cache(maxsize=1)
def printer() -> Printer:
    """The one printer of this process."""
    return Printer()
