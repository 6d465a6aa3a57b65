"""How certificates look: chosen for a cycle, seen before, kept by what was issued."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from flask import Flask

from certificates.data import LAYOUT_VERSIONS
from lms import jobs
from lms.catalogue.models import CertificateLayout
from lms.extensions import db
from lms.issuance.models import CertificateDocument
from lms.issuance.snapshots import thaw
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue


@pytest.fixture
def organiser(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def of(taught: TaughtCycle, rest: str = "") -> str:
    return f"/cicli/{taught.cycle.slug}/attestati{rest}"


def test_the_layouts_are_those_of_the_package() -> None:
    assert set(CertificateLayout) == set(LAYOUT_VERSIONS)


def test_a_layout_is_chosen_and_what_was_issued_keeps_its_own(
    organiser: PercorsoClient, app: Flask
) -> None:
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    page = organiser.get(of(taught, "/aspetto"))
    assert page.status_code == 200
    assert page.text.count("In uso") == 1
    answer = organiser.post(of(taught, "/aspetto"), {"layout": "bilingual"})
    assert answer.status_code == 303
    taught.entitled(1)
    issue(app, taught)
    jobs.run_until_empty()
    before, after = (thaw(row.snapshot) for row in certificates())
    assert (before.layout, after.layout) == ("classic", "bilingual")
    first, second = (
        pypdfium2.PdfDocument(io.BytesIO(db.session.get_one(CertificateDocument, row.id).pdf))[0]
        for row in certificates()
    )
    assert first.get_width() > first.get_height()
    assert second.get_width() < second.get_height()
    assert "Certificate of attendance" in second.get_textpage().get_text_range()


@pytest.mark.one_database
@pytest.mark.parametrize("layout", CertificateLayout)
def test_the_preview_is_of_nobody_and_says_so(
    organiser: PercorsoClient, layout: CertificateLayout
) -> None:
    taught = TaughtCycle()
    answer = organiser.get(of(taught, f"/aspetto.pdf?aspetto={layout.value}"))
    assert answer.mimetype == "application/pdf"
    page = pypdfium2.PdfDocument(io.BytesIO(answer.data))[0]
    text = page.get_textpage().get_text_range()
    for words in ("Nome Cognome", "senza valore", taught.cycle.title, "-00000"):
        assert words in text
    assert (page.get_width() > page.get_height()) == (layout is CertificateLayout.CLASSIC)
    assert not certificates()


@pytest.mark.one_database
def test_a_layout_nobody_knows_is_refused(organiser: PercorsoClient) -> None:
    taught = TaughtCycle()
    answer = organiser.post(of(taught, "/aspetto"), {"layout": "baroque"})
    assert answer.status_code == 422
    assert taught.cycle.certificate_layout is CertificateLayout.CLASSIC
    answer = organiser.get(of(taught, "/aspetto.pdf?aspetto=baroque"))
    assert "esempio-classic.pdf" in answer.headers["Content-Disposition"]


@pytest.mark.one_database
def test_what_the_cycle_lacks_is_said_instead_of_a_preview(organiser: PercorsoClient) -> None:
    taught = TaughtCycle()
    taught.cycle.signatory_name = ""
    db.session.commit()
    answer = organiser.get(of(taught, "/aspetto.pdf"))
    assert answer.status_code == 422
    assert "firma" in answer.text
