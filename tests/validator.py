"""veraPDF for tests: one process of its own, so that no Java lives beside Pango in this one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests import verapdf
from tests.servers import missing

CONFORMS: dict[str, list[str]] = {name: [] for name in verapdf.PROFILES}
PATIENCE = 120  # seconds for one file, the start of Java included


class Validator:
    """Asks the process, file by file."""

    def __init__(self, folder: Path, complaints: IO[str]) -> None:
        self._file, self._complaints = folder / "judged.pdf", complaints
        self.process = subprocess.Popen(
            [sys.executable, verapdf.__file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
        )  # fmt: skip

    def failures(self, pdf: bytes) -> dict[str, list[str]]:
        """The rules a PDF breaks, under PDF/A-2a and PDF/UA-1; `CONFORMS` if none."""
        self._file.write_bytes(pdf)
        asking, answers = self.process.stdin, self.process.stdout
        assert asking
        assert answers
        patience = threading.Timer(PATIENCE, self.process.kill)
        patience.start()
        try:
            asking.write(f"{self._file}\n")
            asking.flush()
            for line in answers:  # Java may have something to say of its own
                word, _space, verdict = line.partition(" ")
                if word == "verdict":
                    found: dict[str, list[str]] = json.loads(verdict)
                    return found
        finally:
            patience.cancel()
        self._complaints.seek(0)
        raise AssertionError(f"the validator ended: {self._complaints.read()[-2000:]}")


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Validator]:
    """The one validator of this run: tests that ask for it go to one process (conftest.py)."""
    if package := verapdf.missing():
        missing(f"package {package}")
    with tempfile.TemporaryFile("w+") as complaints:
        made = Validator(tmp_path_factory.mktemp("validator"), complaints)
        try:
            yield made
        finally:
            made.process.kill()
            made.process.wait()
