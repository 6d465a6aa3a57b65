"""A small world with a row of everything: two cycles, their people, registers, certificates.

Used where everything is asked at once: the table of access, GET that never writes, migrations.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from lms import audit, jobs
from lms.accounts.models import Person, StaffRole
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    MatchMethod,
    RecordSource,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.auditing.models import AuditSession
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import Cycle, FundingEmblem, Lesson, Track
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.issuance.models import (
    Certificate,
    CertificateDocument,
    CertificateEvent,
    CertificateEventKind,
)
from lms.looks import AccessLook
from tests import factories

FEED_TOKEN = "feed-token-of-the-world"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Half:
    """One cycle with a trainer, two participants, an open register, a report and a certificate."""

    def __init__(self, track_id: int, name: str) -> None:
        self.cycle: Cycle = factories.cycle(
            track=db.session.get_one(Track, track_id), slug=f"ciclo-{name}",
            code=name.upper(),
        )  # fmt: skip
        self.module = factories.module(self.cycle)
        self.lesson: Lesson = factories.lesson(self.module)
        self.second: Lesson = factories.lesson(self.module)
        self.trainer: Person = factories.trainer(self.cycle)
        factories.teaches(self.trainer, self.lesson)
        self.participant: Person = factories.person(organisation=factories.organisation())
        self.enrolment: Enrolment = factories.enrolment(self.cycle, self.participant)
        self.nominated: Enrolment = factories.enrolment(
            self.cycle, factories.person(organisation=self.participant.organisation),
            status=EnrolmentStatus.REQUESTED,
        )  # fmt: skip
        # A role that is over: it lets nobody in, and can be ended again without harm.
        self.grant = factories.grant(
            self.participant, StaffRole.REFERENT, of=self.participant.organisation
        )
        self.grant.ended_at = now()
        self.register: AttendanceRegister = factories.register(self.lesson)
        self._attendance(name)
        self.certificate = self._certificate(name)
        db.session.commit()

    def _attendance(self, name: str) -> None:
        self.report = ReportFile(
            register_id=self.register.id, filename="zoom.csv", sha256=sha256(name), size=4,
            content=b"Name", platform="zoom", status=ReportStatus.IMPORTED, uploaded_at=now(),
            imported_at=now(),
        )  # fmt: skip
        self.staged = ReportFile(
            register_id=self.register.id, filename="zoom-2.csv", sha256=sha256(name + "2"), size=4,
            content=staged_report(), platform="zoom", uploaded_at=now(),
        )  # fmt: skip
        db.session.add_all([self.report, self.staged])
        db.session.flush()
        interval = [[self.lesson.starts_at.isoformat(), self.lesson.ends_at.isoformat()]]
        known = ReportEntry(
            report_file_id=self.report.id, position=1, name=self.participant.full_name,
            intervals=interval, source_lines=[5], stated_minutes=120,
            enrolment_id=self.enrolment.id, match=MatchMethod.NAME,
        )  # fmt: skip
        self.entry = ReportEntry(
            report_file_id=self.report.id, position=2, name="iPhone", intervals=interval,
            source_lines=[6], stated_minutes=120,
        )  # fmt: skip
        db.session.add_all([known, self.entry])
        db.session.flush()
        db.session.add_all(
            [
                Evidence(
                    register_id=self.register.id, enrolment_id=self.enrolment.id,
                    kind=EvidenceKind.REPORT, report_entry_id=known.id, at=now(),
                ),
                AttendanceRecord(
                    register_id=self.register.id, enrolment_id=self.enrolment.id,
                    mark=Mark.PRESENT, minutes=120, source=RecordSource.REPORT, updated_at=now(),
                ),
            ]
        )  # fmt: skip

    def _certificate(self, name: str) -> Certificate:
        certificate = Certificate(
            cycle_id=self.cycle.id, enrolment_id=self.enrolment.id, number=1,
            serial=f"{self.cycle.code}-00001", code=f"CODE{name.upper()}234567ABCDEFGHIJ"[:26],
            snapshot="{}", holder_name=self.participant.full_name,
            holder_family_name=self.participant.family_name, minutes=120,
            completed_on=date(2026, 5, 1), issued_at=datetime(2026, 5, 2, tzinfo=UTC),
        )  # fmt: skip
        db.session.add(certificate)
        db.session.flush()
        pdf = b"%PDF-1.7 " + name.encode()
        db.session.add_all(
            [
                CertificateDocument(
                    certificate_id=certificate.id, pdf=pdf, size=len(pdf),
                    sha256=hashlib.sha256(pdf).hexdigest(), rendered_at=now(),
                ),
                CertificateEvent(
                    certificate_id=certificate.id, kind=CertificateEventKind.ISSUED, at=now()
                ),
            ]
        )  # fmt: skip
        return certificate


def staged_report() -> bytes:
    """A tiny Zoom meeting report of yesterday, unambiguous."""
    return (
        b"Topic,ID,Host,Duration (minutes),Start time,End time,Participants\n"
        b"Incontro di prova,123,Docente,120,2026-05-20 10:00:00,2026-05-20 12:00:00,1\n\n"
        b"Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,"
        b"In waiting room\n"
        b"Ada Prova,ada@example.org,2026-05-20 10:00:00,2026-05-20 12:00:00,120,Yes,No\n"
    )


class World:
    """Two halves of one track, one of another track, and the people who belong to none."""

    def __init__(self) -> None:
        track = factories.track(slug="percorso-del-mondo")
        db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="eu", label="Unione"))
        db.session.commit()
        self.track = track
        self.this = Half(track.id, "questo")
        self.other = Half(track.id, "altro")
        self.elsewhere = Half(factories.track(slug="percorso-altrove").id, "altrove")
        self.organiser = factories.organiser()
        self.administrator = factories.staff(StaffRole.ADMINISTRATOR)
        self.scoped = {
            f"{role} of {which}": factories.staff(
                StaffRole(role),
                track=half.cycle.track if role != "referent" else None,
                of=half.participant.organisation if role == "referent" else None,
            )
            for which, half in (("this", self.this), ("another", self.elsewhere))
            for role in ("organiser", "referent", "auditor")
        }
        db.session.add_all(
            AuditSession(
                person_id=self.scoped[f"auditor of {which}"].id, track_id=half.cycle.track_id,
                purpose="Verifica di prova", opened_at=now(), closes_at=now() + timedelta(hours=8),
            )
            for which, half in (("this", self.this), ("another", self.elsewhere))
        )  # fmt: skip
        db.session.add(
            AccessLook(
                at=now(), actor_id=self.scoped["auditor of this"].id, endpoint="auditing.enrolment",
                object_type="enrolment", object_id=self.this.enrolment.id,
                person_id=self.this.participant.id, purpose="Verifica di prova",
            )
        )  # fmt: skip
        self.feed = CalendarFeed(
            person_id=self.this.participant.id, token_hash=sha256(FEED_TOKEN), created_at=now()
        )
        db.session.add(self.feed)
        self.job = jobs.enqueue(
            "issue_certificates", "world", {"cycle_id": self.this.cycle.id}, total=1
        )
        audit.record("world.made", track, actor_id=self.organiser.id)
        db.session.commit()
