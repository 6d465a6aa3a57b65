"""Nobody is asked for anything: no address somebody typed is ever fetched, no file opened.

Weaknesses 19, 20 and 21; ASVS 1.3.6 1.3.11. Markup that got past everything is refused by the
fetcher itself: tests/certificates/test_fetcher.py.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.attendance.models import ReportFile
from lms.extensions import db
from lms.issuance import actions
from lms.issuance.models import CertificateDocument
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.security.attack import Record
from tests.security.files import HEAD, ROW
from tests.world import World

SECRET = "nobody-reads-this-file"
OPENED_ALREADY = ("/usr", "/etc/fonts", "/var/cache/fontconfig", "/proc", "/dev", sys.prefix)


@pytest.mark.one_database
def test_the_whole_attack_reached_out_to_nobody(attacked: Record) -> None:
    """Lessons had joining links, people addresses, certificates were rendered: no connection."""
    assert attacked.connections == []


_heard: list[tuple[str, str]] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _heard is not None and event in {
        "open", "socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen",
        "os.exec", "os.system", "pickle.find_class",
    }:  # fmt: skip
        _heard.append((event, str(arguments[1] if event == "socket.connect" else arguments[0])))


sys.addaudithook(_hear)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """Every file opened, connection made and process started meanwhile."""
    global _heard
    _heard = []
    yield _heard
    _heard = None


@pytest.fixture
def web() -> Iterator[tuple[str, list[str]]]:
    """A listener on this machine that notes who comes, should it be from below Python."""
    visits: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                visits.append("somebody")
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", visits
        done.set()
        thread.join()


def test_a_certificate_with_hostile_texts_fetches_nothing(
    app: Flask, tmp_path: Path, heard: list[tuple[str, str]], web: tuple[str, list[str]]
) -> None:
    address, visits = web
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    track = factories.track(
        title=f'<img src="{address}/t.png">',
        issuer=f"</style><style>@import '{address}/i.css';",
        funding_statement=f'<link rel=attachment href="file://{secret}">\nurl({address}/f)',
    )
    taught = TaughtCycle(
        2, track=track, title=f'<object data="file://{secret}"></object>', place="{{ 7*7 }}",
        signatory_name=f"<script src={address}/s.js>", signatory_role=f"<base href={address}/>",
    )  # fmt: skip
    family_name = f'<iframe src="{address}/h">'
    person = factories.person(family_name=family_name, organisation=factories.organisation(
        f"<svg><image href='file://{secret}'/></svg>"))  # fmt: skip
    taught.attendee(120, 120, who=person)
    with app.test_request_context("/"):
        assert actions.issue(taught.cycle, by=None).count == 1
        db.session.commit()
    heard.clear()
    jobs.run_until_empty()
    assert visits == []
    reached = [what for what in heard if what[0] not in {"open"}]
    assert reached == []
    allowed = (str(Path(__file__).parents[2]), *OPENED_ALREADY)
    opened = {name for event, name in heard if event == "open" and name.startswith("/")}
    assert {
        name for name in opened if not name.startswith(allowed) and "sqlite" not in name
    } == set()
    assert str(secret) not in opened
    pdf = db.session.scalars(select(CertificateDocument.pdf)).one()
    assert SECRET.encode() not in pdf
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    assert "iframe" in "".join(text.split()), "the name is printed as it was typed"
    with pikepdf.open(BytesIO(pdf)) as document:
        assert list(document.attachments) == []
        assert "/JavaScript" not in document.Root.get("/Names", {})
        for page in document.pages:
            links = [a.A.URI for a in page.get("/Annots", []) if "/A" in a]
            assert all("/verifica/" in str(link) for link in links), links


def test_no_page_asks_the_network_while_it_is_made(
    app: Flask, heard: list[tuple[str, str]]
) -> None:
    world = World()
    client = PercorsoClient(app).sign_in(world.organiser)
    heard.clear()
    for path in ("/", "/persone", f"/cicli/{world.this.cycle.slug}", "/verifica", "/calendario"):
        assert client.get(path).status_code == 200
    assert [what for what in heard if what[0] != "open"] == []


def test_the_name_of_an_upload_names_no_file(app: Flask, heard: list[tuple[str, str]]) -> None:
    """ASVS 5.3.2: it is kept in a row and shown; no file is opened, here or above, by that name."""
    world = World()
    client = PercorsoClient(app).sign_in(world.organiser)
    path = f"/incontri/{world.this.second.id}/registro/report"
    heard.clear()
    for name in ("../../../tmp/probe-upload.csv", "/tmp/probe-upload.csv", "C:\\probe-upload.csv"):
        body = {"file": (BytesIO(HEAD + ROW + name.encode()), name)}
        assert client.post(path, body).status_code == 303
    assert [what for what in heard if "probe-upload" in what[1]] == []
    names = set(db.session.scalars(select(ReportFile.filename).where(ReportFile.size > 100)))
    assert "probe-upload.csv" in names


def test_an_import_evaluates_nothing(app: Flask, heard: list[tuple[str, str]]) -> None:
    """Weakness 18: reading a report looks up no class and runs no code from it."""
    import pickle

    from lms.attendance.readers import UnreadableReport, read_report

    for content in (pickle.dumps(print), b"__import__('os').system('id')", b"=cmd|' /C calc'!A0"):
        with pytest.raises(UnreadableReport):
            read_report(content, "report.csv")
    assert [what for what in heard if what[0] != "open"] == []
