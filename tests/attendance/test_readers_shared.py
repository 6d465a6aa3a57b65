"""The shared reports, genuine and in the genuine layout; figures worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from lms.attendance.readers import Report, read_report
from tests.attendance.reading import ROME, SHARED, codes, notice, people, spans

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared reports are not at hand")

NEW_YORK = ZoneInfo("America/New_York")
HEROES = ["zoom_en_partecipanti.csv", "zoom_en_partecipanti_preambolo.csv"]


def shared(name: str, **known) -> Report:
    return read_report((SHARED / name).read_bytes(), name, **known)


def test_every_file_is_read_as_its_platforms() -> None:
    names = {"bbb": "bigbluebutton"}
    for path in sorted(SHARED.iterdir()):
        prefix = path.name.split("_")[0]
        assert shared(path.name).platform == names.get(prefix, prefix), path.name


@pytest.mark.parametrize("name", HEROES)
def test_heroes(name: str) -> None:
    report = shared(name, zone=ROME)
    found = people(report)
    assert len(found) == 27
    assert report.questions == ()
    loki = found["015_Loki (Loki Laufeyson)"]
    assert loki.email == "loki_asgardian@marvel.com"
    assert loki.minutes == 127  # 09:54:15 to 12:01:59
    assert loki.stated_minutes == 128
    girl = found["003_Power Girl (Kara Zor-L)"]  # two devices, one within the other
    assert (girl.minutes, girl.stated_minutes) == (113, 114 + 111)
    cyborg = found["010_Cyborg Superman"]  # 51:41 and 33:47
    assert (cyborg.minutes, cyborg.stated_minutes) == (85, 86)
    assert spans(cyborg) == ["10:08:32-11:00:13", "11:28:11-12:01:58"]
    swarm = found["017_Swarm"]  # 10:14:30 to 10:24:26 and 10:24:12 to 12:01:58
    assert (swarm.minutes, swarm.stated_minutes) == (107, 108)
    assert found["022_Dazzler"].minutes == 28  # 1:33 and 26:52


def test_heroes_preamble() -> None:
    (meeting,) = shared(HEROES[1], zone=ROME).meetings
    assert meeting.title == "Heroes meeting"
    assert meeting.starts_at == datetime(2021, 11, 19, 10, tzinfo=ROME)
    assert meeting.ends_at == datetime(2021, 11, 19, 12, tzinfo=ROME)
    (bare,) = shared(HEROES[0], zone=ROME).meetings
    assert (bare.title, bare.starts_at, bare.ends_at) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "minutes", "stated"),
    [
        (
            "zoom_it_riunione_mattina.csv",
            {"Ugo": 243, "Rosalba Iodice": 237, "nevio": 232, "gianpiero tedesco": 102},
            {"Ugo": 245, "Rosalba Iodice": 238, "nevio": 233, "gianpiero tedesco": 103},
        ),
        (
            "zoom_it_riunione_pomeriggio.csv",
            {"Ugo": 196, "Rosalba Iodice": 173, "nevio": 171, "gianpiero tedesco": 173},
            {"Ugo": 198, "Rosalba Iodice": 174, "nevio": 173, "gianpiero tedesco": 174},
        ),
    ],
)
def test_italian_meetings(name: str, minutes: dict[str, int], stated: dict[str, int]) -> None:
    asked = shared(name, zone=ROME)
    (question,) = asked.questions
    assert question.kind == "date_order"
    assert question.options == ("2025-07-08", "2025-08-07")
    assert len(question.preview) == 3
    report = shared(name, zone=ROME, date=date(2025, 7, 8))
    assert report.questions == ()
    for each in (asked, report):
        found = {
            n.replace("Ugo Ferrànte (Noemi D'Aniello)", "Ugo"): p for n, p in people(each).items()
        }
        assert {n: p.minutes for n, p in found.items()} == minutes
        assert {n: p.stated_minutes for n, p in found.items()} == stated
    assert report.meetings[0].title == "AI: Intelligenza Artificale"
    host = people(report)["Ugo Ferrànte (Noemi D'Aniello)"]
    assert host.aliases == ("Noemi D'Aniello", "Ugo Ferrànte")
    assert notice(report, "waiting_room") == {"count": 3}
    (start, _), *_ = host.intervals or ()
    assert start.date() == date(2025, 7, 8)


def test_the_webinar_of_2020() -> None:
    report = shared("zoom_webinar_2020_anonimo.csv", zone=NEW_YORK)
    (meeting,) = report.meetings
    assert report.questions == ()
    assert meeting.title == "satRdays DC 2020"
    assert meeting.starts_at == datetime(2020, 3, 28, 8, 7, tzinfo=NEW_YORK)
    assert meeting.ends_at == datetime(2020, 3, 28, 17, 15, tzinfo=NEW_YORK)
    found = {p.name: p for p in meeting.people}
    assert len(meeting.people) == 477 + 4  # distinct e-mails, and four who dialled in
    assert found["hostName_1"].minutes == 547  # 08:07:27 to 17:14:45
    assert (found["userName_3"].minutes, found["userName_3"].stated_minutes) == (129, 131)
    assert (found["userOther_4"].email, found["userOther_4"].minutes) == (None, 48)
    assert len(report.not_attended) == 14
    assert "firstAttendee_384 lastAttendee_384" in report.not_attended
    assert notice(report, "absent_and_present")["names"] == (
        "firstAttendee_406 lastAttendee_406",
        "firstAttendee_407 lastAttendee_407",
    )
    assert "stated_differs" not in codes(report)


def test_the_webinars_clock_is_asked() -> None:
    report = shared("zoom_webinar_2020_anonimo.csv")
    assert [question.kind for question in report.questions] == ["zone"]
    assert report.meetings[0].people[0].minutes == 547


def test_the_webinar_of_2026() -> None:
    report = shared("zoom_webinar_2026_meta.csv", zone=ROME)
    assert report.questions == ()  # 05/20/2026 above decides the order of 05/12/2026
    (meeting,) = report.meetings
    assert meeting.starts_at == datetime(2026, 5, 12, 9, tzinfo=ROME)
    assert meeting.ends_at == datetime(2026, 5, 12, 11, tzinfo=ROME)
    assert {p.name: (p.minutes, p.stated_minutes) for p in meeting.people} == {
        "Alice": (85, 85),
        "Bob": (100, 100),
    }
