#!/usr/bin/env python3
"""Tells what a certificate is worth, with this folder and nothing else.

    python3 check.py CODE        the 26 letters and digits printed near the QR code
    python3 check.py FILE.pdf    the file itself: unchanged or not, and what it is worth

Needs Python 3.9 or newer, no other program and no network. Exit status: 0 valid, 1 replaced or
revoked, 2 unknown, 3 the folder cannot be used. This file is copied into every export.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

FORMAT = 1
PREFIX = 2  # digits of a digest that name its shard
_CODE = re.compile("[A-Z2-7]{26}")
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


class UnusableError(Exception):
    """The folder is no export of statuses, or part of it is missing or was changed."""


def digest(salt: str, text: str) -> str:
    """Under which an entry is kept: SHA-256 over salt, colon and code (or the file's SHA-256)."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def shard_of(key: str) -> str:
    """The file that holds the entry `key`, if there is one."""
    return f"statuses/{key[:PREFIX]}.json"


def code_in(typed: str) -> str:
    """The code in what was typed: spaces and hyphens do not matter; empty if it cannot be one."""
    last = typed.strip().rstrip("/").rpartition("/")[2]
    letters = "".join(ch for ch in last if ch.isalnum()).upper().translate(_MISREAD)
    return letters if _CODE.fullmatch(letters) else ""


def look_up(folder: Path, text: str) -> dict[str, str] | None:
    """The entry of a code, or of a file's SHA-256; None if there is none. `UnusableError`."""
    manifest = _read(folder / "manifest.json", None)
    if manifest.get("format") != FORMAT:
        raise UnusableError("manifest.json is of another format")
    key = digest(manifest["salt"], text)
    name = shard_of(key)
    found = _read(folder / name, manifest["shards"].get(name)).get(key)
    return found if isinstance(found, dict) else None


def _read(file: Path, expected: str | None) -> dict[str, Any]:
    try:
        content = file.read_bytes()
        if expected is not None and hashlib.sha256(content).hexdigest() != expected:
            raise UnusableError(f"{file.name} is not the file that manifest.json names")
        found = json.loads(content)
    except (OSError, ValueError) as error:
        raise UnusableError(f"{file.name} cannot be read") from error
    if not isinstance(found, dict):
        raise UnusableError(f"{file.name} is not what it should be")
    return found


def judge(folder: Path, given: str) -> tuple[int, str]:
    """Exit status and sentence for a code or the path of a file."""
    file = Path(given)
    code = code_in(given)
    if not code and not file.is_file():
        return 2, "unknown: neither a code of 26 letters and digits nor a file"
    text = code or hashlib.sha256(file.read_bytes()).hexdigest()
    entry = look_up(folder, text)
    if entry is None:
        more = "" if code else " (a changed, scanned or printed file is unknown: try its code)"
        return 2, f"unknown{more}"
    intact = "" if code else ", and the file is unchanged"
    if entry["status"] == "valid":
        return 0, f"valid{intact}"
    return 1, f"{entry['status']} on {entry['since']}{intact}"


def main(arguments: list[str]) -> int:
    """Check one code or file against the folder in which this program lies."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 3
    try:
        status, sentence = judge(Path(__file__).resolve().parent, arguments[0])
    except UnusableError as error:
        status, sentence = 3, f"this folder cannot be used: {error}"
    sys.stdout.write(sentence + "\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
