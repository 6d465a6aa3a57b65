"""docs/permissions.md says what the table says."""

from __future__ import annotations

from pathlib import Path

from lms import create_app
from lms.access import Role
from lms.cli.permissions import COLUMNS, document
from lms.config import PROJECT_ROOT
from lms.permissions import TABLE
from tests.conftest import make_settings

PAGE = PROJECT_ROOT / "docs" / "permissions.md"


def test_the_page_is_the_table(tmp_path: Path) -> None:
    written = document(create_app(make_settings(tmp_path)))
    assert PAGE.read_text(encoding="utf-8") == written, "run: lms permissions > docs/permissions.md"


def test_every_role_has_a_column_and_every_row_a_sentence() -> None:
    assert set(COLUMNS) == set(Role)
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [row for row in rows if not row.startswith("| what")]
    assert len(told) == len(TABLE)
    assert [row for row in told if row.startswith("|  |")] == []
