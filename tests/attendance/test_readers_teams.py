"""Microsoft Teams in several languages and states of repair; figures worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance.readers import UnreadableReport
from tests.attendance.reading import ROME, codes, minutes, notice, people, spans, written

EVENTS = """Full Name\tUser Action\tTimestamp
Valgrande Ortensia\tJoined before\t13/05/2026, 09:58:00
Valgrande Ortensia\tLeft\t13/05/2026, 10:30:00
Finti Rosalba\tJoined\t13/05/2026, 10:00:30
Dell'Orto Tancredi\tJoined\t13/05/2026, 10:01:00
Dell'Orto Tancredi\tLeft\t13/05/2026, 10:20:59
Dell'Orto Tancredi\tJoined\t13/05/2026, 10:40:00
Dell'Orto Tancredi\tLeft\t13/05/2026, 11:00:30
"""


def test_a_list_of_events() -> None:
    report = written(EVENTS, encoding="utf-16")
    assert report.platform == "teams"
    assert report.questions == ()
    assert minutes(report) == {
        "Valgrande Ortensia": 32,
        "Finti Rosalba": 60,  # 10:00:30 to the list's last event
        "Dell'Orto Tancredi": 40,  # 19:59 and 20:30
    }
    assert spans(people(report)["Finti Rosalba"]) == ["10:00:30-11:00:30"]
    assert notice(report, "still_there") == {
        "names": ("Finti Rosalba",),
        "text": "13/05/2026, 11:00:30",
    }
    assert notice(report, "there_before") == {"names": ("Valgrande Ortensia",)}


@pytest.mark.parametrize(
    ("joined", "left"),
    [
        ("Partecipazione avviata", "Uscita effettuata"),
        ("Beigetreten", "Verlassen"),
        ("A rejoint", "Parti"),
        ("Aliĝis", "Foriris"),
        ("参加済み", "退出済み"),
    ],
)
def test_a_list_of_events_in_any_language(joined: str, left: str) -> None:
    text = EVENTS.replace("Joined before", joined).replace("Joined", joined).replace("Left", left)
    headings = "Nomo\tAgo\tTempo"
    report = written(text.replace("Full Name\tUser Action\tTimestamp", headings))
    assert list(minutes(report).values()) == [32, 60, 40]


def test_a_list_of_events_without_headings_and_out_of_order() -> None:
    lines = EVENTS.splitlines()[1:]
    assert minutes(written("\n".join(lines))) == minutes(written(EVENTS))
    shuffled = "\n".join([*lines[4:], *lines[:4]])
    assert set(minutes(written(shuffled)).items()) == set(minutes(written(EVENTS)).items())


def test_two_devices_in_a_list_of_events() -> None:
    report = written(
        "Full Name,User Action,Timestamp\n"
        'Ada Finti,Joined,"13/05/2026, 10:00:00"\n'
        'Ada Finti,Joined,"13/05/2026, 10:05:00"\n'
        'Ada Finti,Left,"13/05/2026, 10:20:00"\n'
        'Ada Finti,Left,"13/05/2026, 10:30:00"\n'
        'Ugo Finti,Left,"13/05/2026, 10:31:00"\n'
    )
    assert minutes(report) == {"Ada Finti": 30, "Ugo Finti": 0}
    assert notice(report, "no_join")["rows"] == (6,)


def test_american_events_over_the_end_of_a_month() -> None:
    report = written(
        "Full Name\tUser Action\tTimestamp\n"
        "Ada Finti\tJoined\t1/31/2026, 11:50:00 PM\nAda Finti\tLeft\t2/1/2026, 12:10:00 AM\n"
        "Ugo Finti\tJoined\t1/31/2026, 11:55:00 PM\n"
    )
    assert report.questions == ()
    assert minutes(report) == {"Ada Finti": 20, "Ugo Finti": 15}


def test_a_live_events_list_is_in_utc() -> None:
    rows = [
        ("Ada Finti", "2/14/2026 9:00:00 AM", "Joined"),
        ("Ada Finti", "2/14/2026 10:00:00 AM", "Left"),
        ("Ugo Finti", "2/14/2026 9:05:00 AM", "Joined"),
        ("Ugo Finti", "2/14/2026 9:50:00 AM", "Left"),
    ]
    lines = [
        f"{at}f0c-77,{name[:1]}9e1-44,{name},Mozilla/5.0 (Macintosh),{when},{action},Attendee"
        for at, (name, when, action) in enumerate(rows)
    ]
    head = "SessionId,ParticipantId,FullName,UserAgent,UtcEventTimestamp,Action,Role"
    report = written("\n".join([head, *lines, ""]), zone=None)
    assert report.questions == ()
    assert minutes(report) == {"Ada Finti": 60, "Ugo Finti": 45}
    (stay,) = people(report)["Ada Finti"].intervals or ()
    assert stay.start == datetime(2026, 2, 14, 10, tzinfo=ROME)


def test_american_dates_are_asked_or_told_by_the_lesson() -> None:
    text = EVENTS.replace("13/05/2026, 09:58:00", "5/6/2026, 9:58:00 AM")
    for hour in ("10:30:00", "10:00:30", "10:01:00", "10:20:59", "10:40:00", "11:00:30"):
        text = text.replace(f"13/05/2026, {hour}", f"5/6/2026, {hour} AM")
    asked = written(text)
    (question,) = asked.questions
    assert question.options == ("2026-06-05", "2026-05-06")
    assert people(asked)["Finti Rosalba"].intervals is None
    assert people(asked)["Finti Rosalba"].minutes == 60
    told = written(text, date=date(2026, 5, 6))
    assert told.questions == ()
    assert spans(people(told)["Finti Rosalba"]) == ["10:00:30-11:00:30"]


OF_2021 = """{0}\t3
{1}\tBilancio 2026: secondo incontro
{2}\t{start}
{3}\t{end}
{4}\t9a1b2c3d-0000-4e5f-8a9b-0c1d2e3f4a5b

