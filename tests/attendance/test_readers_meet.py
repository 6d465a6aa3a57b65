"""Google Meet's sheet and what extensions write; figures worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lms.attendance.readers import UnreadableReport
from tests.attendance.reading import ROME, codes, minutes, notice, people, spans, written

DAY = date(2026, 4, 14)
WORKSPACE = """First name,Last name,Email,Duration,Time joined,Time exited
Ortensia,Valgrande,o@comune.pievefinta.example.it,2 hr 1 min,9:58 AM,11:59 AM
Tancredi,Dell'Orto,,58 min,10:02 AM,11:00 AM
Tancredi,Dell'Orto,,1 hr,11:01 AM,12:01 PM
Rosalba,Finti,r@ente.example.it,45 min,10:00 AM,11:00 AM
"""
COUNTED = {"Ortensia Valgrande": 121, "Tancredi Dell'Orto": 118, "Rosalba Finti": 60}


def test_a_sheet_without_a_day_asks_for_it() -> None:
    report = written(WORKSPACE, encoding="utf-8-sig")
    (question,) = report.questions
    assert report.platform == "meet"
    assert (question.kind, question.options) == ("date", ())
    assert question.params == {"text": "9:58 AM", "row": 2}
    assert {p.name: p.intervals for p in report.meetings[0].people} == dict.fromkeys(COUNTED)
    assert minutes(report) == COUNTED
    assert {p.name: p.stated_minutes for p in report.meetings[0].people} == {
        "Ortensia Valgrande": 121,
        "Tancredi Dell'Orto": 118,
        "Rosalba Finti": 45,
    }
    assert notice(report, "away_inside")["rows"] == (5,)


def test_the_lessons_day_answers_it() -> None:
    report = written(WORKSPACE, date=DAY)
    assert report.questions == ()
    tancredi = people(report)["Tancredi Dell'Orto"]
    assert tancredi.intervals is not None
    assert tancredi.intervals[0].start == datetime(2026, 4, 14, 10, 2, tzinfo=ROME)
    assert spans(tancredi) == ["10:02:00-11:00:00", "11:01:00-12:01:00"]


def test_the_files_name_suggests_day_and_title() -> None:
    report = written(WORKSPACE, name="2026-04-14 10-00 Bilancio partecipato.csv")
    assert report.questions[0].options == ("2026-04-14",)
    assert report.meetings[0].title == "Bilancio partecipato"
    assert written(WORKSPACE, name="presenze 05-06-2026.csv").questions[0].options == (
        "2026-05-06",
        "2026-06-05",
    )


def test_day_and_zone_are_both_asked() -> None:
    asked = written(WORKSPACE, zone=None).questions
    assert [question.kind for question in asked] == ["date", "zone"]


@pytest.mark.parametrize(
    ("headings", "hour", "minute", "clock"),
    [
        ("Nome,Cognome,Indirizzo email,Durata,Ora di ingresso,Ora di uscita", "h", "min", 24),
        ("Vorname,Nachname,E-Mail,Dauer,Beitrittszeit,Ende", "Std.", "Min.", 24),
        ("Prénom,Nom,Adresse e-mail,Durée,Arrivée,Départ", "h", "min", 24),
        ("Antaŭnomo,Familia nomo,Retadreso,Daŭro,Ekestis,Malestis", "hoo", "mnt", 24),
        ("Etunimi,Sukunimi,Sähköposti,Kesto,Liittyi,Poistui", "t", "min", 24),
    ],
)
def test_the_sheet_in_other_languages(headings: str, hour: str, minute: str, clock: int) -> None:
    text = WORKSPACE.replace(
        "First name,Last name,Email,Duration,Time joined,Time exited", headings
    )
    text = text.replace("hr", hour).replace(" min,", f" {minute},")
    text = text.replace("12:01 PM", "12:01").replace(" AM", "")
    report = written(text, date=DAY)
    assert report.platform == "meet"
    assert minutes(report) == COUNTED
    assert people(report)["Tancredi Dell'Orto"].stated_minutes == 118


def test_last_name_first_and_a_spreadsheets_semicolons() -> None:
    report = written(
        "Cognome;Nome;Email;Durata;Entrata;Uscita\n"
        "Valgrande;Ortensia;o@x.example.it;2 h 1 min;09.58;11.59\n"
        "Dell'Orto;Tancredi;;58 min;10.02;11.00\n",
        encoding="cp1252", date=DAY,
    )  # fmt: skip
    assert minutes(report) == {"Ortensia Valgrande": 121, "Tancredi Dell'Orto": 58}


def test_over_midnight_the_second_day_begins() -> None:
    report = written(
        "First name,Last name,Email,Duration,Time joined,Time exited\n"
        "Ada,Finti,,1 hr 30 min,11:00 PM,12:30 AM\n"
        "Ugo,Finti,,15 min,12:10 AM,12:25 AM\n",
        date=DAY,
    )
    assert spans(people(report)["Ada Finti"]) == ["23:00:00-00:30:00"]
    (ugo,) = people(report)["Ugo Finti"].intervals or ()
    assert ugo.start == datetime(2026, 4, 15, 0, 10, tzinfo=ROME)


def test_by_night_minutes_wait_for_the_day() -> None:
    text = (
        "Nome,Cognome,Durata,Entrata,Uscita\nAda,Finti,2 h,01:30,03:30\nUgo,Finti,1 h,01:30,02:30\n"
    )
    assert minutes(written(text)) == {"Ada Finti": None, "Ugo Finti": None}
    assert minutes(written(text, date=date(2026, 3, 29)))["Ada Finti"] == 60


FIRST_SEEN = """"*     Meet"
"*     Meeting code: abc-defg-hij"
"*     Created on 2026-04-14 09:58:00"
"*     Ended on 2026-04-14 11:00:30"
"Full Name","First Seen","Time in Call"
"Ortensia Valgrande","2026-04-14 09:58:01","01:02:29"
"Tancredi Dell'Orto","2026-04-14 10:10:00","00:20:15"
"""


def test_an_extensions_first_seen_and_time_in_call() -> None:
    report = written(FIRST_SEEN, encoding="utf-8-sig")
    (meeting,) = report.meetings
    assert report.platform == "meet"
    assert meeting.starts_at == datetime(2026, 4, 14, 9, 58, tzinfo=ROME)
    assert meeting.ends_at == datetime(2026, 4, 14, 11, 0, 30, tzinfo=ROME)
    assert {p.name: (p.minutes, p.stated_minutes) for p in meeting.people} == {
        "Ortensia Valgrande": (62, 62),
        "Tancredi Dell'Orto": (20, 20),
    }
    assert spans(people(report)["Tancredi Dell'Orto"]) == ["10:10:00-10:30:15"]
    assert notice(report, "leave_from_duration")["rows"] == (6, 7)
    assert report.questions == ()


def test_hours_under_a_line_that_has_the_day() -> None:
    report = written(
        "Meeting code: abc-defg-hij\nDate: 14/04/2026\n\n"
        "Name;First seen;Last seen;Duration\n"
        "Ada Finti;10:00:05;11:00:00;00:59:55\nUgo Finti;10:02:00;10:30:00;00:28:00\n"
    )
    assert report.questions == ()
    assert spans(people(report)["Ugo Finti"]) == ["10:02:00-10:30:00"]
    assert minutes(report) == {"Ada Finti": 59, "Ugo Finti": 28}


def test_first_and_last_seen_without_a_length() -> None:
    report = written(
        "Participant,First seen,Last seen\n"
        "Ada Finti,14/04/2026 10:00:05,14/04/2026 11:00:00\n"
        "Ugo Finti,14/04/2026 10:02:00,14/04/2026 10:30:00\n"
    )
    assert report.platform == "meet"
    assert minutes(report) == {"Ada Finti": 59, "Ugo Finti": 28}


def test_joins_and_leaves_with_the_time_before_the_word() -> None:
    report = written(
        "Name,Email,Time,Type\n"
        "Ada Finti,a@x.example.it,2026-04-14 10:00:00,Join\n"
        "Ada Finti,a@x.example.it,2026-04-14 10:20:00,Leave\n"
        "Ugo Finti,,2026-04-14 10:05:00,Join\n"
        "Ugo Finti,,2026-04-14 10:35:00,Leave\n"
    )
    assert report.platform == "meet"
    assert minutes(report) == {"Ada Finti": 20, "Ugo Finti": 30}


@pytest.mark.parametrize(
    ("mark", "none"), [("✔", ""), ("x", ""), ("1", "0"), ("Y", "N"), ("P", "A")]
)
def test_marks_by_the_minute(mark: str, none: str) -> None:
    seen = {"Ada Finti": "11101", "Ugo Finti": "01100", "Nevio Assente": "00000"}
    rows = [
        ",".join([name, *(mark if each == "1" else none for each in marks)])
        for name, marks in seen.items()
    ]
    text = "\n".join(["Name,10:00,10:01,10:02,10:03,10:04", *rows])
    report = written(text, date=DAY)
    assert report.platform == "meet"
    assert minutes(report) == {"Ada Finti": 4, "Ugo Finti": 2}
    assert spans(people(report)["Ada Finti"]) == ["10:00:00-10:03:00", "10:04:00-10:05:00"]
    assert report.not_attended == ("Nevio Assente",)
    assert codes(report) == ["marks"]
    assert [question.kind for question in written(text).questions] == ["date"]


def test_a_call_of_the_roll_every_half_hour_counts_between_two_answers() -> None:
    report = written(
        "Meeting code: abc-defg-hij\n"
        "Name,14/04/2026 10:00,14/04/2026 10:30,14/04/2026 11:00\n"
        "Ada Finti,✔,✔,✔\nUgo Finti,✔,,✔\n"
    )
    assert minutes(report) == {"Ada Finti": 60, "Ugo Finti": 0}


def test_names_alone_are_no_report() -> None:
    with pytest.raises(UnreadableReport):
        written("First name,Last name,Email\nAda,Finti,a@x.example.it\n")
