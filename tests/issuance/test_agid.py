"""Metadata for protocol and conservation: true, for whoever may have the PDF, in the archive."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest
from flask import Flask

from lms.clock import ROME, now
from lms.config import Settings
from lms.config_body import PublicBody
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument
from tests import factories
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue
from tests.issuance.test_sealing import faults_of

BODY = PublicBody("c_prova", "AOO-1", "protocollo@pec.prova.it")
PDF = b"%PDF-1.7 of the test"


@pytest.fixture
def owned(app: Flask) -> Iterator[None]:
    """The settings name the administration."""
    plain: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(plain, body=BODY)
    yield
    app.config["SETTINGS"] = plain


@pytest.fixture
def issued(app: Flask) -> Certificate:
    taught = TaughtCycle(title="Patti & <collaborazione>")
    taught.entitled(1, given_name="Zoë", family_name="D’Alò De Luca")
    issue(app, taught)
    [one] = certificates()
    db.session.add(
        CertificateDocument(
            certificate_id=one.id, pdf=PDF, sha256=hashlib.sha256(PDF).hexdigest(), size=len(PDF),
            rendered_at=now(), sealed_by="Ente di prova", stamped_at=None,
        )
    )  # fmt: skip
    db.session.commit()
    return one


def read(content: bytes) -> dict[str, str]:
    """Text by path; the names of subjects stand in the path."""
    found: dict[str, str] = {}

    def walk(element: Xml.Element, path: str) -> None:
        for child in element:
            walk(child, f"{path}/{child.tag}")
        if not len(element):
            found[path] = element.text or ""

    walk(Xml.fromstring(content), "")
    return found


def test_it_says_what_the_document_is(client, issued, owned) -> None:
    client.sign_in(factories.organiser())
    answer = client.get(f"/attestati/{issued.id}.xml")
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    assert answer.headers["Content-Disposition"].endswith('.xml"')
    said = read(answer.data)
    digest = said["/IdDoc/ImprontaCrittograficaDelDocumento/Impronta"]
    assert base64.b64decode(digest) == hashlib.sha256(PDF).digest()
    assert said["/IdDoc/Identificativo"] == issued.code
    register = "/DatiDiRegistrazione/TipoRegistro/Repertorio_Registro"
    assert said[f"{register}/NumeroRegistrazioneDocumento"] == issued.serial
    day = issued.issued_at.astimezone(ROME).date().isoformat()
    assert said[f"{register}/DataRegistrazioneDocumento"] == day
    assert said["/Soggetti/Ruolo/Destinatario/PF/Cognome"] == "D’Alò De Luca"
    assert said["/Soggetti/Ruolo/Destinatario/PF/Nome"] == "Zoë"
    assert said["/Soggetti/Ruolo/Autore/PAI/IPAAmm/CodiceIPA"] == "c_prova"
    assert said["/Soggetti/Ruolo/Autore/PAI/IndirizziDigitaliDiRiferimento"] == BODY.address
    assert "Patti & <collaborazione>" in said["/ChiaveDescrittiva/Oggetto"]
    assert said["/Verifica/SigillatoElettronicamente"] == "true"
    assert said["/Verifica/MarcaturaTemporale"] == "false"
    assert said["/ModalitaDiFormazione"].startswith("generazione o raggruppamento")


def test_whoever_has_the_pdf_has_its_metadata(client, issued, owned) -> None:
    address = f"/attestati/{issued.id}.xml"
    assert client.get(address).status_code in {302, 303, 401, 404}
    client.sign_in(issued.enrolment.person)
    assert client.get(address).status_code == 200
    client.sign_in(factories.person())
    assert client.get(address).status_code == 404


def test_without_a_name_for_the_administration_there_are_none(client, issued) -> None:
    client.sign_in(factories.organiser())
    refused = client.get(f"/attestati/{issued.id}.xml")
    assert refused.status_code == 409
    assert "I metadati non sono predisposti su questo sito" in refused.text
    assert "Metadati" not in client.get(f"/attestati/{issued.id}").text


def test_what_is_not_made_yet_has_none(app, client, issued, owned) -> None:
    client.sign_in(factories.organiser())
    assert "Metadati (AgID)" in client.get(f"/attestati/{issued.id}").text
    other = TaughtCycle()
    other.entitled(1)
    issue(app, other)
    [bare] = [one for one in certificates() if one.id != issued.id]
    refused = client.get(f"/attestati/{bare.id}.xml")
    assert refused.status_code == 409
    assert "in preparazione" in refused.text


def test_the_archive_has_them_beside_the_pdfs(client, issued, owned) -> None:
    client.sign_in(factories.organiser())
    answer = client.get(f"/cicli/{issued.cycle.slug}/attestati/archivio.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    pdf, xml, table = packed.namelist()
    assert xml == pdf.removesuffix(".pdf") + ".xml"
    assert read(packed.read(xml))["/IdDoc/Identificativo"] == issued.code
    listed = packed.read(table).decode("utf-8-sig").splitlines()
    assert listed[0].endswith(";Metadati")
    assert listed[1].endswith(";" + xml)


def test_settings_go_together(tmp_path) -> None:
    assert "go together" in faults_of(tmp_path, {"LMS_IPA_CODE": "c_prova"})
    three = {"LMS_IPA_CODE": "c_prova", "LMS_IPA_AOO": "A1", "LMS_DIGITAL_ADDRESS": "nowhere"}
    assert "not of its form" in faults_of(tmp_path, three)
