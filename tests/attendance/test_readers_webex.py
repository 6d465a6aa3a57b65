"""Webex's layouts in several languages and states of repair; figures worked out by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.attendance.reading import ROME, codes, minutes, notice, people, spans, written

HEADINGS = (
    "Meeting Name|Meeting Start Time|Meeting End Time|Name|Attendee Email|Join Time|Leave Time"
    "|Attendance Duration|Connection Type"
)
START, END = "2026-05-14 09:55:10", "2026-05-14 12:02:00"
ROWS = (
    ("Ortensia Valgrande", "o@comune.pievefinta.example.it", "09:55:10", "12:02:00", "127 mins"),
    ("Rosalba Finti", "r@ente.example.it", "10:00:00", "10:51:30", "52 mins"),
    ("Rosalba Finti", "r@ente.example.it", "11:00:00", "11:00:20", "1 mins"),
    ("+39 055 *** ** 12", "", "10:10:00", "12:00:00", "110 mins"),
)
COUNTED = {"Ortensia Valgrande": 126, "Rosalba Finti": 51, "+39 055 *** ** 12": 110}
STATED = {"Ortensia Valgrande": 127, "Rosalba Finti": 53, "+39 055 *** ** 12": 110}


def meeting(
    headings: str = HEADINGS,
    *,
    topic: str = "Bilancio, secondo incontro",
    unit: str = "mins",
    formula: bool = True,
) -> list[list[str]]:
    def time(text: str) -> str:
        return f'="{text}"' if formula else text

    rows = [headings.split("|")]
    for name, email, came, left, length in ROWS:
        stamps = [time(f"2026-05-14 {hour}") for hour in (came, left)]
        length = length.replace("mins", unit)
        rows.append([topic, time(START), time(END), name, email, *stamps, length, "Desktop app"])
    return rows


def tabbed(rows: list[list[str]]) -> str:
    return "\r\n".join("\t".join(row) for row in rows) + "\r\n"


def check(text: str, encoding: str = "utf-16") -> None:
    report = written(text, encoding=encoding)
    (found,) = report.meetings
    assert report.platform == "webex"
    assert found.title == "Bilancio, secondo incontro"
    assert found.starts_at == datetime(2026, 5, 14, 9, 55, 10, tzinfo=ROME)
    assert found.ends_at == datetime(2026, 5, 14, 12, 2, tzinfo=ROME)
    assert minutes(report) == COUNTED
    assert {p.name: p.stated_minutes for p in found.people} == STATED
    assert spans(people(report)["Rosalba Finti"]) == ["10:00:00-10:51:30", "11:00:00-11:00:20"]
    assert report.questions == ()
    assert codes(report) == []


@pytest.mark.parametrize("formula", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_a_meeting(encoding: str, formula: bool) -> None:
    check(tabbed(meeting(formula=formula)), encoding)


@pytest.mark.parametrize(
    ("headings", "unit"),
    [
        (
            "Nome riunione|Ora di inizio riunione|Ora di fine riunione|Nome|E-mail partecipante"
            "|Ora di ingresso|Ora di uscita|Durata partecipazione|Tipo di connessione",
            "min",
        ),
        (
            "Meetingname|Startzeit|Endzeit|Name|E-Mail des Teilnehmers|Beitrittszeit"
            "|Austrittszeit|Teilnahmedauer|Verbindungstyp",
            "Minuten",
        ),
        (
            "Nom de la réunion|Heure de début|Heure de fin|Nom|E-mail de l’invité"
            "|Heure d’arrivée|Heure de départ|Durée de présence|Type de connexion",
            "minutes",
        ),
        ("A|B|C|D|E|F|G|H|I", "mn"),
        ("Kunveno|Ekde|Ĝis|Nomo|Adreso|Ekestis|Malestis|Daŭro|Konekto", "min-oj".replace("-", "")),
    ],
)
def test_other_languages(headings: str, unit: str) -> None:
    check(tabbed(meeting(headings, unit=unit)))


def test_commas_and_a_spreadsheets_semicolons() -> None:
    rows = meeting(formula=False)
    check("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    check("\n".join(";".join(row) + ";;;" for row in rows), "cp1252")


def test_display_name_first_and_last_name_and_role() -> None:
    headings = (
        "Meeting Name|Meeting Start Time|Meeting End Time|Display Name|First Name|Last Name|Role"
        "|Attendee Email|Join Time|Leave Time|Attendance Duration|Connection Type"
    )
    rows = [headings.split("|")]
    for row in meeting()[1:]:
        first, _, last = row[3].partition(" ")
        rows.append([*row[:4], first, last, "Attendee", *row[4:]])
    check(tabbed(rows))


def test_several_sessions_in_one_file_are_several_meetings() -> None:
    rows = meeting()
    again = [[cell.replace("2026-05-14", "2026-05-21") for cell in row] for row in meeting()[1:3]]
    report = written(tabbed([*rows, *again]), encoding="utf-16")
    first, second = report.meetings
    assert first.starts_at == datetime(2026, 5, 14, 9, 55, 10, tzinfo=ROME)
    assert second.starts_at == datetime(2026, 5, 21, 9, 55, 10, tzinfo=ROME)
    assert [p.minutes for p in second.people] == [126, 51]


def test_without_the_meetings_columns() -> None:
    rows = [row[3:] for row in meeting()]
    report = written(tabbed(rows), encoding="utf-16")
    assert report.platform == "webex"
    assert minutes(report) == COUNTED


def test_a_report_of_sessions_names_its_zone() -> None:
    zone = "Europe Summer Time (Rome, GMT+02:00)"
    sessions = []
    for topic, day, rows in (
        ("Appalti", "May 14, 2026", [("Ada Finti", "9:58 am", "11:03 am", "65 mins")]),
        (
            "Contratti",
            "May 15, 2026",
            [
                ("Ada Finti", "9:58 am", "10:58 am", "60 mins"),
                ("Ugo Finti", "11:58 pm", "12:08 am", "10 mins"),
            ],
        ),
    ):
        sessions += [f"Session detail for '{topic}':"]
        sessions += [
            "Participant\tAudience Type\tName\tEmail\tDate\tStart Time\tEnd Time\tDuration\tCompany"
        ]
        sessions += [
            f"{at}\tAttendee\t{name}\t{name[:3]}@x.example.it\t{day}\t{came} {zone}\t{left} {zone}"
            f"\t{length}\tEnte"
            for at, (name, came, left, length) in enumerate(rows, start=1)
        ]
        sessions += [""]
    report = written("\n".join(sessions), zone=None)
    first, second = report.meetings
    assert report.platform == "webex"
    assert (first.title, second.title) == ("Appalti", "Contratti")
    assert report.questions == ()
    (ada,) = first.people
    assert (ada.name, ada.minutes, ada.stated_minutes) == ("Ada Finti", 65, 65)
    assert spans(ada) == ["09:58:00-11:03:00"]
    assert spans(second.people[1]) == ["23:58:00-00:08:00"]


def test_an_hour_in_words_and_ambiguous_days() -> None:
    text = tabbed(meeting(formula=False)).replace("2026-05-14", "05/06/2026")
    text = text.replace("127 mins", "2 hr 7 min").replace("110 mins", "1 hr 50 min")
    report = written(text, encoding="utf-16")
    (question,) = report.questions
    assert question.options == ("2026-06-05", "2026-05-06")
    assert minutes(report) == COUNTED
    assert {p.name: p.stated_minutes for p in report.meetings[0].people} == STATED


def test_who_was_invited_and_never_came() -> None:
    rows = meeting()
    rows.append([*rows[1][:3], "Nevio Assente", "n@ente.example.it", "", "", "", ""])
    rows.append([*rows[1][:3], "", "", *rows[1][5:]])
    report = written(tabbed(rows), encoding="utf-16")
    assert report.not_attended == ("Nevio Assente",)
    assert notice(report, "unnamed_rows")["rows"] == (7,)
