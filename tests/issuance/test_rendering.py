"""Documents: the worker makes each once, whatever happens to it; the real PDF proves itself."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.config import PROJECT_ROOT
from lms.extensions import db
from lms.issuance import actions, queries, rendering
from lms.issuance.models import CertificateDocument
from lms.jobs import Job, JobStatus
from tests.conftest import SECRET
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates, issue


def documents() -> dict[int, CertificateDocument]:
    return {row.certificate_id: row for row in db.session.scalars(select(CertificateDocument))}


def test_the_job_makes_every_document_once(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(rendering.BATCH + 2)
    issued = issue(app, taught)
    heard: list[tuple[int, int]] = []
    with rendering.told(lambda done, total: heard.append((done, total))):
        assert jobs.run_until_empty() == 1
    total = rendering.BATCH + 2
    assert heard == [(rendering.BATCH, total), (total, total)]
    job = db.session.get_one(Job, issued.job_id)
    assert (job.status, job.done, job.total) == (JobStatus.DONE, total, total)
    found = documents()
    assert found.keys() == {row.id for row in certificates()}
    for row in found.values():
        assert row.pdf.startswith(b"%PDF-")
        assert (row.size, row.sha256) == (len(row.pdf), hashlib.sha256(row.pdf).hexdigest())


def test_a_job_that_runs_again_changes_nothing(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(2)
    issued = issue(app, taught)
    jobs.run_until_empty()
    before = {key: row.sha256 for key, row in documents().items()}
    db.session.expunge_all()
    rendering.prepare_documents(db.session.get_one(Job, issued.job_id))
    db.session.commit()
    assert {key: row.sha256 for key, row in documents().items()} == before


def test_one_that_cannot_be_made_does_not_keep_the_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = TaughtCycle()
    taught.entitled(3)
    issued = issue(app, taught)
    bad, *good = certificates()
    real = rendering._press()

    class Failing:
        def render(self, data):
            if data.serial == bad.serial:
                raise ValueError("on purpose")
            return real.render(data)

    monkeypatch.setattr(rendering, "_press", Failing)
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    jobs.run_until_empty()
    assert documents().keys() == {row.id for row in good}
    job = db.session.get_one(Job, issued.job_id)
    assert job.status is JobStatus.FAILED
    assert "1 of 3" in (job.error or "")
    state = queries.preparation(taught.cycle.id)
    assert (state.done, state.total, state.failed, state.running) == (2, 3, True, False)
    monkeypatch.undo()
    with app.test_request_context():
        again = actions.prepare_again(taught.cycle, by=None)
        assert again is not None
        assert actions.prepare_again(taught.cycle, by=None) is None  # somebody is at it already
        db.session.commit()
    jobs.run_until_empty()
    assert len(documents()) == 3
    assert not queries.preparation(taught.cycle.id).failed


def test_the_paper_leads_back_to_its_verification(app: Flask) -> None:
    taught = TaughtCycle()
    taught.entitled(1)
    issue(app, taught)
    jobs.run_until_empty()
    row = certificates()[0]
    page = pypdfium2.PdfDocument(io.BytesIO(documents()[row.id].pdf))[0]
    codes = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert [code.text for code in codes] == [f"http://localhost/verifica/{row.code}"]
    words = page.get_textpage().get_text_range()
    assert row.holder_name in words
    assert row.serial in words


@pytest.mark.slow
def test_a_worker_killed_again_and_again_makes_each_document_once(app: Flask, tmp_path) -> None:
    taught = TaughtCycle()
    count = 6 * rendering.BATCH
    for _ in range(count // 8):
        taught.entitled(7)
        taught.entitled(1, given_name="Ada #")  # no plate has this sign: each batch takes a while
    issue(app, taught)
    expected = {row.id for row in certificates()}
    environ = {
        **os.environ, "LMS_ENV": "test", "LMS_DATA": str(tmp_path), "LMS_SECRET_KEY": SECRET,
        "LMS_DATABASE_URL": app.config["SETTINGS"].database_url,
    }  # fmt: skip
    kills = 0
    deadline = time.monotonic() + 240
    while len(documents()) < count and time.monotonic() < deadline:
        had = len(documents())
        db.session.rollback()
        with subprocess.Popen(
            [sys.executable, "-m", "lms.cli", "worker"], env=environ, cwd=PROJECT_ROOT
        ) as worker:
            wait_for(lambda had=had: len(documents()) > had, deadline)
            if kills < 5:
                time.sleep(0.004 * kills)  # in the middle of a batch, each time elsewhere
                worker.send_signal(signal.SIGKILL)
                kills += 1
            else:
                wait_for(lambda: len(documents()) == count, deadline)
                worker.send_signal(signal.SIGTERM)
    assert kills >= 3, "it was over before it could be killed"
    found = documents()
    assert found.keys() == expected
    assert len({row.sha256 for row in found.values()}) == count


def wait_for(condition, deadline: float) -> None:
    while True:
        db.session.rollback()
        if condition() or time.monotonic() > deadline:
            db.session.rollback()
            return
        db.session.rollback()
        time.sleep(0.01)
