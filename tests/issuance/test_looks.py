"""Words, logos and preview of a cycle's certificates: chosen, seen, kept by what was issued."""

from __future__ import annotations

import io
import json

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from certificates.pictures import clean
from lms import jobs
from lms.audit import AuditEvent
from lms.catalogue.models import Cycle, FundingEmblem
from lms.extensions import db
from lms.issuance import logos, queries_looks
from lms.issuance.models import Certificate, CertificateDocument
from lms.issuance.models_looks import CertificateLogo, CertificatePicture
from lms.issuance.snapshots import freeze, thaw
from tests import factories
from tests.certificates.test_pictures import png, svg
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue

WORDS = {
    "heading": "Attestato di frequenza", "introduction": "Il Comune di Prova attesta che",
    "closing": "Vale ai fini della formazione annua.", "heading_other": "",
    "introduction_other": "", "closing_other": "It counts.",
}  # fmt: skip


@pytest.fixture
def organiser(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def of(taught: TaughtCycle, rest: str) -> str:
    return f"/cicli/{taught.cycle.slug}/attestati/{rest}"


def add(browser: PercorsoClient, taught: TaughtCycle, content: bytes, label: str):
    return browser.post(
        of(taught, "loghi"), {"logo": (io.BytesIO(content), "logo.svg"), "label": label}
    )


def labels(taught: TaughtCycle) -> list[str]:
    db.session.expire_all()
    return [mark.label for mark in queries_looks.marks_of(taught.cycle)]


def text_of(row: Certificate) -> str:
    pdf = db.session.get_one(CertificateDocument, row.id).pdf
    found: str = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_range()
    return found


def test_words_and_logos_of_an_issued_certificate_never_change(
    organiser: PercorsoClient, app: Flask
) -> None:
    taught = TaughtCycle()
    chosen = {"layout": "modern", "sample": "short", **WORDS}
    assert organiser.post(of(taught, "aspetto"), chosen).status_code == 303
    assert add(organiser, taught, svg(), "Logo del Comune").status_code == 303
    taught.entitled(1)
    issue(app, taught)
    # Meanwhile everything is changed, before the document is made.
    empty = {"layout": "classic", "sample": "short", **dict.fromkeys(WORDS, "")}
    assert organiser.post(of(taught, "aspetto"), empty).status_code == 303
    logo = db.session.scalars(select(CertificateLogo)).one()
    queries_looks.picture.cache_clear()
    assert organiser.post(of(taught, f"loghi/{logo.id}/togli"), {}).status_code == 303
    taught.entitled(1)
    issue(app, taught)
    jobs.run_until_empty()
    first, second = certificates()
    assert "Attestato di frequenza" in text_of(first)
    assert "Vale ai fini della formazione annua." in text_of(first)
    assert "Attestato di frequenza" not in text_of(second)
    old, new = thaw(first.snapshot), thaw(second.snapshot)
    assert [emblem.picture for emblem in old.emblems] == [clean(svg()).content]
    assert (old.closing_other, new.heading, new.emblems) == ("It counts.", "", ())
    assert freeze(old) == first.snapshot
    # Thousands of certificates hold the logo's name, not the logo.
    assert json.loads(first.snapshot)["emblems"][0]["picture"].startswith("sha256:")
    acts = set(db.session.scalars(select(AuditEvent.action)))
    assert {
        "cycle.certificate_words", "cycle.certificate_layout", "cycle.certificate_logo_added",
        "cycle.certificate_logo_removed",
    } <= acts  # fmt: skip


@pytest.mark.one_database
def test_a_copy_of_a_cycle_has_the_words_and_logos(organiser: PercorsoClient) -> None:
    taught = TaughtCycle()
    chosen = {"layout": "modern", "sample": "short", **WORDS}
    assert organiser.post(of(taught, "aspetto"), chosen).status_code == 303
    add(organiser, taught, svg(), "Comune")
    add(organiser, taught, png(), "Rete")
    copied = organiser.post(
        f"/cicli/{taught.cycle.slug}/duplica",
        {"title": "Copia", "code": "COPIA-1", "first_day": "2027-03-01"},
    )
    assert copied.status_code == 303
    copy = db.session.scalars(select(Cycle).where(Cycle.code == "COPIA-1")).one()
    assert copy.certificate_layout == "modern"
    first, second = (queries_looks.looks_of(each) for each in (taught.cycle, copy))
    assert first == second
    assert [emblem.label for emblem in second.emblems] == ["Comune", "Rete"]


@pytest.mark.one_database
def test_a_logo_nobody_has_seen_goes_with_its_picture(organiser: PercorsoClient) -> None:
    taught, other = TaughtCycle(), TaughtCycle()
    for each in (taught, other):
        assert add(organiser, each, png(), "Logo").status_code == 303
    count = select(func.count()).select_from(CertificatePicture)
    assert db.session.scalar(count) == 1
    for left, each in ((1, taught), (0, other)):
        logo = queries_looks.logos_of(each.cycle.id)[0]
        page = organiser.get(of(each, f"loghi/{logo.id}/togli"))
        assert "Gli attestati già rilasciati lo conservano" in page.text
        assert organiser.post(of(each, f"loghi/{logo.id}/togli"), {}).status_code == 303
        db.session.expire_all()
        assert db.session.scalar(count) == left


def test_logos_move_among_the_emblems_of_the_track(organiser: PercorsoClient) -> None:
    taught = TaughtCycle()
    for position, label in enumerate(("Unione", "Ministero"), start=1):
        emblem = FundingEmblem(
            track_id=taught.cycle.track_id, position=position, symbol="none", label=label
        )
        db.session.add(emblem)
    db.session.commit()
    add(organiser, taught, svg(), "Comune")
    add(organiser, taught, png(), "Rete")
    assert labels(taught) == ["Unione", "Ministero", "Comune", "Rete"]
    rete = queries_looks.logos_of(taught.cycle.id)[1].id
    for _ in range(4):  # once more than there is room
        organiser.post(of(taught, f"loghi/{rete}/sposta"), {"way": "sooner"})
    assert labels(taught) == ["Rete", "Unione", "Ministero", "Comune"]
    organiser.post(of(taught, f"loghi/{rete}/sposta"), {"way": "later"})
    assert labels(taught) == ["Unione", "Rete", "Ministero", "Comune"]
    page = organiser.get(of(taught, "loghi")).text
    assert page.index("Unione") < page.index("Rete") < page.index("Ministero")
    assert "data:image/svg+xml;base64," in page
    for emblem in db.session.scalars(select(FundingEmblem)):
        db.session.delete(emblem)
    db.session.commit()
    assert labels(taught) == ["Rete", "Comune"]
    for number in range(logos.MOST_LOGOS - 2):
        assert add(organiser, taught, svg(), f"Altro {number}").status_code == 303
    full = add(organiser, taught, svg(), "Di troppo")
    assert full.status_code == 422
    assert "al massimo 4 loghi" in full.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "label", "words"),
    [
        (svg("<script>alert(1)</script>"), "Logo", "&lt;script&gt;"),
        (svg("&x;", before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]>'), "Logo", "DOCTYPE"),
        (b"GIF89a", "Logo", "solo file SVG e PNG"),
        (svg(), "", "Scrivi in poche parole"),
        (svg(), "Logo ანა", "non si possono stampare"),
        (svg("<text>x</text>"), "Logo", "tracciati"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_a_logo_is_told_so(
    organiser: PercorsoClient, content: bytes, label: str, words: str
) -> None:
    taught = TaughtCycle(1)
    answer = add(organiser, taught, content, label)
    assert answer.status_code == 422
    assert words in answer.text
    assert labels(taught) == []


def picture(answer) -> Image.Image:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "image/png"
    return Image.open(io.BytesIO(answer.data))


@pytest.mark.one_database
def test_the_preview_shows_what_is_typed_and_keeps_nothing(organiser: PercorsoClient) -> None:
    taught = TaughtCycle()
    kept = picture(organiser.get(of(taught, "aspetto/anteprima")))
    assert kept.width > kept.height
    typed = {"layout": "modern", "sample": "two_pages", **WORDS}
    tried = picture(organiser.post(of(taught, "aspetto/anteprima"), typed))
    assert tried.height > 2 * tried.width  # two portrait pages, one under the other
    page = organiser.post(of(taught, "aspetto"), typed | {"preview": "1", "sample": "long"})
    assert page.status_code == 200
    assert 'src="data:image/png;base64,' in page.text
    assert 'value="Attestato di frequenza"' in page.text
    db.session.expire_all()
    assert taught.cycle.certificate_layout == "classic"
    assert queries_looks.words_of(taught.cycle.id) == {}


@pytest.mark.one_database
def test_words_that_cannot_stand_there_are_refused_where_they_were_typed(
    organiser: PercorsoClient,
) -> None:
    taught = TaughtCycle(1)
    for bad, words in (("x" * 81, "Al massimo 80"), ("Ciao 🎓", "non si possono stampare: 🎓")):
        typed = {"layout": "classic", "sample": "short", **WORDS, "heading": bad}
        for address in ("aspetto", "aspetto/anteprima"):
            answer = organiser.post(of(taught, address), typed)
            assert answer.status_code == 422
            assert words in answer.text, bad
    assert queries_looks.words_of(taught.cycle.id) == {}


@pytest.mark.one_database
def test_words_and_logos_leave_room_for_the_longest_name(organiser: PercorsoClient) -> None:
    taught = TaughtCycle(1, title="Titolo assai lungo di un ciclo " * 9)
    taught.cycle.track.title = "Titolo assai lungo di un percorso " * 8
    taught.cycle.signatory_role = "Ruolo assai lungo " * 6
    for position in range(1, 5):
        emblem = FundingEmblem(
            track_id=taught.cycle.track_id, position=position, symbol="eu",
            label="Ministero dei testi lunghissimi " * 3,
        )  # fmt: skip
        db.session.add(emblem)
    taught.cycle.track.funding_statement = "Iniziativa cofinanziata da molti fondi diversi. " * 8
    db.session.commit()
    full = {"heading": "Titolo " * 11, "introduction": "Visto il decreto " * 8}
    typed = {"layout": "classic", "sample": "short", **full, "closing": "Nota. " * 60}
    for number in range(logos.MOST_LOGOS):
        add(organiser, taught, png(90, 20), f"Logo {number}")
    answer = organiser.post(of(taught, "aspetto"), typed)
    assert answer.status_code == 422
    assert "manca lo spazio per un nome lungo" in answer.text
    assert queries_looks.words_of(taught.cycle.id) == {}


@pytest.mark.one_database
def test_what_the_cycle_lacks_is_said_in_the_place_of_the_picture(
    organiser: PercorsoClient,
) -> None:
    taught = TaughtCycle(1)
    taught.cycle.signatory_name = ""
    db.session.commit()
    page = organiser.get(of(taught, "aspetto")).text
    assert page.count("<img") == page.count('alt=""')
    assert "firma" in organiser.get(of(taught, "aspetto/anteprima")).text
