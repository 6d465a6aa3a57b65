"""Certificates sealed by the settings: with a real timestamp authority on loopback, or waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from certificates.seal_check import SealState, examine
from lms import jobs
from lms.config import ConfigError, Settings
from lms.config_seal import SealSettings, read_seal
from lms.extensions import db
from lms.issuance.models import CertificateDocument
from lms.jobs import Job, JobStatus
from tests.certificates.authority import Authority, timestamp_authority
from tests.certificates.keys import PASSPHRASE, sealing_key
from tests.conftest import make_settings
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import issue


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with timestamp_authority() as running:
        yield running


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str]:
    """The environment of a seal."""
    file = tmp_path / "seal.p12"
    file.write_bytes(sealing_key()[0])
    return {"LMS_SEAL_PKCS12": str(file), "LMS_SEAL_PASSPHRASE": PASSPHRASE}


@pytest.fixture
def set_seal(app: Flask) -> Iterator[Callable[[dict[str, str]], SealSettings]]:
    plain: Settings = app.config["SETTINGS"]

    def set_to(environ: dict[str, str]) -> SealSettings:
        faults: list[str] = []
        seal = read_seal(environ, faults)
        assert faults == []
        assert seal is not None
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], seal=seal)
        return seal

    yield set_to
    app.config["SETTINGS"] = plain


def waiting_certificate(app: Flask) -> None:
    taught = TaughtCycle(1)
    taught.entitled(1)
    issue(app, taught)


def stored() -> list[bytes]:
    db.session.expire_all()
    return [row.pdf for row in db.session.query(CertificateDocument)]


def test_with_a_key_documents_are_sealed_and_stamped(app, given, set_seal, authority) -> None:
    set_seal(given | {"LMS_SEAL_TSA_URL": authority.url})
    authority.answer, before = "well", authority.asked
    waiting_certificate(app)
    jobs.run_until_empty()
    (pdf,) = stored()
    said = examine(pdf, [sealing_key()[1]])
    assert (said.state, said.trusted) == (SealState.INTACT, True)
    assert said.stamped_at is not None
    assert authority.asked - before == 1, "one stamp a certificate"


def test_without_a_key_they_are_not(app) -> None:
    waiting_certificate(app)
    jobs.run_until_empty()
    (pdf,) = stored()
    assert examine(pdf).state is SealState.NONE


@pytest.mark.parametrize("answer", ["wrongly", "badly", "refusing", "not at all"])
def test_without_a_stamp_documents_wait_and_come_later(
    app, given, set_seal, authority, answer, caplog
) -> None:
    url = authority.url.replace("http://", "http://user@")
    authority.answer = answer
    if answer == "not at all":
        url = "http://127.0.0.1:9/tsa"
    set_seal(given | {"LMS_SEAL_TSA_URL": url})
    waiting_certificate(app)
    jobs.run_until_empty()
    assert stored() == []
    job = db.session.query(Job).one()
    assert job.status is JobStatus.QUEUED, "waits, and is not given up"
    assert PASSPHRASE not in caplog.text
    authority.answer = "well"
    set_seal(given | {"LMS_SEAL_TSA_URL": authority.url})
    job.run_at = job.created_at
    db.session.commit()
    jobs.run_until_empty()
    assert len(stored()) == 1


def test_a_certificate_out_of_its_time_seals_nothing(app, given, set_seal, tmp_path) -> None:
    (tmp_path / "seal.p12").write_bytes(sealing_key("p-256", -1)[0])
    set_seal(given)
    waiting_certificate(app)
    jobs.run_until_empty()
    assert stored() == []


def faults_of(tmp_path: Path, environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        make_settings(tmp_path, **environ)
    return str(refused.value)


def test_what_is_wrong_is_told_at_start_without_secrets(given, tmp_path) -> None:
    made = make_settings(tmp_path, **given)
    assert made.seal is not None
    assert PASSPHRASE not in repr(made)
    wrong = given | {"LMS_SEAL_PASSPHRASE": "segreto sbagliato"}
    told = faults_of(tmp_path, wrong)
    assert "the passphrase is wrong" in told
    assert "segreto sbagliato" not in told
    assert "cannot be read" in faults_of(tmp_path, given | {"LMS_SEAL_PKCS12": "/nowhere.p12"})
    assert "names no key" in faults_of(tmp_path, {"LMS_SEAL_PASSPHRASE": "x"})
    twice = given | {"LMS_SEAL_PASSPHRASE_FILE": "/nowhere"}
    assert "give the passphrase once" in faults_of(tmp_path, twice)
    for url in ("tsa.example.it", "ftp://tsa.example.it", "http://"):
        assert "must look like" in faults_of(tmp_path, given | {"LMS_SEAL_TSA_URL": url})
    open_password = given | {"LMS_SEAL_TSA_URL": "http://u:segretissimo@tsa.example.it"}
    told = faults_of(tmp_path, open_password)
    assert "https://" in told
    assert "segretissimo" not in told


def test_the_passphrase_may_stand_in_a_file(given, tmp_path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    del given["LMS_SEAL_PASSPHRASE"]
    assert make_settings(tmp_path, LMS_SEAL_PASSPHRASE_FILE=str(file), **given).seal is not None
    authority = make_settings(
        tmp_path, LMS_SEAL_PASSPHRASE_FILE=str(file), **given,
        LMS_SEAL_TSA_URL="https://ente:p%40rola@tsa.example.it/tsa",
    ).seal.authority  # fmt: skip
    assert (authority.url, authority.auth) == ("https://tsa.example.it/tsa", ("ente", "p@rola"))
    assert "rola" not in repr(authority)
