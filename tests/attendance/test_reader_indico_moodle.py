# ruff: noqa: E501 - rows as platforms write them
"""Indico's check-ins and Moodle's exports: who was there, and only what the file really proves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lms.attendance.readers import Report, read_report
from tests.attendance.reading import ROME, codes, minutes, notice, people, spans
from tests.workbooks import xlsx

INDICO = (
    "ID,Name,Last Name,Email Address,Affiliation,Registration date,State,Checked in,Check-in date"
)
INDICO_DE = "ID,Name,Nachname,E-Mail,Organisation,Angemeldet am,Stand,Eingecheckt,Wann"
LIST = """
7,Ada Verdi,Verdi,ada@example.org,Comune,2026-04-01 13:12:44.120000+00:00,Completed,{yes},2026-05-12 08:01:10.003000+00:00
8,Bruno Neri,Neri,bruno@example.org,Regione,2026-04-02 07:00:00+00:00,Completed,{no},
"""
ATTENDANCE = """Corso\tBilancio
Gruppo\tTutti i partecipanti

Cognome\tNome\tGruppi\tIndirizzo email\t12 mag 2026 10.00AM Tutti\t19 mag 2026 10.00AM Tutti\tSessioni\tPunti\tPercentuale
Verdi\tAda\tA\tada@example.org\tP (2/2)\tR (1/2)\t2\t3 / 4\t75,00
Neri\tBruno\tA\tbruno@example.org\tA (0/2)\tP (2/2)\t2\t2 / 4\t50,00
Blu\tCarla\tB\tcarla@example.org\tA (0/2)\t?\t1\t0 / 2\t0,00
"""
LOG_HEADINGS = (
    'Orario,"Nome completo",Coinvolto,Contesto,Componente,"Nome evento",Descrizione,Origine,"IP"\n'
)


def log(*events: tuple[str, str, int, str]) -> Report:
    rows = [
        f'"{at}","{name}",-,"BigBlueButton: Aula",BigBlueButton,Evento,'
        f"\"The user with id '{key}' {did} for the course id '3'.\",web,192.0.2.{key}\n"
        for at, name, key, did in events
    ]
    return read_report((LOG_HEADINGS + "".join(rows)).encode(), "logs.csv", zone=ROME)


@pytest.mark.parametrize(
    ("headings", "yes", "no"),
    [(INDICO, "Yes", "No"), (INDICO_DE, "Ja", "Nein"), (INDICO, "Já", "Néé")],
)
def test_a_check_in_proves_presence_and_no_minutes(headings: str, yes: str, no: str) -> None:
    text = "\ufeff" + (headings + LIST.format(yes=yes, no=no)).replace("\n", "\r\n")
    report = read_report(text.encode(), "registrations.csv")
    assert report.platform == "indico"
    assert report.questions == ()
    (ada,) = report.meetings[0].people
    assert (ada.name, ada.email) == ("Ada Verdi", "ada@example.org")
    assert (ada.intervals, ada.minutes, ada.stated_minutes) == (None, None, None)
    assert ada.seen_at == datetime(2026, 5, 12, 8, 1, 10, 3000, tzinfo=UTC).replace(microsecond=0)
    assert report.not_attended == ("Bruno Neri",)
    assert codes(report) == ["presence_only"]


def test_indico_without_anybody_checked_in() -> None:
    text = INDICO + LIST.format(yes="Yes", no="No").splitlines()[2]
    report = read_report((INDICO + "\n" + text.removeprefix(INDICO)).encode(), "r.csv")
    assert report.not_attended == ("Bruno Neri",)
    assert report.meetings[0].people == ()


def check_attendance(report: Report) -> None:
    assert report.platform == "moodle"
    assert report.questions == ()
    first, second = report.meetings
    assert first.title == "Bilancio · 12 mag 2026 10.00AM Tutti"
    assert [(p.name, p.email, p.minutes, p.section) for p in first.people] == [
        ("Ada Verdi", "ada@example.org", None, "P (2/2)")
    ]
    assert [p.name for p in second.people] == ["Ada Verdi", "Bruno Neri"]
    assert report.not_attended == ("Carla Blu",)
    assert codes(report) == ["presence_only"]


def test_moodle_attendance_is_read_by_its_points() -> None:
    check_attendance(read_report(ATTENDANCE.encode(), "Attendances.txt"))
    sheet = [line.split("\t") for line in ATTENDANCE.splitlines()]
    check_attendance(read_report(xlsx({"Attendances": sheet}), "Attendances.xlsx"))


def test_moodle_letters_without_points_decide_only_where_they_are_clear() -> None:
    bare = ATTENDANCE.replace(" (2/2)", "").replace(" (1/2)", "").replace(" (0/2)", "")
    report = read_report(bare.encode(), "Attendances.txt")
    assert [[p.name for p in m.people] for m in report.meetings] == [["Ada Verdi"], ["Bruno Neri"]]
    assert notice(report, "unclear_statuses") == {"names": ("R",)}


def test_a_meetings_own_line_is_no_row_of_sessions() -> None:
    head = (
        "Topic,Id,Start,End,Minutes\nBilancio,812 3456 7890,16/05/2026 08:50,16/05/2026 10:00,70\n"
    )
    rows = "\nName (original name),Email,Total minutes\nAda Verdi,ada@example.org,70\n"
    assert read_report((head + rows).encode(), "zoom.csv", zone=ROME).platform == "zoom"


def test_moodle_log_of_a_room_becomes_stays() -> None:
    entered, left = "has joined a bigbluebutton meeting", "has left a bigbluebutton meeting"
    report = log(
        ("12/05/26, 12:00:10", "Ada Verdi", 5, left),
        ("12/05/26, 11:30:00", "Ada Verdi", 5, entered),
        ("12/05/26, 11:00:00", "Carla Blu", 9, "viewed the course"),
        ("12/05/26, 10:45:00", "Ada Verdi", 5, left),
        ("12/05/26, 10:05:00", "Bruno Neri", 6, entered),
        ("12/05/26, 10:00:00", "Ada Verdi", 5, entered),
    )
    assert report.platform == "moodle"
    assert [question.kind for question in report.questions] == ["date_order"]
    assert minutes(report) == {"Ada Verdi": 75, "Bruno Neri": 0}
    assert notice(report, "no_leave")["rows"] == (6,)
    assert notice(report, "ignored_rows") == {"rows": (4,)}


def test_moodle_log_without_a_room_proves_an_instant() -> None:
    report = log(
        ("13/05/26, 11:30:00", "Ada Verdi", 5, "viewed the page"),
        ("13/05/26, 10:00:00", "Ada Verdi", 5, "viewed the course"),
    )
    assert report.questions == ()
    (ada,) = report.meetings[0].people
    assert ada.seen_at == datetime(2026, 5, 13, 8, tzinfo=UTC)
    assert spans(ada) is None
    assert "presence_only" in codes(report)
    assert people(report)
