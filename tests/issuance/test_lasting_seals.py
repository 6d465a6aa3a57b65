"""PAdES B-LT: what a check in years needs is in the file; a revoked key seals nothing."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509 import ocsp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from certificates.seal import apart, plain
from certificates.seal_check import SealState, examine
from lms import jobs
from lms.extensions import db
from lms.issuance import sealing
from lms.jobs import Job, JobStatus
from tests.certificates.authority import Authority, timestamp_authority
from tests.certificates.keys import certificate, key_of
from tests.issuance.test_sealing import faults_of, set_seal, stored, waiting_certificate
from tests.validator import CONFORMS, Validator

__all__ = ["set_seal"]
pytestmark = pytest.mark.one_database  # nothing here is the database's


@dataclass
class Lists:
    """An authority that publishes its revocation list over HTTP; a key under it."""

    url: str = ""
    key: object = field(default_factory=lambda: key_of("p-256"))
    revoked: list[int] = field(default_factory=list)
    asked: int = 0
    silent: bool = False

    def list(self) -> bytes:
        today = datetime.now(UTC)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.subject)
            .last_update(today - timedelta(hours=1))
            .next_update(today + timedelta(days=1))
        )
        for number in self.revoked:
            gone = x509.RevokedCertificateBuilder().serial_number(number)
            made = made.add_revoked_certificate(
                gone.revocation_date(today - timedelta(hours=2)).build()
            )
        return made.sign(self.key, SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]

    def answer(self, request: bytes) -> bytes:
        """What it answers (OCSP) whether a certificate is revoked."""
        asked = ocsp.load_der_ocsp_request(request)
        today = datetime.now(UTC)
        gone = asked.serial_number in self.revoked
        made = ocsp.OCSPResponseBuilder().add_response(
            self.answered, self.root, SHA1(),
            ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            today - timedelta(hours=1), today + timedelta(days=1),
            today - timedelta(hours=2) if gone else None, None,
        )  # fmt: skip
        made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)
        return made.sign(self.key, SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]

    def open(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/ca.crl"
        self.root = certificate(self.key, "Autorità di prova", authority=True)  # type: ignore[arg-type]
        self.own, self.content = self.under(crl=self.url)
        self.answered, self.answered_content = self.under(ocsp=f"http://127.0.0.1:{port}/ocsp")

    def under(self, **told_at: str) -> tuple[x509.Certificate, bytes]:
        """A key under it, whose certificate says where one hears of it; in PKCS#12."""
        key = key_of("p-256")
        own = certificate(key, "Ente di prova", issuer=(self.key, self.root), **told_at)  # type: ignore[arg-type]
        content = pkcs12.serialize_key_and_certificates(
            b"sigillo", key, own, [self.root], NoEncryption()
        )  # fmt: skip
        return own, content


@pytest.fixture(scope="module")
def lists() -> Iterator[Lists]:
    state = Lists()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(state.list(), "application/pkix-crl", 503 if state.silent else 200)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(state.answer(asked), "application/ocsp-response")

        def reply(self, body: bytes, kind: str, status: int = 200) -> None:
            state.asked += 1
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.open(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def stamps() -> Iterator[Authority]:
    with timestamp_authority() as running:
        yield running


@pytest.fixture
def environ(lists: Lists, stamps: Authority, tmp_path: Path) -> dict[str, str]:
    sealing._evidence.cache_clear()
    sealing._stamper.cache_clear()
    lists.revoked.clear()
    lists.asked, lists.silent, stamps.answer = 0, False, "well"
    (tmp_path / "seal.p12").write_bytes(lists.content)
    both = (lists.root, stamps.certificate)
    (tmp_path / "roots.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in both))
    return {
        "LMS_SEAL_PKCS12": str(tmp_path / "seal.p12"), "LMS_SEAL_TSA_URL": stamps.url,
        "LMS_SEAL_ROOTS": str(tmp_path / "roots.pem"),
    }  # fmt: skip


def says_pyhanko(pdf: bytes, *roots: x509.Certificate) -> bool:
    """Whether the file alone tells pyHanko that nobody on the way was revoked."""
    reader = PdfFileReader(io.BytesIO(pdf))
    given = {"trust_roots": [plain(one) for one in roots], "allow_fetching": False}
    store = DocumentSecurityStore.read_dss(reader)
    known = store.as_validation_context(given | {"revocation_mode": "require"})
    (signature,) = reader.embedded_regular_signatures
    status = apart(lambda: asyncio.run(async_validate_pdf_signature(signature, known)))
    return bool(status.bottom_line and status.modification_level.name == "NONE")


def test_years_later_it_is_checked_without_asking_anybody(
    app, environ, set_seal, lists, stamps
) -> None:
    set_seal(environ)
    waiting_certificate(app)
    waiting_certificate(app)
    jobs.run_until_empty()
    assert lists.asked == 1, "kept for both"
    for pdf in stored():
        said = examine(pdf, [lists.root])
        assert (said.state, said.lasting) == (SealState.INTACT, True)
        assert says_pyhanko(pdf, lists.root, stamps.certificate)
    assert len(stored()) == 2


def test_an_authority_that_answers_instead_of_listing(
    app, environ, set_seal, lists, stamps, caplog
) -> None:
    """OCSP: what it answered is in the file; whoever it says was revoked seals nothing."""
    Path(environ["LMS_SEAL_PKCS12"]).write_bytes(lists.answered_content)
    set_seal(environ)
    waiting_certificate(app)
    jobs.run_until_empty()
    (pdf,) = stored()
    said = examine(pdf, [lists.root])
    assert (said.state, said.lasting) == (SealState.INTACT, True)
    assert says_pyhanko(pdf, lists.root, stamps.certificate)
    assert b"/OCSPs" in pdf
    sealing._evidence.cache_clear()
    lists.revoked.append(lists.answered.serial_number)
    waiting_certificate(app)
    jobs.run_until_empty()
    assert len(stored()) == 1
    assert "no evidence" in caplog.text


@pytest.mark.parametrize("why", ["revoked", "silent"])
def test_who_was_revoked_or_may_have_been_seals_nothing(
    app, environ, set_seal, lists, why, caplog
) -> None:
    if why == "revoked":
        lists.revoked.append(lists.own.serial_number)
    lists.silent = why == "silent"
    set_seal(environ)
    waiting_certificate(app)
    jobs.run_until_empty()
    assert stored() == []
    job = db.session.query(Job).one()
    assert job.status is JobStatus.QUEUED
    assert "no evidence" in caplog.text
    lists.revoked.clear()
    lists.silent = False
    job.run_at = job.created_at
    db.session.commit()
    jobs.run_until_empty()
    assert len(stored()) == 1, "and later it does"


def test_roots_want_a_stamp_and_certificates(environ, tmp_path) -> None:
    del environ["LMS_SEAL_TSA_URL"]
    assert "only a stamped seal can last" in faults_of(tmp_path, environ)
    (tmp_path / "roots.pem").write_text("nothing", encoding="ascii")
    assert "no certificates in PEM" in faults_of(tmp_path, environ)


@pytest.mark.slow
def test_it_stays_pdf_a_and_pdf_ua(app, environ, set_seal, validator: Validator) -> None:
    set_seal(environ)
    waiting_certificate(app)
    jobs.run_until_empty()
    (pdf,) = stored()
    assert validator.failures(pdf) == CONFORMS
