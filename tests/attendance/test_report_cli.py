"""`lms report read`: one JSON object, or a table for people, or exit status 2 and one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli.report import report
from tests.attendance.reading import FIXTURES


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(report, ["read", *map(str, arguments)])


def test_the_json_object_is_the_promised_one() -> None:
    result = run(
        FIXTURES / "zoom_it_date_ambigue.csv",
        *("--zone", "Europe/Rome", "--date", "2026-06-05", "--json"),
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "platform": "zoom",
        "meetings": [
            {
                "title": "Anticorruzione",
                "starts_at": "2026-06-05T09:00:00+02:00",
                "ends_at": "2026-06-05T10:00:30+02:00",
                "people": [
                    {
                        "name": "Rosalba Finti",
                        "email": None,
                        "intervals": [["2026-06-05T09:00:00+02:00", "2026-06-05T10:00:30+02:00"]],
                        "minutes": 60,
                        "stated_minutes": 61,
                    },
                    {
                        "name": "Tancredi Dell'Orto",
                        "email": "t.dellorto@comune.pievefinta.example.it",
                        "intervals": [["2026-06-05T09:10:00+02:00", "2026-06-05T10:00:30+02:00"]],
                        "minutes": 50,
                        "stated_minutes": 51,
                    },
                ],
            }
        ],
        "not_attended": [],
        "questions": [],
        "warnings": [],
    }


def test_unknown_is_null_and_asked() -> None:
    found = json.loads(run(FIXTURES / "zoom_it_date_ambigue.csv", "--json").stdout)
    (meeting,) = found["meetings"]
    assert (meeting["starts_at"], meeting["ends_at"]) == (None, None)
    assert [person["intervals"] for person in meeting["people"]] == [None, None]
    assert [person["minutes"] for person in meeting["people"]] == [60, 50]
    order, zone = found["questions"]
    assert (order["kind"], order["options"]) == ("date_order", ["2026-06-05", "2026-05-06"])
    assert order["text"].endswith("?")
    assert (zone["kind"], zone["options"]) == ("zone", ["Europe/Rome", "UTC"])
    assert set(order) == {"kind", "text", "options"}


def test_warnings_are_sentences() -> None:
    arguments = [FIXTURES / "zoom_it_riunione.csv", "--zone", "Europe/Rome", "--json"]
    warnings = json.loads(run(*arguments).stdout)["warnings"]
    assert "Waiting-room rows left out: 2." in warnings


def test_a_table_for_people() -> None:
    result = run(FIXTURES / "zoom_it_webinar.csv", "--zone", "Europe/Rome")
    assert result.exit_code == 0
    assert "PNRR, milestone e target" in result.stdout
    line = next(each for each in result.stdout.splitlines() if each.startswith("Sala Consiliare"))
    assert line.split() == [
        "Sala",
        "Consiliare",
        "79",
        "80",
        "14:31:00-15:00:30,",
        "15:10:00-16:00:00",
    ]
    assert "Did not attend: Nevio Assente" in result.stdout


def test_questions_come_with_their_rows() -> None:
    text = run(FIXTURES / "zoom_it_date_ambigue.csv").stdout
    assert "[2026-06-05 / 2026-05-06]" in text
    assert "row 5: Rosalba Finti: 2026-06-05 09:00 – 2026-06-05 10:00 or 2026-05-06 09:00" in text
    assert "? - ?" in text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "a PDF document (seen at byte 0)"),
        (b"Comune;Abitanti\nBorgofinto;1200\n", "begins at row 1"),
    ],
)
def test_an_unreadable_file_ends_with_two_and_one_sentence(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = tmp_path / "presenze.csv"
    path.write_bytes(data)
    result = run(path, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("presenze.csv: ")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "presenze.csv"
    with path.open("wb") as stream:
        stream.truncate(3 * 1024**3)
    result = run(path)
    assert result.exit_code == 2
    assert "larger than the 20 MB" in result.stderr


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nessuno.csv", tmp_path):
        result = run(path)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert "cannot be opened" in result.stderr


@pytest.mark.parametrize(
    "options", [["--zone", "Europe/Roma"], ["--zone", "../etc/passwd"], ["--date", "8/7"]]
)
def test_wrong_options_are_named(options: list[str]) -> None:
    result = run(FIXTURES / "zoom_it_riunione.csv", *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr
