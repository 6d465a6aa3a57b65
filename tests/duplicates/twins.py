"""Two records of one person, with all that two records can have; and what the tables hold."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from lms.accounts.actions import open_account
from lms.accounts.models import Account, Person, PersonEmail, StaffRole
from lms.accounts.roles import grant_role
from lms.accounts.tax_codes import TaxCodeSource, set_tax_code
from lms.attendance.actions_closing import close_register
from lms.attendance.intervals import interval
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    MatchMethod,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.attendance.records import add_evidence, recompute, report_evidence
from lms.attendance.rules import EvidenceKind, Mark
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import Cycle, CycleTrainer, Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.federation.models import FederatedIdentity, LinkedBy
from lms.issuance.models import Certificate
from lms.joining.notices import accept_notice
from tests import factories
from tests.accounts.codes import ROSSI

START = datetime(2026, 5, 12, 8, tzinfo=UTC)
# What only grows, or is no part of what a merge moves.
HISTORIES = {
    "audit_event", "contest_event", "evidence", "enrolment_event", "person_merge", "user_session",
    "job", "security_event", "outbox_message",
}  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the histories."""
    db.session.flush()
    return {
        table.name: [
            dict(row)
            for row in db.session.execute(
                select(table).order_by(*table.primary_key.columns)
            ).mappings()
        ]
        for table in db.metadata.sorted_tables
        if table.name not in HISTORIES
    }


