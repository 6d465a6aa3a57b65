"""Fill an empty database with the demonstration: real actions at past instants, nothing forged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from lms.accounts.models import Person, StaffRole
from lms.accounts.queries import emails_of
from lms.accounts.roles import grant_role
from lms.attendance import actions_closing, actions_queue, actions_reports
from lms.attendance.given import Given
from lms.attendance.models import AttendanceRegister, ReportEntry, ReportFile
from lms.catalogue import programme_actions
from lms.catalogue.models import Cycle, Lesson, Track
from lms.clock import ROME, frozen, now
from lms.demo import content
from lms.demo.people import Cast, add_cast
from lms.demo.programme import add_cycle, add_track
from lms.demo.report import Attendee, zoom_report
from lms.enrolment.actions import enrol_people
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.nominating import nominate
from lms.extensions import db

FIRST_CYCLE_PEOPLE = 46
SECOND_CYCLE_FROM = 20
READING = Given(date_order="dmy", zone="Europe/Rome")
REPORT_NAME = "report-zoom-incontro-finale.csv"


@dataclass(frozen=True)
class Built:
    """The lesson that waits for its report, and the file that belongs to it."""

    waiting: Lesson
    report: Path


def is_built() -> bool:
    """Whether the database holds a track already (the demonstration's or any other)."""
    return db.session.scalar(select(Track.id).limit(1)) is not None


def build(folder: Path) -> Built:
    """Build the demonstration in an empty database and write the report file; commits."""
    today = now().astimezone(ROME).date()
    with frozen(now() - timedelta(days=75)):
        cast = add_cast()
        track = add_track()
        grant_role(
            cast.auditor, StaffRole.AUDITOR, by=cast.organiser.id, track_id=track.id,
            reason="Incarico dimostrativo",
        )  # fmt: skip
        cycle, lessons = add_cycle(
            track, "Primo ciclo: co-programmare e co-progettare", "COPRO-1",
            "Dodici webinar per chi, nei comuni e negli enti del Terzo settore, comincia insieme.",
            content.FIRST_CYCLE, today, -60, cast,
        )  # fmt: skip
        enrol_people(cycle.id, cast.participants[:FIRST_CYCLE_PEOPLE], by=cast.organiser.id)
        db.session.commit()
    for lesson in lessons[:-1]:
        _hold(lesson, cast)
    _second_cycle(track, today, cast)
    waiting = lessons[-1]
    path = folder / "demo" / REPORT_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(report_of(waiting))
    return Built(waiting, path)


def _second_cycle(track: Track, today: date, cast: Cast) -> None:
    """The cycle under way: one register closed, one open, one lesson moved, one cancelled."""
    with frozen(now() - timedelta(days=20)):
        cycle, lessons = add_cycle(
            track, "Secondo ciclo: dai piccoli comuni alle comunità", "COPRO-2",
            "Webinar e un laboratorio in presenza. Le iscrizioni sono aperte.",
            content.SECOND_CYCLE, today, 14, cast,
        )  # fmt: skip
        people = [cast.participants[0], *cast.participants[SECOND_CYCLE_FROM:]]
        enrol_people(cycle.id, people, by=cast.organiser.id)
        db.session.commit()
    _hold(lessons[0], cast)
    with frozen(lessons[1].ends_at + timedelta(hours=1)):
        _import(lessons[1], cast.organiser.id)
        db.session.commit()
    programme_actions.cancel_lesson(lessons[-2], by=cast.organiser.id)
    _nominate(cycle, cast)
    db.session.commit()


def _nominate(cycle: Cycle, cast: Cast) -> None:
    """One nomination that waits for the organisers."""
    body = cast.referent.organisation
    colleagues = [one for one in cast.participants if one.organisation is body]
    if body is not None:
        nominate(cycle.id, colleagues[:1], body, by=cast.referent.id, note="Ufficio di piano")


def _hold(lesson: Lesson, cast: Cast) -> None:
    """A lesson that took place: its report imported, the queue worked off, the register closed."""
    trainer: Person = cast.trainers[0]
    with frozen(lesson.ends_at + timedelta(hours=1)):
        _import(lesson, trainer.id)
        for entry in _waiting(lesson):
            actions_queue.dismiss(lesson, entry, was=None, by=trainer.id)
        actions_closing.close_register(lesson, absent=True, leave_queue=False, by=trainer.id)
        db.session.commit()


def _import(lesson: Lesson, by: int) -> None:
    staged = actions_reports.stage_report(lesson, REPORT_NAME, report_of(lesson), by=by)
    actions_reports.answer(lesson, staged.file, READING)
    actions_reports.import_report(lesson, staged.file, by=by)


def _waiting(lesson: Lesson) -> list[ReportEntry]:
    return list(
        db.session.scalars(
            select(ReportEntry)
            .join(ReportFile)
            .join(AttendanceRegister)
            .where(AttendanceRegister.lesson_id == lesson.id, ReportEntry.match.is_(None))
        )
    )


def report_of(lesson: Lesson) -> bytes:
    """The fictional report of a lesson: the same people come whenever it is built anew."""
    people = attendees(lesson.module.cycle)
    seed = int.from_bytes(hashlib.sha256(lesson.title.encode()).digest()[:4])
    return zoom_report(lesson.title, lesson.starts_at, lesson.ends_at, people, seed)


def attendees(cycle: Cycle) -> list[Attendee]:
    """Who is enrolled in the cycle, as they might join a webinar."""
    rows = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.cycle_id == cycle.id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .order_by(Enrolment.id)
    ).all()
    addresses = emails_of([row.person_id for row in rows])
    return [
        Attendee(
            row.given_name,
            row.family_name,
            next(iter(addresses[row.person_id]), ""),
            row.organisation_name,
        )
        for row in rows
    ]
