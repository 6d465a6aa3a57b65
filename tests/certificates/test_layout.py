"""Where things stand: pages, columns, nothing lost, nothing on top of something else."""

from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from tests.certificates.samples import LONG_NAME, longest, modules, pdf, renderer, sample, text_of


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 8, 9, 10])
def test_few_modules_stand_on_one_page(count: int) -> None:
    (text,) = text_of(pdf(modules=modules(count)))
    for line in modules(count):
        assert line.title in text
    assert "Teresa Valli" in text


@pytest.mark.parametrize("count", [11, 14, 20, 30])
def test_many_modules_flow_to_the_next_page(count: int) -> None:
    pages = text_of(pdf(modules=modules(count)))
    assert len(pages) == 2
    assert f"{count} moduli, elencati nella pagina seguente" in pages[0]
    for line in modules(count):
        assert line.title in pages[1]
    for words in ("Programma del ciclo", "Chiara D’Amico", "2022/000123", "Pagina 2 di 2"):
        assert words in pages[1]


def test_sixteen_modules_fit_in_two_columns_where_no_emblems_stand() -> None:
    (text,) = text_of(pdf(modules=modules(16), emblems=(), funding_statement=""))
    assert text.count("Modulo Durata") == 2
    assert all(line.title in text for line in modules(16))


def test_the_table_heading_is_repeated_and_no_row_lost() -> None:
    data = longest()
    pages = text_of(renderer().render(data))
    assert len(pages) > 2
    for number, text in enumerate(pages[1:], start=2):
        assert "Modulo Periodo Durata" in text
        assert f"Pagina {number} di {len(pages)}" in text
    assert "".join(pages).count("30 dic 2021 – 12 gen 2022") == 30


def boxes(content: bytes) -> list[tuple[float, float, float, float]]:
    """Return the text boxes of the first page (left, bottom, right, top in points)."""
    page = pypdfium2.PdfDocument(content)[0].get_textpage()
    return [page.get_rect(number) for number in range(page.count_rects())]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"holder": LONG_NAME},
        {"holder": "W" * 120, "organisation": "M" * 200},
        {"modules": modules(8)},
        {"modules": modules(10)},
        {"modules": modules(8), "holder": LONG_NAME, "organisation": "Unione " * 28},
        {"modules": modules(14), "emblems": (), "funding_statement": ""},
        longest().to_json(),
    ],
    ids=["plain", "long name", "wide", "eight", "ten", "eight long", "fourteen", "longest"],
)
def test_no_text_lies_on_other_text_or_off_the_page(changes: dict[str, Any]) -> None:
    data = longest() if "serial" in changes else sample(**changes)
    found = boxes(renderer().render(data))
    assert len(found) > 20
    for left, bottom, right, top in found:
        assert 60 < left < right < 842 - 30
        assert 40 < bottom < top < 595 - 40
    for number, (left, bottom, right, top) in enumerate(found):
        for left2, bottom2, right2, top2 in found[number + 1 :]:
            across = min(right, right2) - max(left, left2)
            along = min(top, top2) - max(bottom, bottom2)
            smaller = min(top - bottom, top2 - bottom2)
            assert across <= 1 or along <= 0.5 * smaller


@pytest.mark.parametrize("layout", ["modern", "bilingual"])
@pytest.mark.parametrize("kind", ["plain", "long", "longest"])
def test_portrait_pages_hold_their_texts(layout: str, kind: str) -> None:
    data = {
        "plain": lambda: sample(layout=layout),
        "long": lambda: sample(layout=layout, holder=LONG_NAME, modules=modules(9)),
        "longest": lambda: replace(longest(), layout=layout, layout_version=0),
    }[kind]()
    content = renderer().render(data)
    found = boxes(content)
    assert len(found) > 20
    for left, bottom, right, top in found:
        assert 50 < left < right < 595 - 30
        assert 30 < bottom < top < 842 - 30
    for number, (left, bottom, right, top) in enumerate(found):
        for left2, bottom2, right2, top2 in found[number + 1 :]:
            across = min(right, right2) - max(left, left2)
            along = min(top, top2) - max(bottom, bottom2)
            assert across <= 1 or along <= 0.5 * min(top - bottom, top2 - bottom2)
    text = " ".join(text_of(content))
    for line in data.modules:
        assert line.title.split()[0] in text
    assert data.serial in text.replace(" ", "")


def test_the_bilingual_layout_says_everything_twice() -> None:
    (text,) = text_of(pdf(layout="bilingual"))
    for words in (
        "Attestato di partecipazione Certificate of attendance",
        "Si attesta che / This is to certify that",
        "attended the cycle “Primo ciclo",
        "of 24 hours planned",
        "16 May 2022",
        "28.10.2021 – 18.11.2021",
        "Roma, 20 maggio 2022 / Roma, 20 May 2022",
    ):
        assert words in text
    (other,) = text_of(pdf(layout="bilingual", language="en"))
    assert "Certificate of attendance Attestato di partecipazione" in other


def test_the_qr_code_leads_to_the_verification_page() -> None:
    for data in (sample(), longest()):
        page = pypdfium2.PdfDocument(renderer().render(data))[0]
        for scale in (1.2, 3):
            (code,) = zxingcpp.read_barcodes(page.render(scale=scale).to_pil())
            assert code.text == data.verify_url


def test_only_a_fictional_certificate_says_so() -> None:
    assert "senza valore" not in "".join(text_of(pdf(fictional=False)))
    first, second = text_of(pdf(modules=modules(30)))
    assert "senza valore" in first
    assert "senza valore" in second
