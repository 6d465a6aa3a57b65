"""`lms certificates issue` and `lms verify`, as real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from lms.config import PROJECT_ROOT
from lms.extensions import db
from lms.issuance import actions
from lms.issuance.models import CertificateDocument
from lms.jobs import Job, JobStatus
from tests.conftest import SECRET
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates


class Shell:
    """Runs `lms` on the test's database."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.environ = {
            **os.environ, "LMS_ENV": "test", "LMS_DATA": str(folder), "LMS_SECRET_KEY": SECRET,
            "LMS_DATABASE_URL": app.config["SETTINGS"].database_url,
            "LMS_PUBLIC_URL": "https://formazione.example.it",
        }  # fmt: skip

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        db.session.rollback()
        return subprocess.run(
            [sys.executable, "-m", "lms.cli", *map(str, arguments)],
            env=self.environ, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip


@pytest.fixture
def lms(app: Flask, tmp_path: Path) -> Shell:
    return Shell(app, tmp_path)


@pytest.mark.one_database
def test_issue_then_verify(app: Flask, lms: Shell, tmp_path: Path) -> None:
    taught = TaughtCycle(2, code="CP-3")
    taught.entitled(2)
    ran = lms("certificates", "issue", "CP-3")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["Certificates issued: 2", "Documents ready: 2 of 2"]
    assert db.session.query(Job).one().status is JobStatus.DONE
    row = certificates()[0]
    assert f"https://formazione.example.it/verifica/{row.code}" in row.snapshot
    again = lms("certificates", "issue", "CP-3")
    assert again.stdout.splitlines() == ["Certificates issued: 0", "Documents ready: 2 of 2"]

    pdf = db.session.get_one(CertificateDocument, row.id).pdf
    file = tmp_path / "attestato.pdf"
    file.write_bytes(pdf)
    valid = lms("verify", file)
    assert (valid.returncode, valid.stderr) == (0, "")
    assert valid.stdout.startswith(f"attestato.pdf: valid: certificate {row.serial}")

    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    file.write_bytes(changed)
    altered = lms("verify", file)
    assert altered.returncode == 1
    assert "altered" in altered.stdout
    assert row.serial in altered.stdout

    file.write_bytes(pdf)
    with app.test_request_context():
        actions.revoke(certificates()[0], "Errore", by=None)
        db.session.commit()
    revoked = lms("verify", file)
    assert revoked.returncode == 3
    assert "revoked on" in revoked.stdout


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "status", "word"),
    [
        (b"%PDF-1.4 somebody else's", 4, "unknown"),
        (b"not a PDF", 2, "unreadable"),
        (b"", 2, "unreadable"),
        (None, 2, "cannot be opened"),
    ],
)
def test_verify_other_files(
    lms: Shell, tmp_path: Path, content: bytes | None, status: int, word: str
) -> None:
    file = tmp_path / "file.pdf"
    if content is not None:
        file.write_bytes(content)
    ran = lms("verify", file)
    assert ran.returncode == status
    assert word in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.one_database
def test_issue_says_what_is_wrong(app: Flask, lms: Shell) -> None:
    missing = lms("certificates", "issue", "NONE")
    assert missing.returncode == 2
    assert "no cycle 'NONE'" in missing.stderr
    taught = TaughtCycle(2, code="CP-4", signatory_name="")
    taught.entitled(1)
    incomplete = lms("certificates", "issue", "CP-4")
    assert incomplete.returncode == 1
    assert "signatory" in incomplete.stderr
    assert certificates() == []
