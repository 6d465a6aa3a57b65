"""Corrections after issue raise tasks: asked for in the transaction of the deed, found by a job.

The job compares every valid certificate of a cycle with the facts of today. It changes tasks only:
what becomes of a certificate a person decides.
"""

from __future__ import annotations

import secrets
from typing import Any

from lms import audit, jobs
from lms.accounts.models import Person
from lms.attendance.models import AttendanceRegister
from lms.catalogue.models import Cycle, Lesson
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.issuance import queries, queries_tasks
from lms.issuance.corrections import to_be_looked_at
from lms.issuance.making import hold
from lms.issuance.models import Certificate
from lms.issuance.models_tasks import CertificateTask, Change, Outcome

JOB_KIND = "review_certificates"
# After these deeds a certificate may no longer say what the facts say.
CONCERNING = frozenset(
    {
        "register.rectified", "register.closed", "register.counted_again", "enrolment.withdrawn",
        "enrolment.confirmed", "enrolment.copies_updated", "person.edited", "cycle.edited",
        "certificate.restored",
    }
)  # fmt: skip
Open = dict[tuple[int, Change], CertificateTask]


@audit.follower
def _followed(action: str, subject: Any) -> None:
    if action not in CONCERNING and not action.startswith("lesson."):
        return
    for cycle_id in _cycles(subject):
        ask(cycle_id)


def _cycles(subject: Any) -> list[int]:
    found = queries_tasks.cycles_with_certificates
    match subject:
        case Cycle():
            return list(found(cycle_id=subject.id))
        case Certificate():
            return [subject.cycle_id]
        case AttendanceRegister():
            return list(found(lesson_id=subject.lesson_id))
        case Lesson():
            return list(found(lesson_id=subject.id))
        case Enrolment():
            return list(found(enrolment_id=subject.id))
        case Person():
            return list(found(person_id=subject.id))
    return []


def ask(cycle_id: int) -> None:
    """Have the certificates of a cycle compared with the facts, once this transaction is kept.

    One comparison serves all deeds committed before it begins.
    """
    start = f"review:{cycle_id}:"
    if not jobs.one_waits(JOB_KIND, start):
        jobs.enqueue(JOB_KIND, start + secrets.token_hex(8), {"cycle_id": cycle_id})


def ask_about(person_id: int) -> None:
    """The same for every cycle in which this person has a valid certificate."""
    for cycle_id in queries_tasks.cycles_with_certificates(person_id=person_id):
        ask(cycle_id)


@jobs.handler(JOB_KIND)
def _carry_out(job: jobs.Job) -> None:
    review(job.payload["cycle_id"])


def review(cycle_id: int) -> None:
    """Raise a task for each change nobody decided on; end those whose facts came back."""
    cycle = hold(cycle_id)
    kept, still_open = queries_tasks.kept_in(cycle_id), queries_tasks.open_in(cycle_id)
    for candidate in queries.candidates(cycle):
        if candidate.certificate is not None:
            number = candidate.certificate.id
            raise_tasks(number, to_be_looked_at(candidate, kept), still_open)
    for task in still_open.values():
        settle(task, Outcome.MOOT, by=None)


def raise_tasks(certificate_id: int, found: dict[Change, str], still_open: Open) -> None:
    """Make the tasks of one certificate say `found`; what is taken over leaves `still_open`."""
    for change, fact in found.items():
        task = still_open.pop((certificate_id, change), None)
        if task is None:
            task = CertificateTask(
                certificate_id=certificate_id, change=change, fact=fact, raised_at=now()
            )
            db.session.add(task)
        elif task.fact != fact:
            task.fact = fact


def settle(task: CertificateTask, outcome: Outcome, *, by: int | None, note: str = "") -> None:
    """End a task."""
    task.outcome, task.settled_at, task.settled_by_id, task.note = outcome, now(), by, note


def settle_all(certificate_id: int, outcome: Outcome, *, by: int | None, note: str = "") -> None:
    """End the open tasks of a certificate."""
    for task in queries_tasks.open_of([certificate_id])[certificate_id]:
        settle(task, outcome, by=by, note=note)
