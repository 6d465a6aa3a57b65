"""``python -m certificates``: one certificate, or one sentence and nothing written."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from certificates import __main__ as command
from certificates.verify import read_identity
from tests.certificates.samples import pdf, sample

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "certificates", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def write(path: Path, **changes: Any) -> Path:
    path.write_text(json.dumps(sample().to_json() | changes, ensure_ascii=False), "utf-8")
    return path


def test_it_renders(tmp_path: Path) -> None:
    target = tmp_path / "attestato.pdf"
    target.write_bytes(b"before")
    done = run(write(tmp_path / "data.json"), target)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert target.read_bytes() == pdf()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attestato.pdf", "data.json"]
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask()


def mask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value


def test_the_example_of_the_readme_renders(tmp_path: Path) -> None:
    readme = (ROOT / "certificates" / "README.md").read_text("utf-8")
    (tmp_path / "data.json").write_text(readme.split("```json\n")[1].split("```")[0], "utf-8")
    assert command.main([str(tmp_path / "data.json"), str(tmp_path / "out.pdf")]) == 0
    assert read_identity((tmp_path / "out.pdf").read_bytes())
    assert json.loads((tmp_path / "data.json").read_text("utf-8"))["fictional"] is True


def refused(capsys: pytest.CaptureFixture[str], source: Path, target: Path) -> str:
    """Run in this process; expect status 2, one line of error and an untouched target."""
    before = sorted(target.parent.iterdir()) if target.parent.is_dir() else None
    content = target.read_bytes() if target.is_file() else None
    assert command.main([str(source), str(target)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.endswith("\n")
    assert len(output.err.splitlines()) == 1
    assert output.err[:-1].isprintable()
    assert (sorted(target.parent.iterdir()) if target.parent.is_dir() else None) == before
    assert (target.read_bytes() if target.is_file() else None) == content
    return output.err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not JSON at line 1, column 1"),
        (b'{\n "a": 1,,\n}', "is not JSON at line 2, column 9"),
        (b"\xff\xfe{}", "byte 0 is not UTF-8 text"),
        (b"[]", "certificate: must be an object"),
        (b"{}", "serial: is missing"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"\\u001b[31m\\n": 1}', "is not a field of a certificate"),
        (b"1" * 5000, "is not JSON that can be read"),
        (b" " * (1024 * 1024 + 1), "has more than 1048576 bytes"),
    ],
)
def test_input_that_is_not_a_certificate(
    content: bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "data.json"
    source.write_bytes(content)
    error = refused(capsys, source, tmp_path / "out.pdf")
    assert sentence in error
    assert "data.json" in error


def test_a_wrong_field_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "data.json", holder="ანა")
    target = tmp_path / "out.pdf"
    target.write_bytes(b"the one before")
    error = refused(capsys, source, target)
    assert "holder: contains “ა” (U+10D0 GEORGIAN LETTER AN)" in error


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    source = write(tmp_path / "data.json")
    source.write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    assert command.main([str(source), str(tmp_path / "out.pdf")]) == 0


def test_files_that_cannot_be_read_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "data.json")
    assert "cannot be read" in refused(capsys, tmp_path / "none.json", tmp_path / "out.pdf")
    assert "cannot be read" in refused(capsys, tmp_path, tmp_path / "out.pdf")
    assert "cannot be written" in refused(capsys, source, tmp_path / "none" / "out.pdf")
    assert "not a file that can be replaced" in refused(capsys, source, tmp_path)
    assert "not a file that can be replaced" in refused(capsys, source, Path("/dev/null"))


def test_a_disk_that_fails_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    source = write(tmp_path / "data.json")
    target = tmp_path / "out.pdf"
    target.write_bytes(b"the one before")
    monkeypatch.setattr(command.os, "fsync", full)
    assert "No space left on device" in refused(capsys, source, target)


def test_usage() -> None:
    done = run("one")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "usage: python -m certificates data.json out.pdf\n"
