"""Hostile files: what is uploaded by mistake, in haste or in bad faith. Each small to keep here."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import zipfile
from collections.abc import Callable

MEGABYTE = 2**20
HEAD = b"Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,In waiting room\n"
ROW = b"Ada Prova,ada@example.org,2026-05-20 10:00:00,2026-05-20 12:00:00,120,Yes,No\n"


def _noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def _zip(name: str, unpacked: int) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\0" * unpacked)
    return found.getvalue()


def _many_people(count: int) -> bytes:
    start = b"%d,,2026-05-20 10:00:00,2026-05-20 12:00:00,120,Yes,No\n"
    return HEAD + b"".join(b"P" + start % number for number in range(count))


# (what it is, the name it comes with, its bytes)
FILES: list[tuple[str, str, Callable[[], bytes]]] = [
    ("nothing", "report.csv", lambda: b""),
    ("white space", "report.csv", lambda: b" \n\t\r\n" * 1000),
    ("noise", "report.csv", lambda: _noise(MEGABYTE)),
    ("NUL bytes", "report.csv", lambda: b"\0" * MEGABYTE),
    ("a zip bomb", "report.zip", lambda: _zip("report.csv", 100 * MEGABYTE)),
    ("a zip bomb as a workbook", "r.xlsx", lambda: _zip("xl/worksheets/a.xml", 100 * MEGABYTE)),
    ("a workbook called CSV", "report.csv", lambda: _zip("xl/workbook.xml", 10)),
    ("a gzip bomb", "report.csv.gz", lambda: gzip.compress(b"\0" * 100 * MEGABYTE)),
    ("a pickle", "report.csv", lambda: pickle.dumps({"a": print})),
    ("an image", "report.csv", lambda: b"\x89PNG\r\n\x1a\n" + _noise(1000)),
    ("a picture with a script", "a.svg", lambda: b"<svg xmlns='x' onload='p()'><x-probe/></svg>"),
    ("a page", "report.html", lambda: b"<!doctype html><script>p()</script><x-probe>"),
    ("entities", "r.xml", lambda: b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "a">]><l>&a;</l>'),
    ("200,001 rows", "report.csv", lambda: HEAD + ROW * 200_001),
    ("200,000 people", "report.csv", lambda: _many_people(199_999)),
    ("one line of 10 MB", "report.csv", lambda: b"x" * 10 * MEGABYTE),
    ("10 million cells", "report.csv", lambda: b"," * 10 * MEGABYTE),
    ("wide rows", "report.csv", lambda: (b"a;" * 600 + b"\n") * 8000),
    ("quotation marks", "report.csv", lambda: b'"' * 10 * MEGABYTE),
    ("an open quotation", "report.csv", lambda: HEAD + b'"' + ROW * 100_000),
    ("deep quotations", "report.csv", lambda: HEAD + b'"a""b\'' * 1_000_000),
    ("empty lines", "report.csv", lambda: b"\n" * 10 * MEGABYTE),
    ("lines of another age", "report.csv", lambda: b"\r" * 10 * MEGABYTE),
    ("no known headings", "report.csv", lambda: b"a,b,c,d\n" * 400_000),
    ("headings over and over", "report.csv", lambda: HEAD * 60_000),
    ("bytes of no encoding", "report.csv", lambda: b"\xff\xfe\xfd" * 1_000_000),
    ("as much as is allowed", "report.csv", lambda: b"a,b\n" * (5 * MEGABYTE - 1000)),
    ("metadata without end", "a.pdf", lambda: b"%PDF-" + (b"<x:xmpmeta" + b"a" * 1000) * 10_000),
    ("metadata over and over", "a.pdf", lambda: b"%PDF-" + b"/Metadata >> stream\n" * 500_000),
    ("a broken PDF", "a.pdf", lambda: b"%PDF-1.7\n" + _noise(MEGABYTE)),
]
