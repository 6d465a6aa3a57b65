"""Zoom's layouts in several languages and states of repair; expected figures worked out by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from lms.attendance.readers import read_report
from tests.attendance.reading import (
    HEADINGS,
    ROME,
    codes,
    fixture,
    minutes,
    notice,
    people,
    spans,
    zoom,
)


def test_an_italian_meeting() -> None:
    report = fixture("zoom_it_riunione.csv", zone=ROME)
    (meeting,) = report.meetings
    assert report.platform == "zoom"
    assert meeting.title == "Bilancio, secondo incontro"
    assert meeting.starts_at == datetime(2026, 5, 14, 9, 58, 30, tzinfo=ROME)
    assert meeting.ends_at == datetime(2026, 5, 14, 12, 0, 10, tzinfo=ROME)
    assert report.questions == ()  # 14 is no month
    assert minutes(report) == {
        "Ortensia Valgrande": 121,
        "Tancredi Dell'Orto (Comune di Pievefinta)": 119,
        "Rosalba Finti": 86,
        "Ippolita D’Ombra": 0,
    }


def test_rejoins_and_renaming_are_one_person_by_email() -> None:
    tancredi = people(fixture("zoom_it_riunione.csv", zone=ROME))[
        "Tancredi Dell'Orto (Comune di Pievefinta)"
    ]
    assert spans(tancredi) == ["10:00:00-11:59:59"]  # the two devices overlap for 20 seconds
    assert tancredi.stated_minutes == 121
    assert tancredi.lines == (6, 7)
    assert tancredi.aliases == ("Comune di Pievefinta", "tancredi")


def test_waiting_room_rows_do_not_count_and_are_counted() -> None:
    report = fixture("zoom_it_riunione.csv", zone=ROME)
    rosalba = people(report)["Rosalba Finti"]
    assert spans(rosalba) == ["10:02:00-11:02:30", "11:30:00-11:45:45", "11:50:00-12:00:00"]
    assert rosalba.stated_minutes == 61 + 16 + 10
    assert notice(report, "waiting_room") == {"count": 2}
    assert notice(report, "only_waiting") == {"names": ("iPhone di Nevio",)}


def test_a_join_without_a_leave_gives_no_interval_and_names_the_row() -> None:
    report = fixture("zoom_it_riunione.csv", zone=ROME)
    assert people(report)["Ippolita D’Ombra"].intervals == ()
    assert notice(report, "no_leave")["rows"] == (13,)


def test_german_saved_by_a_spreadsheet() -> None:
    report = fixture("zoom_de_tabellenkalkulation.csv", zone=ROME)
    assert report.meetings[0].title == "Haushaltsrecht für Gemeinden"
    assert report.meetings[0].ends_at == datetime(2026, 5, 28, 10, 1, tzinfo=ROME)
    assert minutes(report) == {"Jörg Musterthal": 61, "Käthe Größe": 45}
    assert codes(report) == ["not_utf8", "waiting_room"]


def test_french_in_utf16_with_tabs() -> None:
    report = fixture("zoom_fr_onglets.csv", zone=ROME)
    assert report.meetings[0].title == "Marchés publics"
    assert minutes(report) == {"Zoé Fictive": 60, "Aurèle Imaginé": 30}
    assert notice(report, "waiting_room") == {"count": 1}


def test_spanish_without_the_meeting() -> None:
    report = fixture("zoom_es_sin_cabecera.csv", zone=ROME)
    (meeting,) = report.meetings
    assert (meeting.title, meeting.starts_at, meeting.ends_at) == (None, None, None)
    assert minutes(report) == {"Íñigo Inventado": 60}


def test_a_language_nobody_listed_is_read_by_the_shape_of_its_table() -> None:
    report = fixture("zoom_lingua_ignota.csv", zone=ROME)
    (meeting,) = report.meetings
    assert meeting.title == "Buĝeto"
    assert meeting.starts_at == datetime(2026, 4, 3, 9, tzinfo=ROME)
    assert minutes(report) == {"Zoé Nekredebla": 60, "Ugo Fantazia": 50}
    assert people(report)["Zoé Nekredebla"].email == "zoe@urbo.example.it"
    assert notice(report, "waiting_room") == {"count": 1}


def test_a_usage_log_holds_several_meetings() -> None:
    report = fixture("zoom_it_registro_utilizzo.csv", zone=ROME)
    first, second = report.meetings
    assert (first.title, second.title) == ("Trasparenza", "Privacy")
    assert first.starts_at == datetime(2026, 4, 8, 9, tzinfo=ROME)  # the 27th of its creation tells
    assert {p.name: p.minutes for p in first.people} == {
        "Ortensia Valgrande (Host)": 120,
        "Rosalba Finti": 90,
    }
    assert {p.name: p.stated_minutes for p in second.people} == {
        "Elia Rivafinta (Host)": 61,
        "Rosalba Finti": 50,
    }


def test_a_webinar_with_its_sections() -> None:
    report = fixture("zoom_it_webinar.csv", zone=ROME)
    (meeting,) = report.meetings
    assert meeting.title == "PNRR, milestone e target"
    assert meeting.ends_at == datetime(2026, 5, 15, 16, 1, tzinfo=ROME)  # 14:30 and 91 minutes
    assert minutes(report) == {
        "Segreteria percorsi": 96,
        "Sala Consiliare": 79,  # 29:30 and 50:00
        "Rosalba Finti": 90,
        "39055******12": 60,
    }
    room = people(report)["Sala Consiliare"]
    assert room.registered_name == "Tancredi Dell'Orto"
    assert room.section == "Dettagli partecipanti"
    assert people(report)["39055******12"].email is None
    assert report.not_attended == ("Nevio Assente",)
    assert notice(report, "absent_and_present") == {"names": ("Rosalba Finti",)}


def test_totals_only() -> None:
    report = fixture("zoom_en_totali.csv", zone=ROME)
    rosalba = people(report)["Rosalba Finti"]
    assert (rosalba.intervals, rosalba.minutes, rosalba.stated_minutes) == (None, None, 76)
    assert codes(report) == ["totals_only"]


def test_columns_in_another_order_and_company() -> None:
    report = zoom(
        "13/04/2026 10:00;;X;13/04/2026 09:00;a@ente.example.it;Ada Finti",
        headings="Leave Time;Attentiveness;Country/Region Name;Join Time;User Email;"
        "Name (Original Name)",
    )
    ada = people(report)["Ada Finti"]
    assert (ada.minutes, ada.stated_minutes, ada.email) == (60, None, "a@ente.example.it")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_and_padding(separator: str) -> None:
    row = ["Ada", "", "13/04/2026 09:00:00", "13/04/2026 10:00:00", "60"]
    text = "\r\n".join(separator.join([*each, *[""] * 9]) for each in (HEADINGS.split(","), row))
    assert minutes(read_report(text.encode(), "x.csv", zone=ROME)) == {"Ada": 60}


def test_a_comma_file_that_a_spreadsheet_kept_in_one_column() -> None:
    text = f'"{HEADINGS}";;\r\n"Ada,,""13/04/2026 09:00:00"",""13/04/2026 10:00:00"",60";;\r\n'
    assert minutes(read_report(text.encode(), "x.csv", zone=ROME)) == {"Ada": 60}


def test_excel_separator_line() -> None:
    text = f"sep=,\r\n{HEADINGS}\r\nAda,,13/04/2026 09:00:00,,60\r\n"
    report = read_report(text.encode(), "x.csv", zone=ROME)
    assert notice(report, "no_leave")["rows"] == (3,)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    text = f"{HEADINGS}\nNicolò D’Ombra,,13/04/2026 09:00:00,13/04/2026 10:00:00,60\n"
    assert minutes(read_report(text.encode(encoding), "x.csv", zone=ROME)) == {"Nicolò D’Ombra": 60}


def test_utf8_hurt_in_one_place_keeps_its_accents() -> None:
    data = f"{HEADINGS}\nNicolò,,13/04/2026 09:00:00,13/04/2026 10:00:00,60\n".encode()
    report = read_report(data.replace(b",60", b",60,\xff"), "x.csv", zone=ROME)
    assert minutes(report) == {"Nicolò": 60}
    assert codes(report) == ["bad_bytes"]


def test_nul_junk_and_rows_that_are_nobody() -> None:
    report = zoom(
        "A\0da,,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "Totale,1",
        ",,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "NA,NA,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "Generated by Zoom",
        "\x1a",
    )
    assert minutes(report) == {"Ada": 60}
    assert notice(report, "nul_removed") == {"count": 1}
    assert notice(report, "ignored_rows")["rows"] == (3, 6)
    assert notice(report, "unnamed_rows")["rows"] == (4, 5)


def test_an_unquoted_comma_in_a_name() -> None:
    report = zoom("Finti, Ada,a@ente.example.it,13/04/2026 09:00:00,13/04/2026 10:00:00,60")
    assert minutes(report) == {"Finti, Ada": 60}
    assert notice(report, "shifted_rows")["rows"] == (2,)


def test_headings_repeated_in_the_middle_are_no_person() -> None:
    row = "Ada,,13/04/2026 0{0}:00:00,13/04/2026 0{0}:30:00,30"
    assert minutes(zoom(row.format(8), HEADINGS, row.format(9))) == {"Ada": 60}


def test_without_email_only_the_same_name_is_the_same_person() -> None:
    report = zoom(
        "Ada Finti,,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "ada  finti,,13/04/2026 10:00:00,13/04/2026 10:30:00,30",
        "Ada Finti (Comune di Borgofinto),,13/04/2026 11:00:00,13/04/2026 11:10:00,10",
        "Ada Finti,a@ente.example.it,13/04/2026 12:00:00,13/04/2026 12:10:00,10",
    )
    assert [p.minutes for p in report.meetings[0].people] == [90, 10, 10]
    assert notice(report, "name_kept_apart") == {"names": ("Ada Finti",)}


def test_one_name_twice_at_the_same_time_is_said() -> None:
    report = zoom(
        "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "Ada,,13/04/2026 09:30:00,13/04/2026 10:30:00,60",
    )
    assert minutes(report) == {"Ada": 90}
    assert notice(report, "same_name_overlap") == {"names": ("Ada",)}


def test_emails_are_compared_without_case_and_names_are_told() -> None:
    report = zoom(
        "Ada,OFFICE@ente.example.it,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        "Ugo,office@ente.example.it,13/04/2026 10:00:00,13/04/2026 11:00:00,60",
    )
    assert minutes(report) == {"Ada": 120}
    assert notice(report, "one_email_many_names") == {"names": ("Ada / Ugo",)}


def test_the_platforms_minutes_are_held_against_the_times() -> None:
    report = zoom(
        "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:01,61",  # rounded up: as Zoom does
        "Ugo,,13/04/2026 09:00:00,13/04/2026 10:00:00,90",
        "Lia,,13/04/2026 09:00,13/04/2026 10:00,62",  # no seconds: up to a minute at either end
        "Elia,,13/04/2026 09:00,13/04/2026 10:00,63",
    )
    assert notice(report, "stated_differs")["rows"] == (3, 5)


def test_leave_before_join() -> None:
    report = zoom("Ada,,13/04/2026 10:00:00,13/04/2026 09:00:00,60")
    assert people(report)["Ada"].intervals == ()
    assert notice(report, "leave_before_join")["rows"] == (2,)


def test_midnight_is_crossed() -> None:
    report = zoom("Ada,,13/04/2026 11:30:00 PM,14/04/2026 12:15:00 AM,45")
    assert minutes(report) == {"Ada": 45}


def test_several_meetings_above_one_list_are_said() -> None:
    report = zoom(
        "Mattina,111 222 3333,13/04/2026 09:00:00,13/04/2026 10:00:00",
        "Pomeriggio,111 222 3333,13/04/2026 14:00:00,13/04/2026 15:00:00",
        "",
        HEADINGS,
        "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
        headings="Topic,Meeting ID,Start Time,End Time",
    )
    (meeting,) = report.meetings
    assert meeting.ends_at == datetime(2026, 4, 13, 15, tzinfo=ROME)
    assert notice(report, "meetings_joined") == {"row": 3}


def test_two_reports_one_after_the_other() -> None:
    part = [
        "Topic,Meeting ID,Start Time,End Time",
        "{0},111 222 3333,{1}/04/2026 09:00:00,{1}/04/2026 10:00:00",
        "",
        HEADINGS,
        "Ada,,{1}/04/2026 09:00:00,{1}/04/2026 10:00:00,60",
        "",
    ]
    lines = [line.format("Uno", 13) for line in part] + [line.format("Due", 14) for line in part]
    report = read_report("\n".join(lines).encode(), "x.csv", zone=ROME)
    assert [(m.title, len(m.people)) for m in report.meetings] == [("Uno", 1), ("Due", 1)]


LANGUAGES = {
    "de": "Name (Originalname)|Benutzer-E-Mail|Teilnahmezeit|Zeit des Verlassens|Dauer (Minuten)|"
    "Gast|Im Warteraum|Ja|Nein",
    "pt": "Nome (Nome original)|E-mail|Ingressar na hora|Hora de saída|Duração (minutos)|"
    "Convidado|Na sala de espera|Sim|Não",
    "pl": "Nazwa (oryginalna nazwa)|E-mail|Czas dołączenia|Czas opuszczenia|"
    "Czas trwania (w minutach)|Gość|W poczekalni|Tak|Nie",
    "tr": "Ad (Orijinal Ad)|E-posta|Katılım Zamanı|Ayrılma Zamanı|Süre (Dakika)|Konuk|"
    "Bekleme Odasında|Evet|Hayır",
    "ru": "Имя (исходное имя)|Почта|Время входа|Время выхода|Длительность (минуты)|Гость|"
    "В зале ожидания|Да|Нет",
    "ja": "名前（元の名前）|メール|参加時刻|退出時刻|継続時間（分）|ゲスト|待機室で|はい|いいえ",
    "el": "Όνομα (αρχικό όνομα)|Χρήστης|Ώρα εισόδου|Ώρα εξόδου|Διάρκεια (λεπτά)|Επισκέπτης|"
    "Σε αναμονή|Ναι|Όχι",
    "ar": "الاسم (الاسم الأصلي)|البريد|وقت الانضمام|وقت المغادرة|المدة (دقيقة)|ضيف|الانتظار|نعم|لا",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3, 4, 5, 6), (6, 4, 3, 0, 5, 2, 1), (1, 3, 2, 5, 6, 0, 4)]
)
def test_any_language_and_any_order_of_columns(language: str, order: tuple[int, ...]) -> None:
    *headings, yes, no = LANGUAGES[language].split("|")
    rows = [
        [
            "Ugo Finti",
            "u@ente.example.it",
            "13/04/2026 08:59:00",
            "13/04/2026 11:00:00",
            "121",
            no,
            no,
        ],
        ["Ada Serra", "", "13/04/2026 08:50:00", "13/04/2026 09:00:00", "10", yes, yes],
        ["Ada Serra", "", "13/04/2026 09:00:00", "13/04/2026 10:00:10", "61", yes, no],
        ["Ada Serra", "", "13/04/2026 10:00:11", "13/04/2026 10:30:10", "30", yes, no],
    ]
    first, *rest = [",".join(row[at] for at in order) for row in [headings, *rows]]
    report = zoom(*rest, headings=first)
    assert minutes(report) == {"Ugo Finti": 121, "Ada Serra": 90}
    assert people(report)["Ada Serra"].stated_minutes == 91
    assert people(report)["Ugo Finti"].email == "u@ente.example.it"
    assert notice(report, "waiting_room") == {"count": 1}


def test_a_guests_rejoining_is_no_waiting_room() -> None:
    report = zoom(
        "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60,Tak,Tak",
        "Ada,,13/04/2026 10:00:01,13/04/2026 10:30:00,30,Tak,Tak",
        "Ugo,,13/04/2026 09:00:00,13/04/2026 10:00:00,60,Ne,Ne",
        headings="Nomox (xyz),Retpoŝto,Envenox,Elirox,Daŭrox (minx),Gastox,Konsentox",
    )
    assert minutes(report) == {"Ada": 89, "Ugo": 60}
