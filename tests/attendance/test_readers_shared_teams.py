"""The shared reports of Teams and Meet; figures worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lms.attendance.readers import Report, read_report
from tests.attendance.reading import ROME, SHARED, codes, minutes, notice, people, spans

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared reports are not at hand")


def shared(name: str, **known) -> Report:
    known.setdefault("zone", ROME)
    return read_report((SHARED / name).read_bytes(), name, **known)


def test_events_of_2020() -> None:
    report = shared("teams_2020_entrate_uscite_utf16le.csv")
    (question,) = report.questions
    assert question.options == ("2020-12-11", "2020-11-12")
    assert minutes(report) == {
        "Mustermann Max": 35,  # 17:54, 11:11, 0:38, 5:36
        "Musterfrau Franziska": 11,  # 10:02, 1:00, 0:07
        "Huber Uwe": 45,  # 6:12, 5:48, 17:04, 16:38
        "Müller Franz": 19,  # 9:42, 9:50
        "Müller Hans": 25,  # 5:46, 10:43, 1:37, 7:08, 0:16, 0:07
    }
    assert codes(report) == []


def test_american_events_downloaded_before_the_end() -> None:
    asked = shared("teams_2020_us_utf8_virgola.csv")
    assert [question.kind for question in asked.questions] == ["date_order"]
    report = shared("teams_2020_us_utf8_virgola.csv", date=date(2020, 11, 4))
    found = people(report)
    assert len(found) == 38
    assert spans(found["Noemi D'Aniello"]) == ["09:50:12-10:07:17"]  # no Left: to the last event
    assert spans(found["Àlvaro Bruni"]) == ["09:50:12-10:06:45"]
    assert (found["Ottavio Bonfanti"].minutes, found["Dario Sgarbi"].minutes) == (0, 15)
    still = notice(report, "still_there")["names"]
    assert isinstance(still, tuple)
    assert len(still) == 19
    assert notice(report, "there_before")["names"] == (
        "Àlvaro Bruni", "Rosalba De Santis", "Nevio Iodice", "Gianpiero Tedesco",
    )  # fmt: skip


def test_a_section_saved_by_a_spreadsheet() -> None:
    report = shared("teams_2022_risalvato_excel_puntoevirgola.csv")
    found = people(report)
    assert (report.questions, codes(report), len(found)) == ((), [], 60)
    mirella = found["Mirella Lo Presti"]
    assert (mirella.minutes, mirella.stated_minutes) == (96, 96)  # 0:11, 1:57, 1:34:40
    assert mirella.lines == (11, 12, 13)
    letizia = found["Letizia Lo Presti"]  # 0:53 and 1:27:31, of which Teams states «1h 27m»
    assert (letizia.minutes, letizia.stated_minutes) == (88, 87)


@pytest.mark.parametrize(
    ("name", "begins", "expected"),
    [
        ("teams_2022_sezioni_utf16be.csv", (2022, 11, 14, 9, 29, 7), [19, 19, 19, 19, 18, 17, 14]),
        (
            "teams_2022_sezioni_utf16be_b.csv",
            (2022, 11, 16, 9, 21, 8),
            [16, 15, 15, 14, 13, 13, 13, 8],
        ),
        ("teams_2025_us_coinvolgimento.csv", (2025, 11, 26, 16, 16, 54), [121, 65]),
        ("teams_it_sezioni_COSTRUITO.csv", (2026, 4, 14, 9, 52, 10), [132, 111, 46]),
    ],
)
def test_sections(name: str, begins: tuple[int, ...], expected: list[int]) -> None:
    report = shared(name)
    (meeting,) = report.meetings
    assert meeting.starts_at == datetime(*begins, tzinfo=ROME)
    assert [person.minutes for person in meeting.people] == expected
    assert [person.stated_minutes for person in meeting.people] == expected
    assert (report.questions, codes(report)) == ((), [])


def test_meet_has_hours_only() -> None:
    name = "meet_workspace_COSTRUITO.csv"
    assert [question.kind for question in shared(name, zone=None).questions] == ["date", "zone"]
    report = shared(name, date=date(2026, 4, 14))
    assert minutes(report) == {"Àlvaro Bruni": 62, "Ottavio Dell'Orto": 61}
    ottavio = people(report)["Ottavio Dell'Orto"]
    assert spans(ottavio) == ["10:02:00-11:00:00", "11:01:00-11:04:00"]
    assert (ottavio.stated_minutes, ottavio.email) == (61, None)
    assert report.questions == ()
