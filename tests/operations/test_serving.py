"""Which processes `lms serve` runs beside the web server."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lms.cli.server import background, end_all
from tests.conftest import make_settings

MAIL, REST = ["worker", "--only", "mail"], ["worker", "--only", "rest"]


@pytest.mark.parametrize(
    ("url", "rest", "wanted"),
    [
        ("", 1, [MAIL, REST]),
        ("", 3, [MAIL, REST, REST, REST]),
        ("redis://127.0.0.1:9/0", 2, [MAIL, REST, REST, ["dispatch"]]),
    ],
)
def test_mail_has_one_worker_the_rest_as_many_as_asked(
    tmp_path: Path, url: str, rest: int, wanted: list[list[str]]
) -> None:
    settings = make_settings(tmp_path, LMS_JOBS_URL=url)
    assert [command[3:] for command in background(settings, rest)] == wanted


def test_who_does_not_end_when_asked_is_ended(caplog: pytest.LogCaptureFixture) -> None:
    """A job in the middle of something long goes on where it was; nobody waits for it for ever."""
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True);"
    programs = [f"{deaf} signal.pause()", "print(flush=True); import signal; signal.pause()"]
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        for program in programs
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()  # it is ready to be asked
    end_all(running, 0.5)
    assert [process.returncode for process in running] == [-signal.SIGKILL, -signal.SIGTERM]
    assert caplog.text.count("did not end by itself") == 1
    for process in running:
        assert process.stdout is not None
        process.stdout.close()
