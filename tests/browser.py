"""A real Chromium for tests, and what every page must stand in it.

Fixtures: `browser` (one a session) and `page` (a fresh context at 1280 px, everything the console
or the Content-Security-Policy complains of fails the test that asked for it).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from werkzeug.serving import make_server

from lms.extensions import db
from tests.servers import missing

AXE = Path(__file__).parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 700}
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Quiet: without these a closed network refuses Chromium's own look-ups, many at a time.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OVERFLOW = """() => {
  const edge = document.documentElement.clientWidth;
  const kept = (element) => {
    for (let e = element; e && e !== document.documentElement; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.visibility === "hidden" || style.clipPath === "inset(50%)" ||
          style.clip === "rect(0px, 0px, 0px, 0px)") return true;
      if (e !== element && e !== document.body && /auto|scroll/.test(style.overflowX)) return true;
    }
    return false;
  };
  return [...document.body.querySelectorAll("*")].filter((element) => !element.ownerSVGElement)
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.right > edge + 0.5 || box.left < -0.5) && !kept(e))
    .map(([e, box]) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}"> ` +
      `from ${Math.round(box.left)} to ${Math.round(box.right)} px of ${edge}`);
}"""


expect.set_options(timeout=20_000)  # a machine with other work is slow, not wrong


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole session."""
    executable = next((path for name in NAMES if (path := shutil.which(name))), None)
    if executable is None:
        missing("Chromium (apt-get install chromium)")
    if not AXE.exists():
        missing("axe-core (make setup installs it for the tests)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser window; at the end nothing may have been refused or gone wrong in it."""
    with window(browser) as opened:
        yield opened


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Page]:
    """A fresh context and page; `options` as for Playwright's `new_context`."""
    context = browser.new_context(**{"viewport": WIDE, "locale": "it-IT", **options})
    opened = context.new_page()
    complaints = collect_complaints(opened)
    try:
        yield opened
        assert not complaints, "the browser complained:\n" + "\n".join(complaints)
    finally:
        context.close()


def collect_complaints(page: Page) -> list[str]:
    """A list that fills with errors of the console, of scripts and of the policy as they happen.

    Chromium also logs every answer of 400 and above as an error; those are pages of ours.
    """
    complaints: list[str] = []

    def _console(message: Any) -> None:
        own_error_page = message.text.startswith("Failed to load resource: the server responded")
        asset = "/static/" in str(message.location)
        if message.type == "error" and (asset or not own_error_page):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", _console)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    return complaints


def turn(locator: Locator) -> None:
    """Click what leads to another page, and wait until that page stands there whole."""
    with locator.page.expect_navigation():
        locator.click()


def assert_no_overflow(page: Page) -> None:
    """Nothing visible stands beyond the edges of the window (axe does not see this)."""
    page.wait_for_load_state()
    found = page.evaluate(OVERFLOW)
    assert not found, f"{page.url} overflows:\n" + "\n".join(found[:20])


def assert_axe_clean(page: Page) -> None:
    """axe-core finds nothing against WCAG 2.2 AA, nor against its best practice."""
    page.wait_for_load_state()
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES
    )
    told = [
        f"{v['id']} ({v['impact']}): {v['help']}\n"
        + "\n".join(f"    {n['html'][:160]}\n    {n['failureSummary']}" for n in v["nodes"][:4])
        for v in result["violations"]
    ]
    assert not told, f"{page.url}, axe:\n" + "\n".join(told)


def assert_page_holds(page: Page, url: str, *, look: Callable[[str], None] | None = None) -> None:
    """Open `url` at 1280 and at 320 px: no overflow, axe silent. `look` is told each width."""
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(url)
        assert_no_overflow(page)
        assert_axe_clean(page)
        if look:
            look(str(size["width"]))


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """The application on a free port of loopback, in a thread; gives its address.

    What the test itself read ends first: an open transaction would hold SQLite's write lock.
    """
    if has_app_context():
        db.session.rollback()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
