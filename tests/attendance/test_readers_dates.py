"""Day/month, zones and the clock change: decided by proof, else asked, never guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.attendance.intervals import minutes as minutes_of
from lms.attendance.readers import Report, UnreadableReport, read_report
from lms.attendance.readers.stamps import parse_stamp, zone_mark
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

AMBIGUOUS = "zoom_it_date_ambigue.csv"


def kinds(report: Report) -> list[str]:
    return [question.kind for question in report.questions]


def start(report: Report) -> datetime | None:
    intervals = report.meetings[0].people[0].intervals
    return intervals[0].start if intervals else None


def test_an_ambiguous_date_is_asked_with_three_rows_to_look_at() -> None:
    report = fixture(AMBIGUOUS, zone=ROME)
    (question,) = report.questions
    assert question.kind == "date_order"
    assert question.options == ("2026-06-05", "2026-05-06")
    assert "05/06/2026 09:00:00 AM" in question.text
    assert [row.line for row in question.preview] == [5, 6]
    assert question.preview[0].readings == (
        "2026-06-05 09:00 – 2026-06-05 10:00",
        "2026-05-06 09:00 – 2026-05-06 10:00",
    )
    assert report.meetings[0].starts_at is None
    assert people(report)["Rosalba Finti"].intervals is None
    assert minutes(report) == {"Rosalba Finti": 60, "Tancredi Dell'Orto": 50}


@pytest.mark.parametrize("day", [date(2026, 6, 5), date(2026, 5, 6)])
def test_the_lessons_day_decides(day: date) -> None:
    report = fixture(AMBIGUOUS, zone=ROME, date=day)
    assert report.questions == ()
    assert start(report) == datetime(day.year, day.month, day.day, 9, tzinfo=ROME)


def test_another_day_decides_nothing_and_is_said() -> None:
    report = fixture(AMBIGUOUS, zone=ROME, date=date(2026, 6, 6))
    assert kinds(report) == ["date_order"]
    assert start(report) is None
    assert notice(report, "other_day") == {
        "date": "2026-06-06",
        "days": ("2026-05-06", "2026-06-05"),
    }


def test_a_certain_report_of_another_day_is_said() -> None:
    report = fixture("zoom_it_riunione.csv", zone=ROME, date=date(2026, 5, 15))
    assert notice(report, "other_day")["days"] == ("2026-05-14",)
    assert start(report) is not None


def test_a_persons_answer_decides() -> None:
    report = fixture(AMBIGUOUS, zone=ROME, date_order="mdy")
    assert start(report) == datetime(2026, 5, 6, 9, tzinfo=ROME)


def test_an_answer_does_not_overrule_the_file() -> None:
    report = zoom("Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60", date_order="mdy")
    assert start(report) == datetime(2026, 4, 13, 9, tzinfo=ROME)


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        # the one cell of the file that fits only one order, wherever it stands
        (["Report generated time,05/20/2026 10:00:00 AM"], date(2026, 5, 6)),
        (["Report Generated:,20/07/2026 10:00"], date(2026, 6, 5)),
        # a report is not generated before its meeting
        (["Report Generated:,07/05/2026 10:00"], date(2026, 5, 6)),
        # a month in letters, an ISO date
        (["Topic,Start Time", '"Budget","Jun 5, 2026 9:00 AM"', ""], date(2026, 6, 5)),
        (["Topic,Start Time", "Budget,2026-05-06 09:00", ""], date(2026, 5, 6)),
        (["Topic,Start Time", "Budget,6 mag 2026 09:00", ""], date(2026, 5, 6)),
    ],
)
def test_evidence_anywhere_in_the_file_decides(lines: list[str], day: date) -> None:
    rows = [HEADINGS, "Ada,,05/06/2026 09:00:00,05/06/2026 10:00:00,60"]
    report = read_report("\n".join([*lines, *rows]).encode(), "x.csv", zone=ROME)
    assert report.questions == ()
    assert start(report) == datetime(day.year, day.month, day.day, 9, tzinfo=ROME)


def test_a_night_proves_the_order_for_nobody_stays_a_month() -> None:
    report = zoom("Ada,,07/08/2026 11:00:00 PM,08/08/2026 01:00:00 AM,120")
    assert report.questions == ()
    assert start(report) == datetime(2026, 8, 7, 23, tzinfo=ROME)


def test_a_day_that_reads_the_same_either_way_is_not_asked() -> None:
    assert zoom("Ada,,06/06/2026 09:00:00,06/06/2026 10:00:00,60").questions == ()


def test_a_usage_log_in_which_the_day_fits_both_orders_is_still_asked() -> None:
    headings = f"Topic,Start Time,{HEADINGS}"
    report = zoom(
        "Uno,05/06/2026 09:00,Ada,,05/06/2026 09:00:00,05/06/2026 10:00:00,60",
        "Due,06/05/2026 09:00,Ada,,06/05/2026 09:00:00,06/05/2026 10:00:00,60",
        headings=headings,
        date=date(2026, 6, 5),
    )
    assert kinds(report) == ["date_order"]
    assert len(report.meetings) == 2


def test_dates_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(UnreadableReport) as refusal:
        zoom(
            "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60",
            "Ugo,,04/14/2026 09:00:00,04/14/2026 10:00:00,60",
        )
    assert refusal.value.code == "dates_contradict"
    assert refusal.value.params == {"dmy_row": 2, "mdy_row": 3}


def test_an_unknown_zone_is_asked_and_minutes_are_known() -> None:
    report = zoom("Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60", zone=None)
    assert kinds(report) == ["zone"]
    assert report.questions[0].options[0] == "Europe/Rome"
    ada = people(report)["Ada"]
    assert (ada.intervals, ada.minutes) == (None, 60)


@pytest.mark.parametrize(
    "cell", ["2026-04-13T07:00:00Z", "2026-04-13 09:00:00+02:00", "04/13/2026 09:00 AM CEST"]
)
def test_a_zone_in_the_cell_needs_no_question(cell: str) -> None:
    report = zoom(f"Ada,,{cell},2026-04-13T08:00:00Z,60", zone=None)
    assert report.questions == ()
    assert minutes_of(people(report)["Ada"].intervals or ()) == 60


def test_a_zone_in_the_heading_and_the_answer_shown_in_the_zone_given() -> None:
    report = zoom(
        "Ada,2026-04-13 07:00:00,2026-04-13 08:00:00,60",
        headings="Name (Original Name),Join Time (UTC),Leave Time (UTC),Duration (Minutes)",
    )
    assert spans(people(report)["Ada"]) == ["09:00:00-10:00:00"]


def test_a_zone_named_above_the_table() -> None:
    text = (
        f"Time zone,America/New_York\n\n{HEADINGS}\nAda,,2026-04-13 03:00:00,2026-04-13 04:00:00,60"
    )
    unasked = read_report(text.encode(), "x.csv")
    assert unasked.questions == ()
    report = read_report(text.encode(), "x.csv", zone=ROME)
    assert spans(people(report)["Ada"]) == ["09:00:00-10:00:00"]


def test_an_abbreviation_of_several_zones_is_asked() -> None:
    assert kinds(zoom("Ada,,2026-04-13 09:00 IST,2026-04-13 10:00 IST,60", zone=None)) == ["zone"]


def test_the_night_clocks_go_back() -> None:
    report = fixture("zoom_en_ora_solare.csv", zone=ROME)
    assert minutes(report) == {
        "Rosalba Finti": 240,  # 01:00 to 04:00: real minutes
        "Ippolita D'Ombra": 20,  # 02:50 to 02:10: the order of join and leave decides
        "Elia Rivafinta": 150,  # 02:30 to 04:00: the stated 150 minutes decide
        "Tancredi Dell'Orto": None,  # 02:10 to 02:50, 40 minutes: either hour
    }
    assert people(report)["Tancredi Dell'Orto"].intervals is None
    (question,) = report.questions
    assert question.kind == "ambiguous_time"
    assert question.options == ("2026-10-25T02:10:00+02:00", "2026-10-25T02:10:00+01:00")
    assert notice(report, "ambiguous_time")["rows"] == (5,)


@pytest.mark.parametrize(("fold", "offset"), [(0, 2), (1, 1)])
def test_the_hour_a_person_chose(fold, offset: int) -> None:
    report = fixture("zoom_en_ora_solare.csv", zone=ROME, fold=fold)
    (interval,) = people(report)["Tancredi Dell'Orto"].intervals or ()
    assert interval.start.utcoffset() == timedelta(hours=offset)
    assert report.questions == ()
    assert minutes(report)["Elia Rivafinta"] == 150  # decided already


def test_a_time_that_does_not_exist_is_said_and_gives_nothing() -> None:
    report = zoom("Ada,,2026-03-29 02:30:00,2026-03-29 04:00:00,90")
    ada = people(report)["Ada"]
    assert (ada.intervals, ada.minutes) == (None, None)
    assert notice(report, "nonexistent_time")["rows"] == (2,)
    assert codes(zoom("Ada,,2026-03-29 01:00:00,2026-03-29 04:00:00,120")) == []


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("08/07/2025 08:57:00 AM", ("2025-07-08T08:57:00", "2025-08-07T08:57:00")),
        ("11/19/2021 9:54:15 PM", (None, "2021-11-19T21:54:15")),
        ("19/09/2025 13:00:00 PM", ("2025-09-19T13:00:00", None)),
        ("31/12/2025 12:05:00 AM", ("2025-12-31T00:05:00", None)),
        ("Mar 28, 2020 08:07:27", ("2020-03-28T08:07:27",) * 2),
        ("Apr 09, 2020 8:50 PM", ("2020-04-09T20:50:00",) * 2),
        ("28. März 2020 um 08:07:27 Uhr", ("2020-03-28T08:07:27",) * 2),
        ("28 mars 2020 à 08:07", ("2020-03-28T08:07:00",) * 2),
        ("28 de marzo de 2020 8:07:27 p. m.", ("2020-03-28T20:07:27",) * 2),
        ("8-lug-2025 08:57", ("2025-07-08T08:57:00",) * 2),
        ("2025/07/08 下午 08:57", ("2025-07-08T20:57:00",) * 2),
        ("2025年7月8日 8:57:00", ("2025-07-08T08:57:00",) * 2),
        ("2020-03-28T08:07:27.123Z", ("2020-03-28T08:07:27",) * 2),
        ("08/07/25 8.57", ("2025-07-08T08:57:00", "2025-08-07T08:57:00")),
        ("14/11/22, 09:29:07", ("2022-11-14T09:29:07", None)),
    ],
)
def test_ways_to_write_a_time(cell: str, expected: tuple[str | None, str | None]) -> None:
    stamp = parse_stamp(cell)
    assert stamp is not None
    assert tuple(on.isoformat() if on else None for on in (stamp.dmy, stamp.mdy)) == expected


@pytest.mark.parametrize(
    "cell",
    ["", "--", "08/07/2025", "08:57", "31/02/2025 10:00", "08/07/2025 24:00", "08/07/2025 13:05 AM",
     "08/07/0025 10:00", "Lezione del 08/07/2025 09:00", "123-456-789", "45/13/2025 10:00"],
)  # fmt: skip
def test_what_is_no_time(cell: str) -> None:
    assert parse_stamp(cell) is None


def test_marks_in_headings() -> None:
    assert zone_mark("Join Time (GMT+02:00)") == timedelta(hours=2)
    assert zone_mark("Join Time (UTC)") == timedelta()
    assert zone_mark("Join Time") is None
    assert zone_mark("Ora (Europe/Rome)") is None


def test_zones_other_than_romes_are_read_as_well() -> None:
    new_york = ZoneInfo("America/New_York")
    report = zoom("Ada,,2026-03-08 01:30:00,2026-03-08 03:30:00,60", zone=new_york)
    assert minutes(report) == {"Ada": 60}
