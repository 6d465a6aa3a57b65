"""`lms report import`: the same import without a browser; its exit status tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.actions import open_account
from lms.attendance.models import Evidence, ReportEntry, ReportFile
from lms.cli.attendance import import_report
from lms.extensions import db
from tests.attendance.scene import Scene, zoom


@pytest.fixture
def scene(app: Flask) -> Scene:
    made = Scene("Ada Rossi", "Bruno Bianchi")
    open_account(made.trainer, "docente@example.org", None)
    db.session.commit()
    return made


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "zoom.csv"
    file.write_bytes(
        zoom(("Ada Rossi", "", "10:00:00", "11:30:00"), ("qualcuno", "", "10:00:00", "10:10:00"))
    )
    return file


def run(app: Flask, *arguments: object) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(import_report, [str(each) for each in arguments])


def test_credited_and_queued_are_told(app: Flask, scene: Scene, report: Path) -> None:
    done = run(app, report, "--lesson", scene.lesson.id, "--zone", "Europe/Rome",
               "--by", "Docente@example.org")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Credited: 1; to be matched: 1." in done.output
    assert scene.record(scene.people[0]) == ("present", 90, "report")
    (evidence,) = scene.evidence(scene.people[0])
    assert evidence.author_id == scene.trainer.id
    again = run(app, report, "--lesson", scene.lesson.id)
    assert again.exit_code == 0
    assert "nothing has changed" in again.output
    assert db.session.scalar(select(func.count()).select_from(ReportEntry)) == 2


@pytest.mark.parametrize(
    ("content", "options", "status", "told"),
    [
        (None, [], 3, "which zone"),
        (b"12/05/2026", ["--zone", "Europe/Rome"], 3, "day/month or month/day"),
        (b"", ["--zone", "Europe/Rome"], 2, "empty"),
        (None, ["--zone", "Asia/Tokyo"], 4, "Nobody of this report was there"),
        (None, ["--zone", "Mars/Olympus"], 2, "is no zone"),
        (None, ["--zone", "UTC", "--by", "nobody@example.org"], 2, "no account"),
    ],
)
def test_what_it_does_not_do_leaves_nothing_behind(
    app: Flask, scene: Scene, report: Path, content: bytes | None, options: list[str],
    status: int, told: str,
) -> None:  # fmt: skip
    if content is not None:
        known = report.read_bytes()
        report.write_bytes(known.replace(b"2026-05-12", content) if content else b"")
    done = run(app, report, "--lesson", scene.lesson.id, *options)
    assert done.exit_code == status, done.output
    assert told in done.output
    for model in (ReportFile, ReportEntry, Evidence):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_an_answer_on_the_command_line(app: Flask, scene: Scene, report: Path) -> None:
    report.write_bytes(report.read_bytes().replace(b"2026-05-12", b"12/05/2026"))
    done = run(app, report, "--lesson", scene.lesson.id, "--zone", "Europe/Rome",
               "--date-order", "dmy")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert scene.record(scene.people[0]) == ("present", 90, "report")


def test_no_such_lesson(app: Flask, scene: Scene, report: Path) -> None:
    assert run(app, report, "--lesson", 999_999, "--zone", "UTC").exit_code == 2
