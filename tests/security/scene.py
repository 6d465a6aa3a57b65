"""The small world in more states: what is cancelled, closed, withdrawn, disabled, about to be done.

A form that stands only on the page of such an object would never be found otherwise.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select

from lms.accounts.models import Account, StaffRole
from lms.accounts.tax_codes import set_tax_code
from lms.attendance.actions_closing import close_register
from lms.attendance.models import ReportFile
from lms.catalogue.models import CycleStatus, LessonStatus
from lms.clock import now
from lms.duplicates.models import NotDuplicate
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from lms.issuance.actions import issue, revoke
from lms.issuance.making import JOB_KIND
from lms.issuance.models import Certificate
from lms.jobs import Job, JobStatus
from lms.organisations import actions_life
from tests import factories
from tests.accounts.codes import code_of
from tests.issuance.cycles import TaughtCycle
from tests.security.pages import Site
from tests.security.payloads import CSV_CELL, SHORT
from tests.world import World

LATER_TODAY = timedelta(hours=3)
ANSWERED = f"""Topic,ID,Host,Duration (minutes),Start time,End time,Participants
{CSV_CELL},123,{CSV_CELL},120,2026-05-21 10:00:00,2026-05-21 12:00:00,1

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,In waiting room
{CSV_CELL},{CSV_CELL},2026-05-21 10:00:00,2026-05-21 12:00:00,120,Yes,No
Altra Persona,altra@example.org,2026-05-21 10:00:00,2026-05-21 12:00:00,120,Yes,No
""".encode()
QUERIES = {
    "catalogue.cycle_trainers": ("?q=prova",),
    "attendance.decide_entry": ("?q=prova",),
    "attendance.queue": ("?decided=1",),
    "duplicates.find": ("?q=prova",),
    "attendance.preview_report": ("?change=1",),
    "attendance.mark_rest": ("?mark=present",),
    "attendance.register": ("?all=1",),
    "issuance.cycle_certificates": ("?soglia=50",),
}


def build(app: Flask) -> Site:
    """The world, with more of everything, and the addresses that lead there."""
    world = World()
    half = world.this
    factories.module(half.cycle)
    cancelled = factories.lesson(half.module, status=LessonStatus.CANCELLED)
    coming = now() + LATER_TODAY
    join_url = "https://webinar.example.org/j/1"
    factories.lesson(half.module, starts_at=coming, join_url=join_url)
    sealed = factories.lesson(half.module)  # an auditor may ask for its PDF
    factories.register(sealed)
    withdrawn = factories.enrolment(half.cycle, status=EnrolmentStatus.WITHDRAWN)
    factories.enrolment(half.cycle)  # nobody has marked this one yet
    ready = ReportFile(
        register_id=half.register.id, filename="zoom-3.csv", sha256=_sha256(ANSWERED),
        size=len(ANSWERED), content=ANSWERED, platform="zoom", uploaded_at=now(),
        answers={"zone": "Europe/Rome"},
    )  # fmt: skip
    db.session.add(ready)
    disabled = factories.person()
    db.session.flush()
    account = Account(person_id=disabled.id, login="sospesa@example.org", created_at=now())
    account.is_active = False
    db.session.add(account)
    db.session.commit()
    close_register(sealed, absent=True, leave_queue=False, by=None)
    taught = TaughtCycle(2, closed=False, slug="ciclo-da-rilasciare", title="Ciclo concluso")
    first = taught.attendee(120, 120, who=half.participant)
    revoked = _revoked()
    certificate = _issued_without_document(taught)
    first.given_name = SHORT  # corrected since: somebody may leave the certificate as it is
    second = taught.attendee(120, 120)
    grant = factories.grant(disabled, StaffRole.AUDITOR, track=half.cycle.track)
    draft = factories.cycle(slug="ciclo-in-bozza", status=CycleStatus.DRAFT)
    for letters, person in (("PRVADA", world.organiser), ("PRVBEA", world.administrator)):
        set_tax_code(person, code_of(letters), by=person.id)
    apart = sorted((half.participant.id, disabled.id))
    db.session.add(
        NotDuplicate(first_id=apart[0], second_id=apart[1], at=now(), by_id=world.organiser.id)
    )
    ended = factories.organisation("Ente che ha chiuso")
    actions_life.close(ended, now().date(), by=None)
    db.session.commit()
    variations = (
        {"organisation_id": ended.id},
        {"lesson_id": cancelled.id},
        {"lesson_id": sealed.id},
        {"lesson_id": taught.lessons[0].id},
        {"lesson_id": taught.lessons[0].id, "enrolment_id": second.id},
        {"lesson_id": taught.lessons[0].id, "enrolment_id": first.id},
        {"lesson_id": half.lesson.id, "enrolment_id": half.enrolment.id},
        {"lesson_id": half.lesson.id, "report_id": ready.id},
        {"enrolment_id": withdrawn.id},
        {"enrolment_id": half.enrolment.id},
        {"organisation_id": half.nominated.organisation_id, "enrolment_id": half.nominated.id},
        {"certificate_id": half.certificate.id},
        {"certificate_id": revoked.id},
        {"person_id": disabled.id},
        {"person_id": disabled.id, "grant_id": grant.id},
        {"person_id": apart[0], "other_id": apart[1]},
        {"cycle_slug": half.cycle.slug, "person_id": half.trainer.id},
        {"cycle_slug": taught.cycle.slug},
        {"cycle_slug": draft.slug},
    )
    site = Site(app, world, variations, QUERIES)
    site.values |= {
        "certificate_id": certificate.id, "code": certificate.code, "enrolment_id": first.id,
    }  # fmt: skip
    return site


def _revoked() -> Certificate:
    """A certificate that was revoked, and may be made valid again."""
    taught = TaughtCycle(1, slug="ciclo-revocato", title="Ciclo con una revoca")
    taught.entitled(1)
    with current_app.test_request_context("/"):
        issue(taught.cycle, by=None)
        found = select(Certificate).where(Certificate.cycle_id == taught.cycle.id)
        certificate = db.session.scalars(found).one()
        revoke(certificate, "Errore.", by=None)
        db.session.commit()
    return certificate


def _issued_without_document(taught: TaughtCycle) -> Certificate:
    """Registers sealed, certificates issued, but the PDF could not be made: it may be asked for."""
    for lesson in taught.lessons:
        close_register(lesson, absent=True, leave_queue=False, by=None)
    with current_app.test_request_context("/"):  # certificates carry the site's address
        issue(taught.cycle, by=None)
        db.session.commit()
    for job in db.session.scalars(select(Job).where(Job.kind == JOB_KIND)):
        job.status = JobStatus.FAILED
    db.session.commit()
    issued = select(Certificate).where(Certificate.cycle_id == taught.cycle.id)
    return db.session.scalars(issued).one()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
