"""Helpers of the readers' tests: fixtures, small reports in Zoom's layout, what a report says."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from lms.attendance.readers import Report, ReportedPerson, read_report

FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).parents[2] / "../shared/data/attendance/dev"
ROME = ZoneInfo("Europe/Rome")
HEADINGS = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)"


def fixture(name: str, **known) -> Report:
    return read_report((FIXTURES / name).read_bytes(), name, **known)


def zoom(*rows: str, headings: str = HEADINGS, **known) -> Report:
    """A report of the given rows under Zoom's headings, in Rome unless told otherwise."""
    known.setdefault("zone", ROME)
    return read_report("\n".join([headings, *rows, ""]).encode(), "report.csv", **known)


def written(text: str, *, encoding: str = "utf-8", name: str = "report.csv", **known) -> Report:
    """A report of the given text, its clock in Rome unless told otherwise."""
    known.setdefault("zone", ROME)
    return read_report(text.encode(encoding), name, **known)


def people(report: Report) -> dict[str, ReportedPerson]:
    """Everybody of a report by name; a name that comes twice fails the test that asks."""
    found = [person for meeting in report.meetings for person in meeting.people]
    by_name = {person.name: person for person in found}
    assert len(by_name) == len(found)
    return by_name


def minutes(report: Report) -> dict[str, int | None]:
    return {name: person.minutes for name, person in people(report).items()}


def codes(report: Report) -> list[str]:
    return [notice.code for notice in report.warnings]


def notice(report: Report, code: str) -> dict[str, object]:
    """The parameters of the one warning with this code."""
    (found,) = [each for each in report.warnings if each.code == code]
    return dict(found.params)


def spans(person: ReportedPerson) -> list[str] | None:
    """Intervals as they are read on a wall clock: `10:02:00-11:02:30`."""
    if person.intervals is None:
        return None
    return [f"{start:%H:%M:%S}-{end:%H:%M:%S}" for start, end in person.intervals]
