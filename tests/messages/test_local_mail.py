"""The demonstration's mail lands on a page; outside the demonstration there is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from lms.config import Settings
from lms.extensions import db
from lms.messages.letters import Button, Letter
from lms.messages.models import MessageStatus
from tests.browser import assert_page_holds, serve
from tests.client import PercorsoClient
from tests.messages.scene import LETTER, posted, row, work


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as the demonstration, without a mail server."""
    settings: Settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, demo=True))
    return app


def test_mail_lands_on_the_page(demo: Flask, client: PercorsoClient) -> None:
    assert "Ancora nessun messaggio" in client.get("/dimostrazione/posta").text
    message_id = posted()
    work()
    assert row().status is MessageStatus.SENT
    listed = client.get("/dimostrazione/posta?q=CONFERMA").text
    assert "ada@example.org" in listed
    assert "Nessun messaggio corrisponde" in client.get("/dimostrazione/posta?q=niente").text
    shown = client.get(f"/dimostrazione/posta/{message_id}")
    assert LETTER.button is not None
    assert f'href="{LETTER.button.url}"' in shown.text
    assert "unico passo" in shown.text
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]


def test_the_html_is_shown_without_any_power(demo: Flask, client: PercorsoClient) -> None:
    message_id = posted(letter=Letter("Prova", ("<script>alert(1)</script>",)))
    work()
    db.session.commit()
    answer = client.http.get(f"/dimostrazione/posta/{message_id}/html")
    assert "&lt;script&gt;" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "script" not in policy
    assert "sandbox" in policy


@pytest.mark.browser
def test_it_can_be_read_in_a_browser(demo: Flask, page: Page) -> None:
    letter = Letter("Conferma", ("Una riga.",), Button("Apri", "https://example.it/" + "y" * 200))
    message_id = posted(letter=letter)
    work()
    db.session.remove()
    with serve(demo) as address:
        assert_page_holds(page, f"{address}/dimostrazione/posta")
        assert_page_holds(page, f"{address}/dimostrazione/posta/{message_id}")
        frame = page.frame_locator("iframe")
        colour = frame.locator("a.button").evaluate("e => getComputedStyle(e).backgroundColor")
        assert colour == "rgb(0, 102, 204)"  # its style is in force under the policy


def test_elsewhere_it_does_not_exist(app: Flask, client: PercorsoClient) -> None:
    message_id = posted()
    for path in ("", f"/{message_id}", f"/{message_id}/html"):
        assert client.get(f"/dimostrazione/posta{path}").status_code == 404


def test_with_a_mail_server_even_the_demonstration_keeps_nothing(
    demo: Flask, client: PercorsoClient, reach: object
) -> None:
    reach("smtp://127.0.0.1:9?tls=none")  # type: ignore[operator]
    assert client.get("/dimostrazione/posta").status_code == 404