{5}\t{6}\t{7}\t{8}\t{9}\t{10}\tUPN
Ortensia Valgrande\t{start}\t{end}\t{whole}\to@comune.pievefinta.example.it\t{11}\to@x.example.it
Tancredi Dell'Orto\t{late}\t{end}\t{half}\t\t{12}\t
Rosalba Finti\t{late}\t{soon}\t{secs}\tr@ente.example.it\t{12}\tr@ente.example.it
Rosalba Finti\t{soon}\t{end}\t{rest}\tr@ente.example.it\t{12}\tr@ente.example.it
"""
LANGUAGES = {
    "italiano": (
        "Numero totale dei partecipanti|Titolo riunione|Ora di inizio riunione|Ora di fine riunione"
        "|ID riunione|Nome completo|Ora di accesso|Ora di uscita|Durata|Posta elettronica|Ruolo"
        "|Organizzatore|Partecipante",
        "%d/%m/%Y, %H:%M:%S",
        ("2 ore 1 min", "1 ora 30 min", "45 s", "1 ora 29 min"),
    ),
    "Deutsch": (
        "Gesamtanzahl der Teilnehmer|Titel der Besprechung|Startzeit|Endzeit|Besprechungs-ID"
        "|Vollständiger Name|Beitrittszeit|Austrittszeit|Dauer|E-Mail|Rolle|Organisator|Teilnehmer",
        "%d.%m.%Y, %H:%M:%S",
        ("2 Std. 1 Min.", "1 Std. 30 Min.", "45 Sek.", "1 Std. 29 Min."),
    ),
    "français": (
        "Nombre total de participants|Titre de la réunion|Début|Fin|ID de réunion|Nom complet"
        "|Heure d’arrivée|Heure de départ|Durée|E-mail|Rôle|Organisateur|Participant",
        "%d/%m/%Y à %H:%M:%S",
        ("2 h 1 min", "1 h 30 min", "45 s", "1 h 29 min"),
    ),
    "English": (
        "Total Number of Participants|Meeting Title|Meeting Start Time|Meeting End Time|Meeting Id"
        "|Full Name|Join Time|Leave Time|Duration|Email|Role|Organizer|Attendee",
        "%m/%d/%Y, %I:%M:%S %p",
        ("2h 1m", "1h 30m", "45s", "1h 29m"),
    ),
    "a language nobody listed": (
        "Ĉiuj|Nomo de kunveno|Ekde|Ĝis|Numero|Plena nomo|Ekestis|Malestis|Daŭro|Retadreso|Rolo"
        "|Estro|Ĉeestanto",
        "%Y-%m-%d %H:%M:%S",
        ("2 hod 1 mn", "1 hod 30 mn", "45 sk", "1 hod 29 mn"),
    ),
}


def of_2021(language: str) -> str:
    words, form, lengths = LANGUAGES[language]
    at = {
        name: datetime.fromisoformat(f"2026-05-14 {hour}").strftime(form)
        for name, hour in [
            ("start", "10:00:00"), ("late", "10:30:40"), ("soon", "10:31:25"), ("end", "12:01:10"),
        ]
    }  # fmt: skip
    stated = dict(zip(("whole", "half", "secs", "rest"), lengths, strict=True))
    return OF_2021.format(*words.split("|"), **at, **stated)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_the_table_of_2021(language: str, encoding: str) -> None:
    report = written(of_2021(language), encoding=encoding)
    (meeting,) = report.meetings
    assert report.platform == "teams"
    assert report.questions == ()
    assert meeting.title == "Bilancio 2026: secondo incontro"
    assert meeting.starts_at == datetime(2026, 5, 14, 10, tzinfo=ROME)
    assert meeting.ends_at == datetime(2026, 5, 14, 12, 1, 10, tzinfo=ROME)
    assert {p.name: (p.minutes, p.stated_minutes) for p in meeting.people} == {
        "Ortensia Valgrande": (121, 121),
        "Tancredi Dell'Orto": (90, 90),
        "Rosalba Finti": (90, 89),  # 0:45 and 1:29:45, of which Teams states «1h 29m»
    }
    assert people(report)["Tancredi Dell'Orto"].email is None
    assert codes(report) == []


SECTIONS = """1. Summary
Meeting title\tAppalti: il nuovo codice
Attended participants\t3
Start time\t5/21/26, 9:58:00 AM
End time\t5/21/26, 12:03:00 PM
Meeting duration\t2h 5m
Average attendance time\t1h 30m 2s

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID\tRole{more}
Valgrande Ortensia\t5/21/26, 9:58:00 AM\t5/21/26, 12:03:00 PM\t2h 5m\to@x.example.it\to@x\tHost{a}
Finti, Rosalba (Guest)\t5/21/26, 10:00:00 AM\t5/21/26, 12:00:00 PM\t1h 30m 5s\t\t\tGuest{b}
Dell'Orto Tancredi\t5/21/26, 10:05:10 AM\t5/21/26, 10:05:25 AM\t15s\tt@x.example.it\tt@x\tGuest{c}

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Valgrande Ortensia\t5/21/26, 9:58:00 AM\t5/21/26, 12:03:00 PM\t2h 5m\to@x.example.it\tOrganizer
Finti, Rosalba (Guest)\t5/21/26, 10:00:00 AM\t5/21/26, 10:30:02 AM\t30m 2s\t\tPresenter
Finti, Rosalba (Guest)\t5/21/26, 10:59:57 AM\t5/21/26, 12:00:00 PM\t1h 3s\t\tPresenter
Dell'Orto Tancredi\t5/21/26, 10:05:10 AM\t5/21/26, 10:05:25 AM\t15s\tt@x.example.it\tAttendee
"""
PLAIN = SECTIONS.format(more="", a="", b="", c="")
COUNTED = {"Valgrande Ortensia": 125, "Finti, Rosalba (Guest)": 90, "Dell'Orto Tancredi": 0}


def check_sections(text: str, encoding: str = "utf-16") -> None:
    report = written(text, encoding=encoding)
    (meeting,) = report.meetings
    assert meeting.title == "Appalti: il nuovo codice"
    assert meeting.starts_at == datetime(2026, 5, 21, 9, 58, tzinfo=ROME)
    assert minutes(report) == COUNTED
    assert {p.name: p.stated_minutes for p in meeting.people} == COUNTED
    rosalba = people(report)["Finti, Rosalba (Guest)"]
    assert spans(rosalba) == ["10:00:00-10:30:02", "10:59:57-12:00:00"]
    assert codes(report) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"])
def test_sections(encoding: str) -> None:
    check_sections(PLAIN, encoding)


def test_premium_columns_and_semicolons_of_a_spreadsheet() -> None:
    premium = SECTIONS.format(
        more="\tEngagement: Camera On\tEngagement: Raise Hands", a="\t1\t0", b="\t0\t2", c="\t0\t0"
    )
    check_sections(premium)
    lines = [line.replace("\t", ";") for line in premium.splitlines()]
    check_sections("\r\n".join(line + ";" * (9 - line.count(";")) for line in lines), "cp1252")


def test_a_section_without_addresses_is_still_the_same_people() -> None:
    head, stays = PLAIN.split("3. In-Meeting")
    cut = [line.split("\t")[:4] for line in stays.splitlines()]
    text = head + "3. In-Meeting" + "\n".join("\t".join(cells) for cells in cut)
    assert minutes(written(text)) == COUNTED


def test_formula_cells_and_nul_bytes() -> None:
    formulas = "\n".join(
        "\t".join(f'="{cell}"' if "/" in cell else cell for cell in line.split("\t"))
        for line in PLAIN.splitlines()
    )
    check_sections(formulas)
    report = written(PLAIN.replace("Tancredi", "Tan\0credi"), encoding="utf-8")
    assert minutes(report) == COUNTED
    assert codes(report) == ["nul_removed"]


def test_the_second_section_alone_says_what_it_cannot_tell() -> None:
    cut = PLAIN[PLAIN.index("2. Participants") : PLAIN.index("3. In-Meeting")]
    report = written(cut)
    rosalba = people(report)["Finti, Rosalba (Guest)"]
    assert (rosalba.minutes, rosalba.stated_minutes) == (120, 90)
    assert notice(report, "away_inside")["rows"] == (4,)


def test_a_copy_without_headings_or_with_translated_ones() -> None:
    body = PLAIN.splitlines()[-4:]
    assert minutes(written("\n".join(body))) == COUNTED
    translated = "Nama;Waktu;Waktu;Durasi;Surel;Peran"
    rows = [line.replace("\t", ";") for line in body]
    assert minutes(written("\n".join([translated, *rows]))) == COUNTED
    half = "Name;Ora;;Durata;;"
    assert minutes(written("\n".join([half, *rows]))) == COUNTED


def test_a_webinar_lists_who_registered_and_never_came() -> None:
    report = written(
        "2. Participants\n"
        "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
        "\tRegistration First Name\tRegistration Last Name\tRegistration Email\tRegistration Time"
        "\tRegistration Status\n"
        "Ada Finti\t5/21/26, 10:00:00 AM\t5/21/26, 11:00:00 AM\t1h\ta@x.example.it\ta@x.example.it"
        "\tAttendee\tAda\tFinti\ta@x.example.it\t5/18/26, 3:04:00 PM\tRegistered\n"
        "Ugo Assente\t\t\t\tu@x.example.it\t\tAttendee\tUgo\tAssente\tu@x.example.it"
        "\t5/19/26, 3:04:00 PM\tRegistered\n"
    )
    assert minutes(report) == {"Ada Finti": 60}
    assert report.not_attended == ("Ugo Assente",)


def test_over_midnight() -> None:
    report = written(
        "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
        "Ada Finti\t14.05.2026, 23:10:00\t15.05.2026, 00:20:30\t1 Std. 10 Min.\t\tTeilnehmer\n"
    )
    assert spans(people(report)["Ada Finti"]) == ["23:10:00-00:20:30"]
    assert minutes(report) == {"Ada Finti": 70}


def test_an_unknown_zone_is_asked() -> None:
    (question,) = written(PLAIN, zone=None).questions
    assert question.kind == "zone"


def test_times_nobody_can_read() -> None:
    text = PLAIN.replace("5/21/26, ", "").replace(" AM", " heures").replace(" PM", " heures")
    with pytest.raises(UnreadableReport):
        written(text)


STAY = st.tuples(st.integers(0, 7_000), st.integers(0, 7_000)).map(sorted)


@settings(max_examples=25, deadline=None)
@given(st.lists(STAY, min_size=1, max_size=4))
def test_minutes_are_the_union_of_the_stays(stays: list[list[int]]) -> None:
    def clock(seconds: int) -> str:
        return f"{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

    def length(seconds: int) -> str:
        return f"{seconds // 60}m {seconds % 60}s"

    rows = [
        f"Ada Finti\t14/05/2026, {clock(a)}\t14/05/2026, {clock(b)}\t{length(b - a)}"
        for a, b in stays
    ]
    report = written("\n".join(["Nome\tEntrata\tUscita\tDurata", *rows, ""]))
    (ada,) = report.meetings[0].people
    seconds = len({second for a, b in stays for second in range(a, b)})
    assert ada.minutes == seconds // 60
    assert ada.stated_minutes == sum(b - a for a, b in stays) // 60
