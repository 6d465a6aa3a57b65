"""From bytes to text: size, kind of file, encoding. Nothing is unpacked here (see `containers`)."""

from __future__ import annotations

import codecs
import re

from lms.attendance.readers.model import Notice, UnreadableReport

MAX_MB = 20
MAX_BYTES = MAX_MB * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
)
_TEXT_SIGNATURES = (
    (re.compile(r"<!doctype html|<html|<head|<table", re.I), "html"),
    (re.compile(r"<\?xml|<[a-z]+:workbook", re.I), "xml"),
    (re.compile(r"\{\s*[\"}]|\[\s*[\[{\"]"), "json"),
)
_SAMPLE = 65_536
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\v\f\r\x1a")
_BINARY_SHARE = 0.05


def decode(data: bytes) -> tuple[str, tuple[Notice, ...]]:
    """Return the text of a report and what was odd about its bytes.

    Raises UnreadableReport: `empty`, `too_large`, `not_text` (names what the file is).
    """
    if len(data) > MAX_BYTES:
        raise UnreadableReport("too_large", size=len(data), limit=MAX_MB)
    _refuse_known_binaries(data)
    text, notices = _as_text(data)
    text, nul_notices = _without_nul(text)
    if not text.strip():
        raise UnreadableReport("empty")
    opening = text[:200].lstrip()
    for pattern, kind in _TEXT_SIGNATURES:
        if pattern.match(opening):
            raise UnreadableReport("not_text", kind=kind, byte=0)
    sample = text[:_SAMPLE]
    odd = next((at for at, ch in enumerate(sample) if ch in _CONTROLS), None)
    if odd is not None and sum(ch in _CONTROLS for ch in sample) > _BINARY_SHARE * len(sample):
        raise UnreadableReport("not_text", kind="binary", byte=len(sample[:odd].encode()))
    return text, (*notices, *nul_notices)


def _refuse_known_binaries(data: bytes) -> None:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableReport("not_text", kind=kind, byte=0)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind = "ods" if b"opendocument" in data[:200] else "zip"
        raise UnreadableReport("not_text", kind=kind, byte=0)


def _as_text(data: bytes) -> tuple[str, tuple[Notice, ...]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _tolerant(data[len(mark) :], encoding, len(mark))
    wide = _unmarked_utf16(data)
    if wide:
        return _tolerant(data, wide, 0)
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        bad = error.start
    mended = data.decode(errors="replace")
    damaged = mended.count("\ufffd")
    accented = sum(ch > "\x7f" for ch in mended) - damaged
    if accented >= max(damaged, 1):  # UTF-8 hurt in places: Windows-1252 would spoil every accent
        return mended, (Notice("bad_bytes", {"byte": bad}),)
    return data.decode("cp1252", errors="replace"), (Notice("not_utf8", {"byte": bad}),)


def _tolerant(data: bytes, encoding: str, offset: int) -> tuple[str, tuple[Notice, ...]]:
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        notice = Notice("bad_bytes", {"byte": offset + error.start})
        return data.decode(encoding, errors="replace"), (notice,)


def _unmarked_utf16(data: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in nearly every second byte, always on the same side."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    pairs = len(head) // 2
    if pairs >= 2 and max(even, odd) > 0.4 * pairs and min(even, odd) < 0.05 * pairs:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _without_nul(text: str) -> tuple[str, tuple[Notice, ...]]:
    count = text.count("\0")
    if not count:
        return text, ()
    if count > _BINARY_SHARE * len(text):
        raise UnreadableReport(
            "not_text", kind="binary", byte=len(text[: text.index("\0")].encode())
        )
    return text.replace("\0", ""), (Notice("nul_removed", {"count": count}),)