def identity_of(account: Account, subject: str) -> FederatedIdentity:
    """An identity at a provider, linked to this account."""
    row = FederatedIdentity(
        account_id=account.id, provider="prova", issuer="https://provider.example.org",
        subject=subject, linked_by=LinkedBy.CONFIRMATION, linked_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


class Twins:
    """Mario Rossi, known twice; a cycle with lessons; an administrator who may do everything."""

    def __init__(self) -> None:
        self.one: Person = factories.person("Mario", "Rossi", email="mario@example.org")
        self.two: Person = factories.person("Mario", "Rossi", email="m.rossi@example.org")
        self.boss: Person = factories.administrator()
        self.cycle: Cycle = factories.cycle()
        self.module = factories.module(self.cycle)
        self.mine: Enrolment = factories.enrolment(self.cycle, self.one)
        self.theirs: Enrolment = factories.enrolment(self.cycle, self.two)

    def lesson(self, day: int = 0) -> Lesson:
        begins = START + timedelta(days=day)
        return factories.lesson(self.module, starts_at=begins)

    def register(self, lesson: Lesson) -> AttendanceRegister:
        known = db.session.scalar(
            select(AttendanceRegister).where(AttendanceRegister.lesson_id == lesson.id)
        )
        return known or factories.register(lesson)

    def stays(self, lesson: Lesson, who: Enrolment, *spans: tuple[int, int]) -> None:
        """A report says that `who` was there from minute to minute."""
        register = self.register(lesson)
        found = [
            interval(*(lesson.starts_at + timedelta(minutes=minute) for minute in span))
            for span in spans
        ]
        number = len(list(db.session.scalars(select(ReportFile.id))))
        file = ReportFile(
            register_id=register.id, filename="zoom.csv", size=4, content=b"Name",
            sha256=hashlib.sha256(str(number).encode()).hexdigest(), platform="zoom",
            status=ReportStatus.IMPORTED, uploaded_at=now(), imported_at=now(),
        )  # fmt: skip
        db.session.add(file)
        db.session.flush()
        entry = ReportEntry(
            report_file_id=file.id, position=1, name=who.full_name, source_lines=[1],
            intervals=[[s.isoformat(), e.isoformat()] for s, e in found], stated_minutes=None,
            enrolment_id=who.id, match=MatchMethod.NAME,
        )  # fmt: skip
        db.session.add(entry)
        db.session.flush()
        add_evidence([report_evidence(lesson, register, entry.id, who.id, found, None)])
        recompute(lesson, register, {who.id}, None)
        db.session.commit()

    def word(self, lesson: Lesson, who: Enrolment, mark: Mark | None, minutes: int = 0) -> None:
        """A trainer marks `who` by hand (None takes the mark back)."""
        register = self.register(lesson)
        add_evidence(
            [
                {
                    "register_id": register.id, "enrolment_id": who.id, "mark": mark,
                    "kind": EvidenceKind.TRAINER_MARK, "minutes": minutes, "at": now(),
                    "author_id": self.boss.id,
                }
            ]
        )  # fmt: skip
        recompute(lesson, register, {who.id}, self.boss.id)
        db.session.commit()

    def close(self, lesson: Lesson) -> None:
        self.register(lesson)
        close_register(lesson, absent=False, leave_queue=True, by=self.boss.id)
        db.session.commit()

    def certificate(self, of: Enrolment, number: int, **more: Any) -> Certificate:
        row = Certificate(
            cycle_id=of.cycle_id, enrolment_id=of.id, number=number, serial=f"S-{of.id}-{number}",
            code=f"CODE{of.id:04}{number:04}", snapshot="{}", holder_name=of.full_name,
            holder_family_name=of.family_name, minutes=120, completed_on=date(2026, 5, 20),
            issued_at=datetime(2026, 5, 21, tzinfo=UTC), **more,
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()
        return row

    def record(self, lesson: Lesson, who: Enrolment) -> tuple[str, int, str] | None:
        row = db.session.scalar(
            select(AttendanceRecord)
            .join(AttendanceRegister)
            .where(
                AttendanceRegister.lesson_id == lesson.id,
                AttendanceRecord.enrolment_id == who.id,
            )
            .execution_options(populate_existing=True)
        )
        return (row.mark.value, row.minutes, row.source.value) if row else None

    def evidence(self, who: Enrolment) -> list[Evidence]:
        rows = select(Evidence).where(Evidence.enrolment_id == who.id).order_by(Evidence.id)
        return list(db.session.scalars(rows))

    def anything(self, random: Random) -> None:
        """All that two records may have, at random."""
        for day in range(3):
            lesson = self.lesson(day)
            for who in (self.mine, self.theirs):
                for _ in range(random.randrange(3)):
                    begin = random.randrange(-30, 110)
                    self.stays(lesson, who, (begin, begin + random.randrange(1, 60)))
                if random.random() < 0.5:
                    mark = random.choice([*Mark, None])
                    present = mark is Mark.PRESENT
                    self.word(lesson, who, mark, random.randrange(1, 120) if present else 0)
            if random.random() < 0.5:
                self.close(lesson)
        for number, who in enumerate((self.mine, self.theirs), 1):
            who.status = random.choice(list(EnrolmentStatus))
            who.enrolled_at = START - timedelta(days=random.randrange(90))
            if random.random() < 0.5:
                self.certificate(who, number)
        self._belongings(random)
        db.session.commit()

    def _belongings(self, random: Random) -> None:
        elsewhere = [factories.cycle(), factories.cycle()]
        for number, person in enumerate((self.one, self.two)):
            for cycle in elsewhere:
                if random.random() < 0.5:
                    factories.enrolment(cycle, person)
                if random.random() < 0.5:
                    db.session.add(CycleTrainer(cycle_id=cycle.id, person_id=person.id))
            if random.random() < 0.5:
                db.session.add(PersonEmail(person_id=person.id, address="ufficio@example.org"))
            if random.random() < 0.5:
                identity_of(open_account(person, f"rossi{number}@example.org", None), f"s{number}")
            if random.random() < 0.5:
                accept_notice(person.id, "1")
            if random.random() < 0.5:
                grant_role(person, StaffRole.ORGANISER, by=None)
            if random.random() < 0.5:
                token = hashlib.sha256(str(number).encode()).hexdigest()
                feed = CalendarFeed(person_id=person.id, token_hash=token, created_at=now())
                db.session.add(feed)
        vouched = random.choice([self.one, self.two, None])
        for person in (self.one, self.two):
            source = TaxCodeSource.ORGANISER if person is vouched else TaxCodeSource.DECLARED
            if random.random() < 0.7:
                set_tax_code(person, ROSSI, by=None, source=source)
