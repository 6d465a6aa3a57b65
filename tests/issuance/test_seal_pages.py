"""Who sealed, told where certificates are verified; how the seal stands, told to administrators."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo

from lms.cli.certificates import verify
from lms.extensions import db
from lms.issuance.models import CertificateDocument
from lms.issuance.seal_state import Trouble, seal_state
from tests import factories
from tests.certificates.keepers import certificate_file
from tests.certificates.keys import PASSPHRASE, sealing_key
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue
from tests.issuance.test_sealing import given, set_seal
from tests.issuance.test_verification import with_document

__all__ = ["given", "set_seal"]


@pytest.fixture
def administrator(client):
    return client.sign_in(factories.administrator())


def test_verification_says_who_sealed(app, client, given, set_seal) -> None:
    set_seal(given)
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    [one] = certificates()
    assert "sigillo" not in client.get(f"/verifica/{one.code}").text
    with_document(app, one)
    words = "Il PDF porta il sigillo elettronico di Ente di prova, senza marca temporale."
    assert words in client.get(f"/verifica/{one.code}").text
    client.sign_in(factories.organiser())
    assert "di Ente di prova, senza marca temporale" in client.get(f"/attestati/{one.id}").text


def test_verification_says_when_it_was_stamped(app, client) -> None:

    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    [one] = certificates()
    db.session.add(
        CertificateDocument(
            certificate_id=one.id, pdf=b"%PDF", sha256="a" * 64, size=4,
            rendered_at=datetime(2026, 5, 2, tzinfo=UTC), sealed_by="Ente <di> prova",
            stamped_at=datetime(2026, 5, 2, 8, 30, tzinfo=UTC),
        )
    )  # fmt: skip
    db.session.commit()
    page = client.get(f"/verifica/{one.code}").text
    assert "Ente &lt;di&gt; prova; una marca temporale ne attesta l’istante" in page
    assert "2 maggio 2026" in page


def test_the_command_says_who_sealed(app, given, set_seal, tmp_path: Path) -> None:
    set_seal(given)
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    file = tmp_path / "attestato.pdf"
    file.write_bytes(with_document(app, certificates()[0]))
    shell, given_app = CliRunner(), ScriptInfo(create_app=lambda: app)
    told = copy_context().run(shell.invoke, verify, [str(file)], obj=given_app)
    assert told.exit_code == 0
    words = "the seal is intact: Ente di prova, without a timestamp (by the key set here)."
    assert words in told.output


def test_the_page_says_how_the_seal_stands(administrator, given, set_seal) -> None:
    assert "Gli attestati non sono sigillati" in administrator.get("/sigillo").text
    assert administrator.post("/sigillo/prova").status_code == 409
    set_seal(given)
    page = administrator.get("/sigillo").text
    for words in ("Ente di prova", "Autorità di prova", "in un file su questa macchina"):
        assert words in page
    assert PASSPHRASE not in page
    answer = administrator.post("/sigillo/prova")
    assert answer.status_code == 303
    assert "la sua firma è valida" in administrator.get("/sigillo").text


def test_a_key_that_does_not_answer_is_told(administrator, set_seal, tmp_path) -> None:
    set_seal(
        {
            "LMS_SEAL_REMOTE_URL": "http://127.0.0.1:9/sign",
            "LMS_SEAL_CERTIFICATE": str(certificate_file("p-256", tmp_path)),
        }
    )
    assert "da un servizio di firma" in administrator.get("/sigillo").text
    administrator.post("/sigillo/prova")
    assert "La chiave non dà alcuna firma" in administrator.get("/sigillo").text


@pytest.mark.parametrize(
    ("days", "trouble", "words"),
    [(90, None, ""), (30, Trouble.SOON, "sta per scadere"), (-1, Trouble.EXPIRED, "è scaduto")],
)
def test_administrators_and_organisers_are_warned(
    administrator, given, set_seal, tmp_path: Path, days, trouble, words
) -> None:
    (tmp_path / "seal.p12").write_bytes(sealing_key("p-256", days)[0])
    set_seal(given)
    state = seal_state()
    assert state is not None
    assert state.trouble is trouble
    slug = TaughtCycle().cycle.slug
    for address in ("/lavori", "/sigillo", f"/cicli/{slug}/attestati"):
        page = administrator.get(address).text
        assert (words in page) if words else ("Il sigillo s" not in page.replace("sugli", ""))
