"""Keys that stay where they are: a signing service over HTTP, a token behind PKCS#11."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from certificates.keys import NoSignatureError
from certificates.seal_check import SealState, examine
from lms import jobs
from lms.config_seal import read_seal
from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.signers import RemoteSigner, TokenSigner
from tests.certificates.keepers import (
    LIBRARY,
    PIN,
    Service,
    certificate_file,
    make_token,
    signing_service,
)  # fmt: skip
from tests.certificates.keys import sealing_key
from tests.certificates.samples import press, sample
from tests.issuance.test_sealing import faults_of, set_seal, stored, waiting_certificate

__all__ = ["set_seal"]
pytestmark = pytest.mark.one_database  # nothing here is the database's
TOKEN = "parola del servizio"


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with signing_service() as service:
        yield service


@pytest.fixture
def service(running) -> Service:
    running.kind, running.answer = "rsa", "well"
    return running


def remote(service: Service, tmp_path) -> dict[str, str]:
    return {
        "LMS_SEAL_REMOTE_URL": service.url,
        "LMS_SEAL_PASSPHRASE": TOKEN,
        "LMS_SEAL_CERTIFICATE": str(certificate_file(service.kind, tmp_path)),
    }


def test_a_service_signs_what_is_issued_one_digest_each(app, service, tmp_path, set_seal) -> None:
    set_seal(remote(service, tmp_path))
    before = len(service.asked)
    waiting_certificate(app)
    jobs.run_until_empty()
    (pdf,) = stored()
    said = examine(pdf, [sealing_key("rsa")[1]])
    assert (said.state, said.trusted) == (SealState.INTACT, True)
    (asked,) = service.asked[before:]
    assert (asked["hash"], asked["mechanism"]) == ("sha256", "rsa-pkcs1-v1_5")
    assert service.tokens[-1] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("answer", ["wrongly", "refusing", "not at all"])
def test_without_a_signature_documents_wait(
    app, service, tmp_path, set_seal, caplog, answer
) -> None:
    service.answer, environ = answer, remote(service, tmp_path)
    if answer == "not at all":
        environ["LMS_SEAL_REMOTE_URL"] = "http://127.0.0.1:9/sign"
    set_seal(environ)
    waiting_certificate(app)
    jobs.run_until_empty()
    assert stored() == []
    job = db.session.query(Job).one()
    assert job.status is JobStatus.QUEUED, "waits, and is not given up"
    assert "gives no signature" in caplog.text or "no signature" in caplog.text
    assert TOKEN not in caplog.text


def test_p256_by_a_service(service, tmp_path) -> None:
    service.kind = "p-256"
    faults: list[str] = []
    seal = read_seal(remote(service, tmp_path), faults)
    assert seal is not None
    assert isinstance(seal.signer, RemoteSigner)
    assert examine(press().sealed(sample(), seal.signer)).state is SealState.INTACT
    assert service.asked[-1]["mechanism"] == "ecdsa"


@pytest.mark.skipif(not shutil.which("softhsm2-util"), reason="needs softhsm2")
def test_a_token_signs_and_hands_no_key_out(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", str(make_token(tmp_path, "rsa", "p-256")))
    environ = {
        "LMS_SEAL_PKCS11": str(LIBRARY), "LMS_SEAL_TOKEN": "Percorso", "LMS_SEAL_KEY": "rsa",
        "LMS_SEAL_PASSPHRASE": PIN, "LMS_SEAL_CERTIFICATE": str(certificate_file("rsa", tmp_path)),
    }  # fmt: skip

    def token_of(**changes: str) -> TokenSigner:
        seal = read_seal(environ | changes, [])
        assert seal is not None
        assert isinstance(seal.signer, TokenSigner)
        assert PIN not in repr(seal)
        return seal.signer

    wrong: dict[str, dict[str, str]] = {
        "PinIncorrect": {"LMS_SEAL_PASSPHRASE": "999999"}, "NoSuchToken": {"LMS_SEAL_TOKEN": "x"},
        "NoSuchKey": {"LMS_SEAL_KEY": "altra"}, "the token": {"LMS_SEAL_KEY": "p-256"},
    }  # fmt: skip
    for words, changes in wrong.items():
        with pytest.raises(NoSignatureError, match=words):
            token_of(**changes).sign(b"data")
    for kind in ("rsa", "p-256"):
        signer = token_of(
            LMS_SEAL_KEY=kind, LMS_SEAL_CERTIFICATE=str(certificate_file(kind, tmp_path))
        )
        said = examine(press().sealed(sample(), signer), [sealing_key(kind)[1]])
        assert (said.state, said.trusted) == (SealState.INTACT, True)


def test_what_is_wrong_is_told_at_start(tmp_path) -> None:
    file = str(certificate_file("rsa", tmp_path))
    far = {"LMS_SEAL_REMOTE_URL": "http://firma.example.it", "LMS_SEAL_CERTIFICATE": file}
    assert "must begin with https://" in faults_of(tmp_path, far)
    assert "LMS_SEAL_CERTIFICATE is not" in faults_of(
        tmp_path, {"LMS_SEAL_REMOTE_URL": "https://firma.example.it"}
    )
    both = {"LMS_SEAL_PKCS12": file, "LMS_SEAL_REMOTE_URL": "https://firma.example.it"}
    assert "the seal has one key" in faults_of(tmp_path, both)
    token = {"LMS_SEAL_PKCS11": "/nowhere.so", "LMS_SEAL_TOKEN": "t", "LMS_SEAL_KEY": "k"}
    assert "no such library" in faults_of(tmp_path, token | {"LMS_SEAL_CERTIFICATE": file})
    (tmp_path / "empty.pem").write_text("nothing", encoding="ascii")
    far |= {"LMS_SEAL_CERTIFICATE": str(tmp_path / "empty.pem")}
    far["LMS_SEAL_REMOTE_URL"] = "https://firma.example.it"
    assert "no certificates in PEM" in faults_of(tmp_path, far)
