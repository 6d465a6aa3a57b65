"""The archive of a cycle and of an organisation: distinct safe names, a true list, flat memory."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance import archives, queries_archive
from lms.issuance.models import Certificate, CertificateDocument, CertificateStatus
from lms.zips import ZipStream
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue


@pytest.fixture
def organiser(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser())


def documents(content: bytes = b"%PDF-1.7 ") -> None:
    """Documents as the worker would make them, without its work."""
    rows = []
    for one in certificates():
        pdf = content + one.serial.encode()
        rows.append(
            {
                "certificate_id": one.id, "pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest(),
                "size": len(pdf), "rendered_at": now(),
            }
        )  # fmt: skip
    db.session.execute(insert(CertificateDocument), rows)
    db.session.commit()


def read(response) -> tuple[zipfile.ZipFile, list[dict[str, str]]]:
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(response.data))
    assert packed.testzip() is None
    text = packed.read(archives.MANIFEST).decode("utf-8-sig")
    return packed, list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_archive_of_a_cycle(organiser: PercorsoClient, app: Flask, tmp_path: Path) -> None:
    taught = TaughtCycle(1, code="CP-1")
    for given, family in (
        ("Ada", "D’Alò"), ("Ada", "D’Alò"), ("Ugo", "../../etc/passwd"),
        ("Eva", "=cmd|' /C calc'!A0"),
    ):  # fmt: skip
        taught.entitled(1, given_name=given, family_name=family)
    issue(app, taught)
    documents()
    revoked = certificates()[1]
    revoked.status = CertificateStatus.REVOKED
    db.session.commit()
    answer = organiser.get(f"/cicli/{taught.cycle.slug}/attestati/archivio.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="attestati-cp-1.zip"'
    packed, listed = read(answer)
    names = [name for name in packed.namelist() if name != archives.MANIFEST]
    assert len(set(names)) == len(names) == 4
    assert all(re.fullmatch(r"(non-piu-validi/)?[a-z0-9-]+\.pdf", name) for name in names)
    assert [row["File"] for row in listed] == names
    for row, one in zip(listed, certificates(), strict=True):
        assert row["Numero"] == one.serial
        assert row["SHA-256 del PDF"] == hashlib.sha256(packed.read(row["File"])).hexdigest()
        assert not row["Intestatario"].startswith("=")
        assert one.code in row["Verifica"]
    inside = {row["Numero"]: row["File"] for row in listed}
    assert inside[revoked.serial].startswith("non-piu-validi/")
    assert {row["Stato"] for row in listed} == {"Valido", "Revocato"}
    file = tmp_path / "archive.zip"
    file.write_bytes(answer.data)
    told = subprocess.run(["unzip", "-tq", str(file)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_what_has_no_pdf_is_listed_without_a_file(organiser: PercorsoClient, app: Flask) -> None:
    taught = TaughtCycle(1)
    taught.entitled(1)
    issue(app, taught)
    page = organiser.get(f"/cicli/{taught.cycle.slug}/attestati/archivio").text
    assert "0 PDF su 1" in page
    packed, (row,) = read(organiser.get(f"/cicli/{taught.cycle.slug}/attestati/archivio.zip"))
    assert packed.namelist() == [archives.MANIFEST]
    assert (row["File"], row["SHA-256 del PDF"]) == ("", "")


def test_the_archive_of_an_organisation_holds_its_people_only(
    organiser: PercorsoClient, app: Flask
) -> None:
    taught = TaughtCycle(1)
    body, other = factories.organisation("Comune di Prova"), factories.organisation("Altro ente")
    mine = taught.entitled(2, organisation=body)
    taught.entitled(1, organisation=other)
    issue(app, taught)
    documents()
    base = f"/cicli/{taught.cycle.slug}/attestati/archivio"
    page = organiser.get(base).text
    assert "Comune di Prova" in page
    assert f"ente={body.id}" in page
    assert "Altro ente" not in organiser.get(f"{base}?q=prova").text
    assert "Nessun ente corrisponde" in organiser.get(f"{base}?q=nessuno").text
    _packed, listed = read(organiser.get(f"{base}.zip?ente={body.id}"))
    theirs = db.session.scalars(
        select(Certificate.serial).where(Certificate.enrolment_id.in_([e.id for e in mine]))
    )
    assert {row["Numero"] for row in listed} == set(theirs)
    elsewhere = factories.organisation("Ente estraneo")
    for wrong in (str(elsewhere.id), "999999", "x", "1e9", "-1", "²"):
        assert organiser.get(f"{base}.zip?ente={wrong}").status_code == 404


@pytest.mark.one_database
def test_a_page_of_many_organisations_makes_few_queries(
    organiser: PercorsoClient, app: Flask
) -> None:
    taught = TaughtCycle(1)
    for number in range(26):
        taught.entitled(1, organisation=factories.organisation(f"Ente {number}"))
    issue(app, taught)
    path = f"/cicli/{taught.cycle.slug}/attestati/archivio"
    organiser.get(path)
    with statements() as sent:
        assert "page=2" in organiser.get(path).text
    assert len(sent) <= 8, "\n".join(sent)


def test_thousands_take_no_more_memory_than_a_few(app: Flask) -> None:
    taught = TaughtCycle(1)
    enrolment = taught.entitled(1)[0]
    assert isinstance(enrolment, Enrolment)
    issue(app, taught)
    documents(b"x" * 100_000)
    (entry,) = queries_archive.entries(taught.cycle.id, None)
    with app.test_request_context():
        tracemalloc.start()
        many = [replace(entry, serial=f"CP-{number:05}") for number in range(1_500)]
        size = sum(map(len, archives.archive(many)))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert size > 150_000_000
    assert peak < 12_000_000


def test_a_name_without_latin_letters_leaves_the_number(app: Flask) -> None:
    entry = queries_archive.Entry(
        1, "CP-1-00001", "", "Ελένη Παπά", "", CertificateStatus.VALID, 60, now().date(), now(),
        None, None,
    )  # fmt: skip
    assert archives.file_name(entry) == "cp-1-00001.pdf"


def test_headers_tell_sizes_so_that_no_reader_must_guess() -> None:
    packed = ZipStream()
    first = packed.add("a.pdf", b"%PDF" * 10)
    assert first[:4] == b"PK\x03\x04"
    assert first[6] & 0x08 == 0, "no data descriptor"
    assert int.from_bytes(first[18:22], "little") == 40
    whole = first + packed.add("b.txt", b"b" * 1000, packed=True) + packed.end()
    assert zipfile.ZipFile(io.BytesIO(whole)).read("b.txt") == b"b" * 1000
