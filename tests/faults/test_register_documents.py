"""A worker killed -9 while it makes the registers of a cycle: the next goes on where it was."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import jobs
from lms.attendance import actions_closing, actions_documents, queries_documents, queries_parts
from lms.attendance.models_paper import RegisterDocument, RegisterDocumentPart
from lms.config import PROJECT_ROOT
from lms.extensions import db
from tests import factories
from tests.attendance.scene import END, START, Scene
from tests.conftest import SECRET

TIMES = int(os.environ.get("FAULTS", "1"))
LESSONS = 2 * TIMES
# A worker whose parts are of three rows.
WORKER = (
    "from lms.attendance import printing; printing.ROWS_OF_A_PART = 3; "
    "from lms.cli import main; main()"
)


@contextmanager
def work(app: Flask, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker, ended whatever happens."""
    environ = {
        **os.environ, "LMS_ENV": "test", "LMS_DATA": str(folder), "LMS_SECRET_KEY": SECRET,
        "LMS_DATABASE_URL": app.config["SETTINGS"].database_url,
    }  # fmt: skip
    command = [sys.executable, "-c", WORKER, "worker"]
    with subprocess.Popen(command, env=environ, cwd=PROJECT_ROOT) as worker:
        try:
            yield worker
        finally:
            worker.kill()  # -9


Key = tuple[int, int, bool]


def kept() -> dict[Key, str]:
    """What is made of the document: section, position, whether it is whole → hash."""
    part = RegisterDocumentPart
    rows = db.session.execute(select(part.section, part.position, part.whole, part.pdf)).all()
    db.session.rollback()
    return {tuple(key): hashlib.sha256(pdf).hexdigest() for *key, pdf in rows}


def until(condition, patience: float = 120) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        db.session.rollback()
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)
    db.session.rollback()


@pytest.mark.slow
def test_it_goes_on_where_it_was_and_makes_one_document(app: Flask, tmp_path: Path) -> None:
    scene = Scene(*(f"Persona{number} Prova" for number in range(7)))
    for number in range(LESSONS):
        times = {"starts_at": START + timedelta(number), "ends_at": END + timedelta(number)}
        lesson = scene.lesson if number == 0 else factories.lesson(scene.module, **times)
        actions_closing.close_register(lesson, absent=True, leave_queue=True, by=None)
    db.session.commit()
    with app.test_request_context():
        document_id = actions_documents.ask_for_cycle(scene.cycle, "it", by=None).id
        db.session.commit()
    for stop in (1, 3 * LESSONS - 1):
        before = kept()
        with work(app, tmp_path):
            until(lambda stop=stop: queries_parts.parts_made(document_id) >= stop)
        after, whole = kept(), len(queries_parts.whole_ids(document_id))
        # What was there stayed as it was, or was joined: nothing is made twice.
        assert all(after[key] == before[key] for key in before.keys() & after.keys())
        assert len(before.keys() - after.keys()) <= 3 * whole
    made = queries_parts.parts_made(document_id)
    with work(app, tmp_path):
        until(lambda: queries_documents.of_document(document_id).ready)
    done = db.session.scalars(select(jobs.Job)).one()
    assert done.done == done.total == 3 * (LESSONS + 1) > made > 0
    (document,) = db.session.scalars(select(RegisterDocument)).all()
    with pikepdf.open(io.BytesIO(queries_documents.pdf_of(document.id))) as pdf:
        assert len(pdf.pages) == document.pages
        with pdf.open_outline() as outline:
            assert len(outline.root) == 1 + LESSONS
    assert db.session.scalar(select(func.count(RegisterDocumentPart.id))) == 0
