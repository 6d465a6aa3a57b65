"""`lms report import` and `lms register verify`: reports and registers without a browser."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select

from lms.accounts.models import Account
from lms.attendance import actions_columns, actions_reports
from lms.attendance.crediting import Assessment
from lms.attendance.given import Given
from lms.attendance.models import ReportFile, ReportStatus
from lms.attendance.preview import Reading, look
from lms.attendance.queries_seals import verify_seals
from lms.attendance.readers import UnreadableReport
from lms.attendance.readers.decoding import MAX_BYTES
from lms.catalogue.models import Lesson
from lms.cli.report import report
from lms.errors import UserError
from lms.extensions import db

UNREADABLE, UNANSWERED, REFUSED = 2, 3, 4


@report.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--lesson", "lesson_id", type=int, required=True, help="The lesson's id.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="If the file leaves it open.")
@click.option("--zone", help="The zone of the report's clock: Europe/Rome.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="If the file has hours only."
)
@click.option("--by", "login", help="Who imports it: the login of an account.")
@with_appcontext
def import_report(
    file: Path,
    lesson_id: int,
    date_order: str | None,
    zone: str | None,
    day: datetime | None,
    login: str | None,
) -> None:
    """Credit the people of FILE in a lesson's register.

    Exit status: 0 imported (or known already), 2 the file cannot be read, 3 it leaves questions
    open, 4 the register refuses it.
    """
    if zone is not None and zone not in available_timezones():
        raise click.BadParameter(f"{zone!r} is no zone; an example is Europe/Rome.")
    lesson = db.session.get(Lesson, lesson_id)
    if lesson is None:
        raise click.BadParameter(f"there is no lesson {lesson_id}.")
    given = Given(date_order=date_order, zone=zone, day=day.date().isoformat() if day else None)
    try:
        with force_locale("en"):
            _import(lesson, file, given, _person_id(login))
    except UnreadableReport as error:
        _end(UNREADABLE, f"{file.name}: {error}")
    except UserError as error:
        _end(REFUSED, error.message)


def _person_id(login: str | None) -> int | None:
    if login is None:
        return None
    account = db.session.scalar(select(Account).where(Account.login == login.strip().lower()))
    if account is None:
        raise click.BadParameter(f"there is no account {login!r}.")
    return account.person_id


def _import(lesson: Lesson, file: Path, given: Given, by: int | None) -> None:
    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)  # one byte more tells that there is too much
    found = actions_columns.recognised(lesson, content, file.name)
    staged = actions_reports.stage_report(
        lesson, file.name, content, by=by, platform=found.platform, columns=found.columns
    )
    if staged.file.status is ReportStatus.IMPORTED:
        db.session.rollback()
        click.echo(f"{file.name}: imported already, nothing has changed.")
        return
    known = Given.of(staged.file.answers)
    actions_reports.answer(
        lesson,
        staged.file,
        Given(
            given.date_order or known.date_order,
            given.zone or known.zone,
            known.fold,
            known.meetings,
            given.day or known.day,
            known.columns,
        ),
    )
    reading = look(staged.file, lesson)
    if reading.open_questions:
        _end(UNANSWERED, *_questions(reading))
    assessment = actions_reports.import_report(lesson, staged.file, by=by)
    db.session.commit()
    _tell(staged.file, assessment)


def _questions(reading: Reading) -> list[str]:
    lines = [
        f"Question: {each.text} [{' / '.join(each.options)}]" for each in reading.report.questions
    ]
    if "meetings" in reading.open_questions:
        lines.append(
            f"The file has {len(reading.report.meetings)} meetings: choose in the browser."
        )
    return [*lines, "Answer with --date-order, --date and --zone; nothing was imported."]


def _tell(file: ReportFile, assessment: Assessment) -> None:
    lines = assessment.lines
    credited = [line for line in lines if line.enrolment_id is not None and line.minutes]
    click.echo(f"{file.filename}: {len(lines)} people, {assessment.inside} during the lesson.")
    click.echo(f"Credited: {len(credited)}; to be matched: {len(assessment.queue)}.")
    if assessment.conflicts:
        click.echo(f"Marked otherwise by hand, which stays: {len(assessment.conflicts)}.")
    click.echo(f"Enrolled, not in the report: {len(assessment.missing)}.")


def _end(status: int, *sentences: str) -> None:
    """Forget everything, say why and end."""
    db.session.rollback()
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(status)


@click.group()
def register() -> None:
    """Attendance registers."""


@register.command()
@with_appcontext
def verify() -> None:
    """Compute every seal again and compare the sealed rows with the tables.

    Exit status 0: all seals hold; 1: something was changed, and what.
    """
    result = verify_seals()
    for fault in result.faults:
        where = f"seal {fault.number}, lesson {fault.lesson_id}" if fault.number else "chain"
        click.echo(f"{where}: {fault.text}", err=True)
    if result.faults:
        sys.exit(1)
    click.echo(f"{result.checked} seals hold; the last is {result.last or 'none yet'}.")
    if result.countersigned:
        click.echo(f"{result.countersigned} countersignatures hold.")
