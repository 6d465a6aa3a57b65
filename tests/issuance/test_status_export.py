"""The folder of statuses: it alone answers, and it holds nothing personal."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from certificates.statuses import check
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import actions, actions_life, status_export
from lms.issuance.models import Certificate
from tests.browser import assert_axe_clean, assert_no_overflow
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_archive import documents
from tests.issuance.test_issuing import certificates, issue


@pytest.fixture
def issued(app: Flask) -> list[Certificate]:
    """One valid, one revoked, one revoked and made valid again."""
    taught = TaughtCycle(1)
    taught.entitled(3, given_name="Ada", family_name="Riservata")
    issue(app, taught)
    documents()
    with app.test_request_context():
        for one in certificates()[1:]:
            actions.revoke(one, "Motivo riservato.", by=None)
        actions_life.restore(certificates()[2], "Ripensato.", by=None)
        db.session.commit()
    return list(certificates())


@pytest.fixture
def folder(app: Flask, issued: list[Certificate], tmp_path: Path) -> Path:
    made = tmp_path / "stati"
    with app.test_request_context():
        assert status_export.export(made) == 3
    return made


def checked(folder: Path, given: str) -> tuple[int, str]:
    """As anybody would, with the folder and Python alone."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "check.py", given],
        cwd=folder, capture_output=True, text=True, timeout=30, env={},
    )  # fmt: skip
    return done.returncode, done.stdout.strip()


def test_the_folder_alone_answers(folder: Path, issued: list[Certificate], tmp_path: Path) -> None:
    valid, revoked, again = issued
    assert checked(folder, valid.code) == (0, "valid")
    typed = " ".join(valid.code[i : i + 4] for i in range(0, 26, 4)).lower()
    assert check.judge(folder, typed) == (0, "valid")
    assert check.judge(folder, f"https://x.example/verifica/{valid.code}/") == (0, "valid")
    status, words = checked(folder, revoked.code)
    assert (status, words[:13]) == (1, "revoked on 20")
    assert check.judge(folder, again.code) == (0, "valid")
    assert checked(folder, "A" * 26) == (2, "unknown")
    assert check.judge(folder, "nonsense")[0] == 2
    file = tmp_path / "attestato.pdf"
    file.write_bytes(b"%PDF-1.7 " + valid.serial.encode())
    assert checked(folder, str(file)) == (0, "valid, and the file is unchanged")
    file.write_bytes(b"%PDF-1.7  " + valid.serial.encode())
    assert check.judge(folder, str(file))[0] == 2


def test_nothing_personal_is_within(folder: Path, issued: list[Certificate]) -> None:
    whole = "\n".join(
        file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()
    )
    for one in issued:
        for secret in (one.code, one.serial, one.holder_name, "Riservata", "riservato"):
            assert secret not in whole
    entries = [
        (key, entry)
        for file in (folder / "statuses").iterdir()
        for key, entry in json.loads(file.read_bytes()).items()
    ]
    assert len(entries) == 6, "a code and a PDF each"
    assert all(set(entry) <= {"status", "since"} for _key, entry in entries)
    assert len(list((folder / "statuses").iterdir())) == 256, "also the empty ones"


def test_a_tampered_or_incomplete_folder_answers_nothing(
    folder: Path, issued: list[Certificate]
) -> None:
    salt = json.loads((folder / "manifest.json").read_bytes())["salt"]
    shard = folder / check.shard_of(check.digest(salt, issued[1].code))
    shard.write_text(shard.read_text().replace("revoked", "valid"))
    status, words = checked(folder, issued[1].code)
    assert status == 3
    assert "cannot be used" in words
    shard.unlink()
    assert checked(folder, issued[1].code)[0] == 3


def test_renewed_in_place_and_never_over_something_else(
    app: Flask, folder: Path, issued: list[Certificate], tmp_path: Path
) -> None:
    with app.test_request_context():
        actions.revoke(issued[0], "Errore.", by=None)
        db.session.commit()
        status_export.export(folder)
        assert check.judge(folder, issued[0].code)[0] == 1
        other = tmp_path / "other"
        other.mkdir()
        (other / "thesis.txt").write_text("years of work")
        with pytest.raises(UserError):
            status_export.export(other)
    assert [file.name for file in other.iterdir()] == ["thesis.txt"]


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
def test_the_page_of_any_web_server_answers(
    served: str, page: Page, issued: list[Certificate]
) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(served)
    assert_no_overflow(page)
    assert_axe_clean(page)
    for code, words in (
        (issued[0].code, "Valido"), (issued[1].code, "Revocato il 20"), ("A" * 26, "Sconosciuto"),
    ):  # fmt: skip
        page.get_by_label("Codice di verifica").fill(code)
        page.get_by_role("button", name="Verifica").click()
        page.locator("#answer", has_text=words).wait_for()
    page.get_by_label("oppure il PDF").set_input_files(
        {
            "name": "a.pdf", "mimeType": "application/pdf",
            "buffer": b"%PDF-1.7 " + issued[0].serial.encode(),
        }
    )  # fmt: skip
    page.get_by_role("button", name="Verifica").click()
    page.locator("#answer", has_text="Valido").wait_for()
