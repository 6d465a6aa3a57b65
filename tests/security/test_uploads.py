"""Hostile files and bodies: a clear page in time, and nothing left behind.

Weaknesses 18 and 29, promise S3; ASVS 1.5.1 5.2.1 5.2.2 5.2.3 5.3.2.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from tests.html import check_page
from tests.security.files import FILES, HEAD, MEGABYTE, ROW
from tests.security.pages import plain
from tests.security.reading import forms_of
from tests.security.rehearsal import Stage

pytestmark = pytest.mark.one_database  # what a file may be is judged before any database

SECONDS = 2.0
MEMORY_KB = 256 * 1024
REPORT, LIST, VERIFY = "attendance.upload_report", "enrolment.paste", "issuance.verify_start"
PAGES = {
    REPORT: "/incontri/1/registro/report",
    LIST: "/cicli/ciclo-questo/iscritti/elenco",
    VERIFY: "/verifica",
}
# Text of any kind may be a list of people: its lines are shown as wrong, and nothing is saved.
LOOKED_AT = {
    (LIST, "a picture with a script"), (LIST, "a page"), (LIST, "entities"),
    (VERIFY, "metadata without end"), (VERIFY, "metadata over and over"), (VERIFY, "a broken PDF"),
}  # fmt: skip


def upload(stage: Stage, endpoint: str, content: bytes, name: str) -> tuple[TestResponse, float]:
    """The answer to a file sent by its form, and the seconds of work it took."""
    site, page = stage.site, PAGES[endpoint]
    html = plain(site.browser("organiser"), page).text
    form = next(
        one
        for one in forms_of(html, page, "organiser", site.app)
        if any(control.kind == "file" for control in one.controls)
    )
    pairs = form.pairs(lambda control: [(content, name)] if control.kind == "file" else None)
    body = {key: (BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for key, v in pairs}
    begun = time.process_time()
    response = stage.site.browser(form.actor).http.post(form.action, data=body)
    seconds = time.process_time() - begun
    if response.status_code != 303 and len(response.text) < MEGABYTE // 4:
        check_page(response.text, path=form.action)
    return response, seconds


@pytest.mark.parametrize(("what", "name", "made"), FILES, ids=[what for what, *_rest in FILES])
def test_a_hostile_file_gives_a_clear_page_in_time(
    stage: Stage, what: str, name: str, made: Callable[[], bytes]
) -> None:
    content = made()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for endpoint in (REPORT, LIST, VERIFY):
        response, seconds = upload(stage, endpoint, content, name)
        if (endpoint, what) in LOOKED_AT:
            assert response.status_code == 200, endpoint
        else:
            assert response.status_code == 422, endpoint
            assert "pc-error-summary" in response.text, f"{endpoint} does not say what is wrong"
        assert seconds < SECONDS, f"{endpoint} worked for {seconds:.1f} s"
        assert not stage.taken.changed(), endpoint
        assert "<x-probe" not in response.text
        assert "Traceback" not in response.text
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MEMORY_KB, f"{grown} KB more"


@pytest.mark.parametrize("endpoint", [REPORT, LIST, VERIFY])
def test_a_file_beyond_the_limit_is_turned_away(stage: Stage, endpoint: str) -> None:
    limit = stage.site.app.config["MAX_CONTENT_LENGTH"]
    response, seconds = upload(stage, endpoint, b"a" * (limit + 1), "report.csv")
    assert response.status_code == 413
    assert f"{limit // MEGABYTE} MB" in response.text
    assert seconds < SECONDS
    assert not stage.taken.changed()


def test_a_good_file_is_taken(stage: Stage) -> None:
    """Or the tests above would praise a form that refuses everything."""
    response, _seconds = upload(stage, REPORT, HEAD + ROW, "report.csv")
    assert response.status_code == 303
    assert stage.taken.changed()


def _fields(count: int) -> dict[str, str]:
    return {f"f{number}": "x" for number in range(count)}


def test_a_body_of_too_many_parts_is_turned_away(stage: Stage) -> None:
    client = stage.site.browser("organiser")
    for count, status in ((19_900, 422), (20_100, 413)):
        body = {**_fields(count), "csrf_token": client.token(), "file": (BytesIO(b""), "a.csv")}
        begun = time.process_time()
        response = client.http.post("/incontri/1/registro/report", data=body)
        assert response.status_code == status, count
        assert time.process_time() - begun < 2 * SECONDS  # the test client's own share included
        assert not stage.taken.changed()


def test_a_part_without_end_is_turned_away(stage: Stage) -> None:
    client = stage.site.browser("organiser")
    for kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        body = {"csrf_token": client.token(), "people": "x" * (2 * MEGABYTE + 1)}
        response = client.http.post(
            "/cicli/ciclo-questo/iscritti/elenco", data=body, content_type=kind
        )
        assert response.status_code == 413, kind
        assert not stage.taken.changed()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na"),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 50_000),
        ("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n" + b"C: d\r\n" * 100_000),
        ("multipart/form-data; boundary=x", b"\r\n" * MEGABYTE),
        ("application/x-www-form-urlencoded", b"a=1&" * 400_000),
        ("application/x-www-form-urlencoded", b"%" * MEGABYTE),
        ("application/x-www-form-urlencoded", b"a=1&" * 3 * MEGABYTE),
        ("application/json", b"[" * MEGABYTE),
        ("text/xml", b"<a>" * 1000),
        ("", b"\0" * 1000),
    ],
)
def test_a_broken_body_is_no_fault(stage: Stage, kind: str, body: bytes) -> None:
    client = stage.site.browser("organiser")
    begun = time.process_time()
    response = client.http.post("/incontri/1/registro/report", data=body, content_type=kind)
    assert response.status_code in {400, 413}
    assert time.process_time() - begun < SECONDS
    assert not stage.taken.changed()
