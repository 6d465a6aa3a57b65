"""`lms report read FILE`: what the importer sees in a platform's report. Touches no database."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from lms.attendance.readers import Meeting, Report, ReportedPerson, UnreadableReport, read_report
from lms.attendance.readers.decoding import MAX_BYTES

_NAME_WIDTH = 36


@click.group()
def report() -> None:
    """Attendance reports of webinar platforms."""


def _zone(_context: click.Context, _option: click.Parameter, value: str | None) -> ZoneInfo | None:
    if value is None:
        return None
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(f"{value!r} is no zone; an example is Europe/Rome.") from error


@report.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The lesson's day.")
@click.option("--zone", callback=_zone, help="The zone of the report's clock: Europe/Rome.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read(file: Path, day: datetime | None, zone: ZoneInfo | None, as_json: bool) -> None:
    """Print what the importer sees in FILE.

    A file that cannot be read ends with exit status 2 and one sentence that says what and where.
    """
    try:
        found = _read(file, day.date() if day else None, zone)
    except OSError as error:
        _refuse(f"{file.name}: the file cannot be opened: {error.strerror}.")
    except UnreadableReport as error:
        _refuse(f"{file.name}: {error}")
    if as_json:
        click.echo(json.dumps(as_object(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found)))


def _read(file: Path, day: date | None, zone: ZoneInfo | None) -> Report:
    with file.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)  # one byte more tells that there is too much
    return read_report(data, file.name, date=day, zone=zone)


def _refuse(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)


def as_object(found: Report) -> dict[str, Any]:
    """The report as the JSON object this command promises; what is unknown is null."""
    return {
        "platform": found.platform,
        "meetings": [_meeting(meeting) for meeting in found.meetings],
        "not_attended": list(found.not_attended),
        "questions": [
            {"kind": question.kind, "text": question.text, "options": list(question.options)}
            for question in found.questions
        ],
        "warnings": [notice.text for notice in found.warnings],
    }


def _meeting(meeting: Meeting) -> dict[str, Any]:
    return {
        "title": meeting.title,
        "starts_at": _iso(meeting.starts_at),
        "ends_at": _iso(meeting.ends_at),
        "people": [_person(person) for person in meeting.people],
    }


def _person(person: ReportedPerson) -> dict[str, Any]:
    known = person.intervals
    return {
        "name": person.name,
        "email": person.email,
        "intervals": None if known is None else [[_iso(a), _iso(b)] for a, b in known],
        "minutes": person.minutes,
        "stated_minutes": person.stated_minutes,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _lines(found: Report) -> list[str]:
    """The report as text for people."""
    lines = []
    for meeting in found.meetings:
        times = f"{_clock(meeting.starts_at)} - {_clock(meeting.ends_at)}"
        lines += [f"{found.platform}: {meeting.title or '(no title)'}  {times}", ""]
        lines.append(f"{'name':<{_NAME_WIDTH}} {'minutes':>7} {'stated':>7}  present")
        for person in meeting.people:
            name = person.name[:_NAME_WIDTH]
            minutes, stated = _number(person.minutes), _number(person.stated_minutes)
            lines.append(f"{name:<{_NAME_WIDTH}} {minutes:>7} {stated:>7}  {_spans(person)}")
        lines.append("")
    if found.not_attended:
        lines.append(f"Did not attend: {', '.join(found.not_attended)}")
    for question in found.questions:
        lines.append(f"Question: {question.text} [{' / '.join(question.options)}]")
        lines += [f"  row {p.line}: {p.name}: {' or '.join(p.readings)}" for p in question.preview]
    lines += [f"Warning: {notice.text}" for notice in found.warnings]
    return lines


def _clock(instant: datetime | None) -> str:
    return "?" if instant is None else instant.isoformat(" ", "minutes")


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)


def _spans(person: ReportedPerson) -> str:
    if person.intervals is None:
        return "?"
    return ", ".join(f"{start:%H:%M:%S}-{end:%H:%M:%S}" for start, end in person.intervals)
