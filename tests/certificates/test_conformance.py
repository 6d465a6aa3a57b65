"""PDF/A-2a and PDF/UA-1 together, as veraPDF, the reference validator, sees them."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from certificates.data import CertificateData
from tests.certificates.samples import longest, modules, pdf, press, renderer, sample
from tests.certificates.test_pictures import OWN, logos
from tests.validator import CONFORMS, Validator

KINDS = {
    "plain": sample(),
    "bare": sample(emblems=(), funding_statement="", place="", organisation="", fictional=False),
    "english": sample(language="en", holder="Ġorġ Żammit"),
    "columns": sample(modules=modules(10)),
    "annex": sample(modules=modules(30)),
    "longest": longest(),
    "modern": sample(layout="modern"),
    "bilingual": sample(layout="bilingual", modules=modules(30)),
    "first": sample(layout_version=1),
    "dressed": sample(layout="bilingual", emblems=logos(), **OWN),
    "from the right": sample(holder="محمد علي\u200cرضا", cycle_title="دورة ABC 2"),
    "other scripts": sample(
        holder="Пётр Παπαδόπουλος", organisation="עיריית חיפה", layout="modern", modules=modules(30)
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_every_kind_of_page_conforms(validator: Validator, data: CertificateData) -> None:
    assert validator.failures(press().render(data)) == CONFORMS


@pytest.mark.slow
def test_a_page_laid_out_without_a_plate_conforms(validator: Validator) -> None:
    assert validator.failures(renderer().render(sample())) == CONFORMS


def broken(change: str) -> bytes:
    """A certificate with one thing taken from it."""
    with pikepdf.open(BytesIO(pdf())) as document:
        if change == "tags":
            del document.Root.StructTreeRoot, document.Root.MarkInfo
        elif change == "language":
            del document.Root.Lang
        elif change == "metadata":
            del document.Root.Metadata
        else:
            for font in document.objects:
                if isinstance(font, pikepdf.Dictionary) and "/FontFile2" in font:
                    del font.FontFile2
        found = BytesIO()
        document.save(found)
        return found.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "judges"),
    [
        ("tags", {"PDFA_2_A", "PDFUA_1"}),
        ("language", {"PDFUA_1"}),
        ("metadata", {"PDFA_2_A", "PDFUA_1"}),
        ("fonts", {"PDFA_2_A", "PDFUA_1"}),
    ],
)
def test_the_validator_sees_what_is_missing(
    validator: Validator, change: str, judges: set[str]
) -> None:
    """A validator that praises everything would prove nothing."""
    found = validator.failures(broken(change))
    assert {name for name, failed in found.items() if failed} == judges
