# ruff: noqa: E501 - rows as platforms write them
"""GoToWebinar: pairs above, a zone in every cell, time in words; as CSV and as a workbook."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from lms.attendance.readers import Report, read_report
from tests.attendance.reading import ROME, codes, minutes, people, spans
from tests.workbooks import xlsx

ABOVE = """Generated,05/13/2026 09:02 AM CEST
General Information
Webinar Name,Webinar ID
"Bilancio, parte prima",222-333-444
Actual Start Date/Time,Actual Duration (minutes)
05/12/2026 09:57 AM CEST,125
Session Details
"""
ENGLISH = (
    "Attended,Last Name,First Name,Email Address,Registration Date/Time,Join Time,Leave Time,"
    "Time in Session,Interest Rating,Codice fiscale\n"
)
ITALIAN = (
    "Ha partecipato,Cognome,Nome,Indirizzo e-mail,Data/ora di registrazione,Ora di accesso,"
    "Ora di uscita,Tempo nella sessione,Valutazione,CF\n"
)
UNSEEN = "Dalyvavo,Pavardė,Vardas,Paštas,Užsiregistravo,Prisijungė,Atsijungė,Laikas,Balas,X\n"
ROWS = """\
Yes,Verdi,Ada,ada@example.org,05/01/2026 03:12 PM CEST,05/12/2026 10:01 AM CEST,05/12/2026 12:02 PM CEST,2 hours 1 minute,80,VRDDAA80A41H501T
Yes,Neri,Bruno,bruno@example.org,05/02/2026 03:12 PM CEST,05/12/2026 10:20 AM CEST,05/12/2026 10:41 AM CEST,21 minutes,10,
Yes,Neri,Bruno,bruno@example.org,05/02/2026 03:12 PM CEST,05/12/2026 11:00 AM CEST,05/12/2026 12:00 PM CEST,1 hour,10,
No,Blu,Carla,carla@example.org,05/03/2026 03:12 PM CEST,--,--,--,--,
"""
DAY = date(2026, 5, 12)
TRANSLATED = {"hours": "valandos", "hour": "valanda", "minutes": "minutės", "minute": "minutė"}


def read(text: str, **known) -> Report:
    return read_report(text.encode(), "report.csv", **known)


def check(report: Report) -> None:
    assert report.platform == "gotowebinar"
    assert report.questions == ()
    assert minutes(report) == {"Ada Verdi": 121, "Bruno Neri": 81}
    found = people(report)
    assert spans(found["Bruno Neri"]) == ["10:20:00-10:41:00", "11:00:00-12:00:00"]
    assert found["Bruno Neri"].stated_minutes == 81
    assert report.not_attended == ("Carla Blu",)


@pytest.mark.parametrize("headings", [ENGLISH, ITALIAN])
def test_the_report(headings: str) -> None:
    report = read(ABOVE + headings + ROWS)
    check(report)
    (meeting,) = report.meetings
    assert meeting.title == "Bilancio, parte prima"
    assert meeting.starts_at == datetime(2026, 5, 12, 9, 57, tzinfo=ROME)
    assert meeting.ends_at == datetime(2026, 5, 12, 12, 2, tzinfo=ROME)
    assert people(report)["Ada Verdi"].tax_code == "VRDDAA80A41H501T"
    assert codes(report) == []


def test_an_unseen_language_is_read_by_its_shape_and_learns_the_words_of_time() -> None:
    rows = ROWS.replace("Yes,", "Taip,").replace("No,", "Ne,")
    for word, other in TRANSLATED.items():
        rows = rows.replace(f" {word}", f" {other}")
    above = "Sukurta,05/13/2026 09:02 AM CEST\nPavadinimas,ID\nBiudžetas,222-333-444\n"
    report = read(above + UNSEEN + rows)
    assert minutes(report) == {"Ada Verdi": 121, "Bruno Neri": 81}
    assert people(report)["Ada Verdi"].stated_minutes == 121
    assert report.not_attended == ("Carla Blu",)


def test_a_workbook_and_semicolons() -> None:
    lines = [line.split(",") for line in (ENGLISH + ROWS).splitlines()]
    lines[:0] = [["Webinar Name", "Webinar ID"], ["Bilancio", "222-333-444"], []]
    check(read_report(xlsx({"Attendees": lines}), "report.xlsx", date=DAY))
    check(read((ENGLISH + ROWS).replace(",", ";"), date=DAY))


def test_a_zone_that_means_several_is_asked() -> None:
    report = read(ABOVE + ENGLISH + ROWS.replace("CEST", "IST"))
    assert [question.kind for question in report.questions] == ["zone"]
    assert minutes(report) == {"Ada Verdi": 121, "Bruno Neri": 81}
    answered = read(ABOVE + ENGLISH + ROWS.replace("CEST", "IST"), zone=ZoneInfo("Asia/Kolkata"))
    assert answered.questions == ()


def test_two_sessions_of_one_webinar_are_two_meetings() -> None:
    second = ROWS.replace("05/12/2026", "05/19/2026")
    pair = "Actual Start Date/Time,Actual Duration (minutes)\n05/19/2026 09:57 AM CEST,125\n"
    report = read(ABOVE + ENGLISH + ROWS + "Session Details\n" + pair + ENGLISH + second)
    assert [len(meeting.people) for meeting in report.meetings] == [2, 2]
    assert [m.starts_at.day for m in report.meetings if m.starts_at] == [12, 19]


def test_nobody_came() -> None:
    nobody = ABOVE + ENGLISH + ROWS.splitlines()[-1] + "\n"
    report = read(nobody, zone=ROME)
    assert report.not_attended == ("Carla Blu",)
    assert [person for meeting in report.meetings for person in meeting.people] == []
