"""Which processes `lms serve` runs beside the web server."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.cli.server import background
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
