"""Certificate data in, PDF bytes out: PDF/A-2a and PDF/UA-1, the same bytes for the same data."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from weasyprint import CSS, HTML
from weasyprint.text.ffi import ffi, fontconfig, gobject, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from certificates import drawings, xmp
from certificates.data import CertificateData, Emblem
from certificates.designs import DESIGNS
from certificates.faces import files, with_stand_ins
from certificates.fetcher import LayoutFetcher, Resource
from certificates.page import arrangements, view
from certificates.person import Person
from certificates.scripts import kept_apart
from certificates.tagging import finish

LAYOUT_FOLDER = Path(__file__).parent / "layouts"
QR_MASK = 3  # any mask is readable; a fixed one makes the codes of a cycle quick to draw
_CLEARANCE = 15.0  # CSS pixels (4 mm) between the text of page one and the block at its foot
OPTIONS = {"pdf_variant": "pdf/a-2a"}

ffi.cdef("FcConfig * FcConfigCreate(void);", override=True)


class RenderError(RuntimeError):
    """The layout's files are not as they must be; no certificate was made."""


class Renderer:
    """Makes certificates, keeping fonts, style sheet and template warm between them.

    One instance may be shared by threads; they take turns, since Pango's font map is not made for
    several at once. For more speed use more processes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(LAYOUT_FOLDER),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=kept_apart,
        )
        environment.filters |= {"kept_apart": kept_apart, "logo_url": logo_url}
        self._environment = environment
        self._fetcher = LayoutFetcher(layout_resources())
        self._fonts = embedded_fonts_only()
        self._layouts: dict[str, _Layout] = {}

    def render(self, data: CertificateData) -> bytes:
        """Return the PDF of one certificate."""
        with self._lock:
            for arrangement in arrangements(data):
                document = self.lay_out(data, arrangement)
                if fits(document):
                    break
            pdf: bytes = document.write_pdf(finisher=finish, **OPTIONS)
        self.refuse_foreign(document)
        return pdf

    def has_room(self, data: CertificateData) -> bool:
        """Tell whether some arrangement holds all texts of the first page."""
        with self._lock:
            return any(fits(self.lay_out(data, each)) for each in reversed(arrangements(data)))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the engine, for who calls ``lay_out``."""
        with self._lock:
            yield

    def lay_out(self, data: CertificateData, arrangement: str, of: Person | None = None) -> Any:
        """Lay one certificate out, with another person than the data's if one is given."""
        layout = self._layout(data)
        identity = xmp.Identity(*(of.public_code, of.number) if of else (data.code, data.serial))
        # The code is in the name, so no cache can ever show another certificate's picture.
        qr_url = f"certificate:qr-{identity.code}.svg"
        drawing = drawings.qr_code(of.verify_url if of else data.verify_url, layout.qr_mask)
        files = {qr_url: Resource(drawing.encode(), "image/svg+xml")} | logos(data)
        fetcher = self._fetcher.with_resources(files)
        html = layout.template.render(view=view(data, arrangement, of), qr_url=qr_url)
        try:
            document = HTML(string=html, base_url="certificate:page", url_fetcher=fetcher).render(
                stylesheets=[layout.style], font_config=self._fonts, **OPTIONS
            )
        except FatalURLFetchingError as error:
            raise RenderError(str(error)) from error
        xmp.describe(document.metadata, identity)
        return document

    def _layout(self, data: CertificateData) -> "_Layout":
        """The files of one version of one layout, read once."""
        name = f"{data.layout}-{data.layout_version}"
        if name not in self._layouts:
            style = CSS(
                string=with_stand_ins((LAYOUT_FOLDER / f"{name}.css").read_text("utf-8")),
                base_url=f"certificate:{name}.css",
                url_fetcher=self._fetcher,
                font_config=self._fonts,
            )
            fixed = (data.layout, data.layout_version) in DESIGNS
            template = self._environment.get_template(f"{name}.html")
            self._layouts[name] = _Layout(template, style, QR_MASK if fixed else None)
        return self._layouts[name]

    @staticmethod
    def refuse_foreign(document: Any) -> None:
        """Raise ``RenderError`` if the layout asked for anything that is not its own."""
        # Inside pictures WeasyPrint goes on after any error; the fetcher has not forgotten it.
        if document.url_fetcher.refused:
            raise RenderError(f"not a file of the layout: {document.url_fetcher.refused[0]}")


@dataclass(frozen=True)
class _Layout:
    template: jinja2.Template
    style: CSS
    qr_mask: int | None


def fits(document: Any) -> bool:
    """Tell whether the columns of the first page end above the blocks pinned to their foot.

    The anchors served to measure that; nobody shall link to them: they are taken away.
    """
    anchors = dict(document.pages[0].anchors)
    for page in document.pages:
        page.anchors.clear()
    columns = [("end", "foot"), ("side-end", "verify")][: 1 + ("verify" in anchors)]
    return all(
        # What is not on the page has flowed over to the next one.
        end in anchors and foot in anchors and anchors[end][1] + _CLEARANCE <= anchors[foot][1]
        for end, foot in columns
    )


def logo_url(emblem: Emblem) -> str:
    """Return the address of a logo: its digest is in the name, so no cache can confuse two."""
    return f"certificate:logo-{emblem.logo.sha256}.{emblem.logo.extension}"


def logos(data: CertificateData) -> dict[str, Resource]:
    """Return the logos of a certificate by their addresses."""
    return {
        logo_url(emblem): Resource(emblem.picture, emblem.logo.media_type)
        for emblem in data.emblems
        if emblem.picture
    }


def layout_resources() -> dict[str, Resource]:
    """Every file the layout may use, by its exact address."""
    return {
        f"certificate:{name}.svg": Resource(drawing.encode(), "image/svg+xml")
        for name, drawing in (
            ("eu", drawings.eu_flag()),
            ("rosette", drawings.rosette("#dde8f2")),
            ("warm-rosette", drawings.rosette("#f0e8dc")),
            ("band", drawings.band()),
            ("frame", drawings.frame()),
        )
    }


def embedded_fonts_only() -> FontConfiguration:
    """Return a font configuration that knows our faces and no font of the machine.

    WeasyPrint starts from the system's fonts and copies those of ``@font-face`` to a temporary
    folder. Here Fontconfig starts empty and reads our files where they are: pages look the same on
    every machine, and neither a cleaner of temporary files nor a forked process that ends can take
    the letters away from a process that goes on.
    """
    fonts = FontConfiguration()
    config = fontconfig.FcConfigCreate()
    for file in files():
        # Text without a font to draw it would end the whole process instead of raising an error.
        if not fontconfig.FcConfigAppFontAddFile(config, os.fsencode(file)):
            raise RenderError(f"the font {file.name} cannot be loaded")
    fonts.font_map = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
    pangoft2.pango_fc_font_map_set_config(ffi.cast("PangoFcFontMap *", fonts.font_map), config)
    fontconfig.FcConfigDestroy(config)  # the font map keeps its own reference
    fonts._config = config
    return fonts
