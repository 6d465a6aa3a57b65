"""The same page by two libraries that draw instead of laying out: no tags, no PDF/A, no check.

Everything is placed by hand, fonts are kept between pages where the library can; the code is drawn
by the same function as ours. It is the work they would have to do for us, at their best.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from fpdf import FPDF
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates.data import CertificateData
from certificates.drawings import QUIET_ZONE, qr_rows
from certificates.faces import FONT_FOLDER
from certificates.page import view

FONTS = {
    "serif": "Lora-Regular", "italic": "Lora-Italic", "sans": "TitilliumWeb-Regular",
    "bold": "TitilliumWeb-SemiBold",
}  # fmt: skip
WIDTH, HEIGHT = 841.89, 595.28
Text = tuple[str, str, float, float, float]  # text, font, size, left, top


def _texts(data: CertificateData) -> Iterator[Text]:
    shown = view(data, "single")
    words = shown.words
    yield data.issuer_name, "bold", 11.5, 76, 60
    yield words.title.upper(), "bold", 13, 62, 107
    yield words.certify, "italic", 13, 62, 137
    yield data.holder, "serif", 30, 62, 185
    yield data.organisation, "sans", 13, 62, 213
    yield f"{words.attended_cycle} «{data.cycle_title}»", "serif", 12.5, 62, 245
    yield f"{words.of_track} «{data.track_title}»", "serif", 12.5, 62, 263
    for number, row in enumerate(shown.columns[0]):
        top = 315 + 18 * number
        yield row.title, "sans", 9, 62, top
        yield row.dates, "sans", 9, 396, top
        yield row.minutes, "sans", 9, 530, top
    yield shown.issued, "sans", 9.5, 62, 467
    yield data.signatory_role, "sans", 9.5, 271, 449
    yield data.signatory_name, "serif", 14, 271, 467
    yield data.funding_statement, "sans", 8, 62, 547
    yield words.serial.format(data.serial), "bold", 10.5, 663, 62
    yield shown.hours, "serif", 14, 663, 137
    yield shown.planned, "sans", 9.5, 663, 152
    yield shown.completed, "sans", 9.5, 663, 193
    yield data.rule_text[:34], "sans", 9.5, 663, 234
    yield shown.address, "sans", 8.5, 663, 509
    yield " ".join(shown.code_groups), "bold", 8, 663, 535


def _modules(data: CertificateData) -> Iterator[tuple[float, float, float]]:
    """Left, top and side of each dark module."""
    rows = qr_rows(data.verify_url)
    side = 96.4 / (len(rows) + 2 * QUIET_ZONE)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                yield 663 + (x + QUIET_ZONE) * side, 385 + (y + QUIET_ZONE) * side, side


def prepare_reportlab() -> None:
    """Read the fonts once, as a warm process would."""
    for name, file in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, FONT_FOLDER / f"{file}.ttf"))


def reportlab(data: CertificateData) -> bytes:
    """Draw a certificate with ReportLab."""
    target = io.BytesIO()
    canvas = Canvas(target, (WIDTH, HEIGHT))
    canvas.setFillColor(HexColor("#f2f6fa"))
    canvas.rect(626, 0, WIDTH - 626, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#17324d"))
    for text, font, size, left, top in _texts(data):
        canvas.setFont(font, size)
        canvas.drawString(left, HEIGHT - top, text)
    for left, top, side in _modules(data):
        canvas.rect(left, HEIGHT - top - side, side, side, stroke=0, fill=1)
    canvas.save()
    return target.getvalue()


def fpdf2(data: CertificateData) -> bytes:
    """Draw a certificate with fpdf2, which reads its fonts for every document."""
    pdf = FPDF("landscape", "pt", "A4")
    for name, file in FONTS.items():
        pdf.add_font(name, fname=FONT_FOLDER / f"{file}.ttf")
    pdf.add_page()
    pdf.set_fill_color(242, 246, 250)
    pdf.rect(626, 0, WIDTH - 626, HEIGHT, style="F")
    pdf.set_fill_color(23, 50, 77)
    for text, font, size, left, top in _texts(data):
        pdf.set_font(font, size=size)
        pdf.text(left, top, text)
    for left, top, side in _modules(data):
        pdf.rect(left, top, side, side, style="F")
    return bytes(pdf.output())
