"""``python -m certificates data.json out.pdf``: render one certificate without the application."""

import json
import os
import sys
import tempfile
from pathlib import Path

from certificates.data import CertificateData, InvalidData
from certificates.press import render
from certificates.render import RenderError

USAGE = "usage: python -m certificates data.json out.pdf"
LARGEST_INPUT = 1024 * 1024  # bytes


class _UnusableError(Exception):
    """What is wrong with what was given, in one sentence."""


def main(arguments: list[str]) -> int:
    """Render ``data.json`` into ``out.pdf``; return the exit status (0 done, 2 nothing written)."""
    if len(arguments) != 2:
        return _refuse(USAGE)
    source, target = map(Path, arguments)
    try:
        data = _read(source)
        _write(target, render(data))
    except (_UnusableError, RenderError) as error:
        return _refuse(str(error))
    return 0


def _refuse(sentence: str) -> int:
    # What a file contains must not be able to command the terminal that shows the error.
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in sentence)
    sys.stderr.write(shown + "\n")
    return 2


def _read(source: Path) -> CertificateData:
    try:
        with source.open("rb") as file:
            content = file.read(LARGEST_INPUT + 1)
    except OSError as error:
        raise _UnusableError(f"{source}: cannot be read: {error.strerror or error}") from error
    if len(content) > LARGEST_INPUT:
        raise _UnusableError(f"{source}: has more than {LARGEST_INPUT} bytes")
    try:
        mapping = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _UnusableError(f"{source}: byte {error.start} is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _UnusableError(f"{source}: is not JSON at {where}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise _UnusableError(f"{source}: is not JSON that can be read: {error}") from error
    try:
        return CertificateData.from_json(mapping)
    except InvalidData as error:
        raise _UnusableError(f"{source}: {error}") from error


def _write(target: Path, pdf: bytes) -> None:
    """Write beside the target and rename: the target is the whole file or what it was before."""
    if target.exists() and not target.is_file():
        raise _UnusableError(f"{target}: is not a file that can be replaced")
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-")
        with os.fdopen(handle, "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; a certificate gets the permissions any new file gets.
        mask = os.umask(0)
        os.umask(mask)
        Path(draft).chmod(0o666 & ~mask)
        Path(draft).replace(target)
    except OSError as error:
        raise _UnusableError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        if draft:
            Path(draft).unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
