# ruff: noqa: E501 - rows as platforms write them
"""BigBlueButton: half-translated headings, decimal commas, first entry and last exit."""

from __future__ import annotations

from datetime import date

import pytest

from lms.attendance.readers import Report, read_report
from tests.attendance.reading import ROME, codes, minutes, notice, people, spans

HEADINGS = (
    "Nome,Moderatore,Activity Score,Tempo di parola,Tempo di webcam,Messaggi,Reazioni,Risposte,"
    "Mani alzate,Ingresso,Uscita,Duration,A che ora? (9:30 o 10:30)\n"
)
ROWS = """"Ada Verdi","TRUE","0","00:41:10","01:58:00","3","0","0","0","12/5/2026, 09:55:01","12/5/2026, 12:05:44","02:10:43","-"
"Bruno Neri","FALSE","6,3","00:02:11","-","4","1","1","2","12/5/2026, 10:00:00","12/5/2026, 12:00:00","01:50:30","9:30"
"Carla Blu","FALSE","1","-","-","1","0","0","0","12/5/2026, 10:40:00","-","01:24:00","-"
"Anonimo","","","","","","","","","","","","9:30
10:30"
"""


def read(text: str, filename: str = "report.csv", **known) -> Report:
    known.setdefault("zone", ROME)
    return read_report(text.encode(), filename, **known)


def test_the_dashboard() -> None:
    report = read(HEADINGS + ROWS, date=date(2026, 5, 12))
    assert report.platform == "bigbluebutton"
    assert report.questions == ()
    assert minutes(report) == {"Ada Verdi": 130, "Bruno Neri": 120, "Carla Blu": 84}
    found = people(report)
    assert [found[name].stated_minutes for name in found] == [130, 110, 84]
    assert spans(found["Carla Blu"]) == ["10:40:00-12:04:00"]
    assert report.not_attended == ()
    assert codes(report) == ["ignored_rows", "leave_from_duration", "away_inside"]
    assert notice(report, "away_inside") == {"rows": (3,)}
    assert notice(report, "leave_from_duration") == {"rows": (4,)}


def test_the_clock_and_the_day_are_asked_unless_something_tells() -> None:
    asked = read(HEADINGS + ROWS, zone=None)
    assert [question.kind for question in asked.questions] == ["date_order", "zone"]
    assert minutes(asked)["Ada Verdi"] == 130
    named = read(HEADINGS + ROWS, "LearningDashboard_Co-programmazione-2_2026-05-12.csv")
    assert named.questions == ()
    assert named.meetings[0].title == "Co programmazione 2"
    renamed = read(HEADINGS + ROWS, "LearningDashboard_Altro_2026-01-09.csv")
    assert [question.kind for question in renamed.questions] == ["date_order"]


@pytest.mark.parametrize(
    ("headings", "first"),
    [
        ("Name,Moderator,Activity Score,Talk,Webcam,Messages,Emojis,Votes,Hands,Join,Left,Duration",
         "5/12/2026, 9:55:01 AM"),
        ("Name,Moderator,Punkte,Rede,Webcam,Nachrichten,Emojis,Umfragen,Hand,Beitritt,Verlassen,Dauer",
         "12.5.2026, 09:55:01"),
        ("名前,モデレーター,スコア,発言,カメラ,メッセージ,絵文字,投票,挙手,参加,退出,期間",
         "2026/5/12 9:55:01"),
    ],
)  # fmt: skip
def test_other_languages(headings: str, first: str) -> None:
    last = first.replace("9:55:01", "11:55:01").replace("011:", "11:")
    row = f'"Ada Verdi","FALSE","0,5","-","-","0","0","0","0","{first}","{last}","02:00:00"\n'
    report = read(headings + "\n" + row, date=date(2026, 5, 12))
    assert report.platform == "bigbluebutton"
    assert minutes(report) == {"Ada Verdi": 120}
    assert spans(people(report)["Ada Verdi"]) == ["09:55:01-11:55:01"]
    assert codes(report) == []


def test_one_name_twice_is_counted_once_and_said() -> None:
    row = '"Ada Verdi","FALSE","0","-","-","0","0","0","0","{}","{}","{}"\n'
    day = "13/5/2026, "
    report = read(
        HEADINGS
        + row.format(f"{day}10:00:00", f"{day}11:00:00", "01:00:00")
        + row.format(f"{day}10:30:00", f"{day}11:30:00", "01:00:00")
    )
    assert minutes(report) == {"Ada Verdi": 90}
    assert "same_name_overlap" in codes(report)


def test_midnight() -> None:
    row = '"Ada Verdi","FALSE","0","-","-","0","0","0","0","30/5/2026, 23:30:00","-","01:00:00"\n'
    assert minutes(read(HEADINGS + row)) == {"Ada Verdi": 60}
