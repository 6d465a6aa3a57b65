"""Nothing but the layout's own files is ever fetched, even if hostile markup got into the page.

Each probe is run twice: with WeasyPrint's own fetcher, where it must reach its target (else the
probe proves nothing), and with ours, where it must be refused and reach nobody.
"""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from certificates import render
from certificates.fetcher import LayoutFetcher, Refused, Resource
from certificates.render import Renderer, RenderError, layout_resources
from tests.certificates.samples import sample

SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
PROBES = {
    "img file": '<img src="file://{folder}/secret.svg">',
    "img http": '<img src="{web}/a.svg">',
    "img data": '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
    "img redirect": '<img src="{web}/redirect">',
    "img with a relative name": '<img src="secret.svg">',
    "base": '<base href="{web}/"><img src="a.svg">',
    "object": '<object data="file://{folder}/secret.svg"></object>',
    "embed": '<embed src="{web}/a.svg">',
    "stylesheet": '<link rel="stylesheet" href="{web}/a.css">',
    "@import": '<style>@import "{web}/a.css";</style>',
    "@import file": "<style>@import url(file://{folder}/secret.css);</style>",
    "background": '<p style="background: url({web}/a.svg)">a</p>',
    "list image": '<ul style="list-style-image: url({web}/a.svg)"><li>a</ul>',
    "content": "<style>p::before {{ content: url(file://{folder}/secret.svg) }}</style><p>a",
    "border image": '<p style="border: 1px solid; border-image: url({web}/a.svg) 1">a</p>',
    "font": "<style>@font-face {{ font-family: a; src: url({web}/a.ttf) }}</style>",
    "colour profile": "<style>@color-profile --a {{ src: url({web}/a.icc) }}</style>",
    "attachment": '<link rel="attachment" href="file://{folder}/secret.txt">',
    "attachment link": '<a rel="attachment" href="file://{folder}/secret.txt">a</a>',
    "svg image": SVG.format('<image xlink:href="{web}/a.svg" width="9" height="9"/>'),
    "svg image file": SVG.format('<image href="file://{folder}/secret.svg" width="9" height="9"/>'),
}


class _Web(BaseHTTPRequestHandler):
    hits: list[str]

    def do_GET(self) -> None:
        self.hits.append(self.path)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/a.svg")
            self.end_headers()
            return
        self.send_response(200)
        kind = "text/css" if self.path.endswith(".css") else "image/svg+xml"
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(SVG.format("").encode() if "svg" in kind else b"p { color: red }")

    def log_message(self, *arguments: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def web() -> Iterator[ThreadingHTTPServer]:
    handler = type("Handler", (_Web,), {"hits": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class _Recorder(URLFetcher):
    """WeasyPrint's fetcher, remembering what it handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        response = super().fetch(url, headers)
        self.fetched.append(url)
        return response


def page(probe: str, folder: Path, server: ThreadingHTTPServer) -> str:
    (folder / "secret.svg").write_text(SVG.format('<path id="a" d="M0 0h9v9z"/>'))
    (folder / "secret.css").write_text("p { color: red }")
    (folder / "secret.txt").write_text("the secret")
    address = f"http://127.0.0.1:{server.server_port}"
    return f'<html lang="it"><body>{PROBES[probe].format(folder=folder, web=address)}<p>end</p>'


@pytest.mark.parametrize("probe", PROBES)
def test_the_probe_reaches_its_target_without_our_fetcher(
    probe: str, tmp_path: Path, web: ThreadingHTTPServer
) -> None:
    recorder = _Recorder()
    html = page(probe, tmp_path, web)
    HTML(string=html, base_url=f"{tmp_path}/", url_fetcher=recorder).write_pdf(pdf_tags=True)
    assert recorder.fetched


@pytest.mark.parametrize("probe", PROBES)
def test_our_fetcher_refuses_it(probe: str, tmp_path: Path, web: ThreadingHTTPServer) -> None:
    """Weaknesses 19 and 20."""
    fetcher = LayoutFetcher(layout_resources())
    html = page(probe, tmp_path, web)
    content = b""
    document = HTML(string=html, base_url="certificate:page", url_fetcher=fetcher)
    with contextlib.suppress(FatalURLFetchingError):
        content = document.write_pdf(uncompressed_pdf=True)
    assert fetcher.refused
    assert web.RequestHandlerClass.hits == []  # type: ignore[attr-defined]
    assert b"the secret" not in content


@pytest.mark.parametrize(
    "url",
    [
        "",
        "certificate:",
        "certificate:EU.svg",
        "certificate:./eu.svg",
        "certificate:eu.svg?",
        "certificate:eu.svg#a",
        "certificate:../data.py",
        "certificate://eu.svg",
        "CERTIFICATE:eu.svg",
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "data:,a",
        "eu.svg",
    ],
)
def test_names_are_exact(url: str) -> None:
    fetcher = LayoutFetcher(layout_resources())
    with pytest.raises(Refused):
        fetcher(url)
    assert fetcher.refused == [url]


def test_it_serves_its_list() -> None:
    fetcher = LayoutFetcher({"certificate:a": Resource(b"1", "text/css")})
    response = fetcher("certificate:a")
    assert (response.read(), response.content_type) == (b"1", "text/css")
    more = fetcher.with_resource("certificate:b", Resource(b"2", "image/svg+xml"))
    assert more("certificate:b").read() == b"2"
    with pytest.raises(Refused):
        fetcher("certificate:b")


@pytest.mark.parametrize(
    "markup",
    ['<img src="file:///etc/hostname" alt="a">', SVG.format('<image href="file:///a" width="9"/>')],
    ids=["picture", "picture in a picture"],
)
def test_a_layout_that_asks_for_more_makes_no_certificate(
    markup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layouts = tmp_path / "layouts"
    shutil.copytree(render.LAYOUT_FOLDER, layouts)
    html = (layouts / "classic-2.html").read_text("utf-8")
    assert "</h1>" in html
    (layouts / "classic-2.html").write_text(html.replace("</h1>", f"</h1>{markup}"))
    monkeypatch.setattr(render, "LAYOUT_FOLDER", layouts)
    with pytest.raises(RenderError):
        Renderer().render(sample())
