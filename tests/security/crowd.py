"""The small world with a hundred more of everything that stands in a list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from lms.accounts.models import Account, Person, PersonEmail, RoleGrant, StaffRole
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    RecordSource,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    CycleTrainer,
    Lesson,
    LessonTrainer,
    Module,
    Track,
)
from lms.clock import now
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.extensions import db
from lms.issuance.models import (
    Certificate,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)
from lms.organisations.models import Organisation, OrganisationKind
from tests.world import World

MANY = 100


def _add(kind: Any, rows: list[dict[str, Any]]) -> list[int]:
    key = next(iter(kind.__table__.primary_key.columns))
    return list(db.session.scalars(insert(kind).returning(key, sort_by_parameter_order=True), rows))


def gather(world: World) -> None:
    """Add a hundred bodies, people, tracks, cycles, modules, lessons, enrolments, marks, reports,
    certificates and events, so that every list of the world's objects is longer than a page.
    """
    bodies = _add(
        Organisation,
        [{"name": f"Comune {n:03}", "kind": OrganisationKind.MUNICIPALITY} for n in range(MANY)],
    )
    people = _people(bodies)
    cycles = _catalogue(world, people)
    _lists_of_this_cycle(world, people)
    _own_lists(world, cycles)
    db.session.commit()


def _people(bodies: list[int]) -> list[int]:
    people = _add(
        Person,
        [
            {"given_name": "Folla", "family_name": f"Persona{n:03}", "organisation_id": body,
             "created_at": now()}
            for n, body in enumerate(bodies)
        ],
    )  # fmt: skip
    _add(PersonEmail, [{"person_id": p, "address": f"folla{p}@example.org"} for p in people])
    _add(
        Account,
        [{"person_id": p, "login": f"folla{p}@example.org", "created_at": now()} for p in people],
    )
    _add(
        RoleGrant,
        [{"person_id": p, "role": StaffRole.ORGANISER, "granted_at": now()} for p in people[::9]],
    )
    return people


def _catalogue(world: World, people: list[int]) -> list[int]:
    """Other tracks and cycles, and a programme of a hundred lessons for this one."""
    _add(
        Track,
        [{"slug": f"folla-{n}", "title": f"Percorso {n}", "issuer": "Ente"} for n in range(MANY)],
    )
    cycles = _add(
        Cycle,
        [
            {"track_id": world.track.id, "slug": f"folla-{n}", "code": f"FO{n}",
             "title": f"Ciclo folto {n}", "status": CycleStatus.PUBLISHED}
            for n in range(MANY)
        ],
    )  # fmt: skip
    half = world.this
    modules = _add(
        Module,
        [
            {"cycle_id": cycle, "position": n, "title": f"Modulo folto {n}"}
            for n, cycle in enumerate([*cycles, *[half.cycle.id] * 20])
        ],
    )
    owners = [*modules, *[half.module.id] * MANY]
    lessons = _add(Lesson, [_lesson(n, module) for n, module in enumerate(owners)])
    _add(CycleTrainer, [{"cycle_id": half.cycle.id, "person_id": p} for p in people[:30]])
    _add(CycleTrainer, [{"cycle_id": c, "person_id": half.trainer.id} for c in cycles])
    teaching = [{"lesson_id": lesson, "person_id": half.trainer.id} for lesson in lessons]
    _add(
        LessonTrainer,
        [*teaching, *[{"lesson_id": o["lesson_id"], "person_id": people[0]} for o in teaching]],
    )
    _add(LessonTrainer, [{"lesson_id": half.lesson.id, "person_id": p} for p in people[:20]])
    _add(AttendanceRegister, [{"lesson_id": lesson} for lesson in lessons[-50:]])
    return cycles


def _lesson(number: int, module_id: int) -> dict[str, Any]:
    start = now().replace(microsecond=0) + timedelta(days=number % 60 - 30, hours=1)
    return {
        "module_id": module_id, "title": f"Incontro folto {number}", "starts_at": start,
        "ends_at": start + timedelta(hours=2), "uid": f"folla-{number}@example.org",
        "created_at": start, "changed_at": start,
    }  # fmt: skip


def _lists_of_this_cycle(world: World, people: list[int]) -> None:
    """Enrolments with marks, evidence and certificates, reports with people to be matched."""
    half = world.this
    register = half.register.id
    enrolments = _add(Enrolment, [_enrolment(half.cycle.id, p, n) for n, p in enumerate(people)])
    own = {"register_id": register}
    _add(
        AttendanceRecord,
        [
            {**own, "enrolment_id": e, "mark": Mark.PRESENT, "minutes": 60, "updated_at": now(),
             "source": RecordSource.TRAINER, "updated_by_id": half.trainer.id}
            for e in enrolments[:80]
        ],
    )  # fmt: skip
    mark = {
        **own,
        "kind": EvidenceKind.TRAINER_MARK,
        "mark": Mark.PRESENT,
        "minutes": 60,
        "at": now(),
    }
    _add(
        Evidence,
        [
            {**mark, "enrolment_id": e, "author_id": p}
            for e, p in zip(
                [*enrolments[:80], *[half.enrolment.id] * 40], [*people, *people], strict=False
            )
        ],
    )
    _add(
        ReportFile,
        [
            {**own, "filename": f"z{n}.csv", "sha256": f"{n:064}", "size": 4, "content": b"Name",
             "platform": "zoom", "answers": {}, "status": ReportStatus.IMPORTED,
             "uploaded_at": now(), "imported_at": now(), "uploaded_by_id": people[n],
             "imported_by_id": people[n]}
            for n in range(20)
        ],
    )  # fmt: skip
    _add(
        ReportEntry,
        [
            {"report_file_id": half.report.id, "position": 10 + n, "name": f"Ospite {n}",
             "intervals": [], "source_lines": [n]}
            for n in range(MANY)
        ],
    )  # fmt: skip
    _certificates(half.cycle.id, enrolments)


def _enrolment(cycle_id: int, person_id: int, number: int) -> dict[str, Any]:
    return {
        "cycle_id": cycle_id, "person_id": person_id, "status": EnrolmentStatus.CONFIRMED,
        "enrolled_at": now() - timedelta(days=60), "given_name": "Folla",
        "family_name": f"Persona{number:03}", "organisation_name": "Comune",
    }  # fmt: skip


def _certificates(cycle_id: int, enrolments: list[int]) -> None:
    found = _add(
        Certificate,
        [
            {"cycle_id": cycle_id, "enrolment_id": e, "number": n, "serial": f"FOLLA-{e}",
             "code": f"FOLLA{e:021}", "status": CertificateStatus.VALID, "snapshot": "{}",
             "holder_name": "Folla", "holder_family_name": "Persona", "minutes": 60,
             "completed_on": date(2026, 5, 1), "issued_at": now()}
            for n, e in enumerate(enrolments, 10)
        ],
    )  # fmt: skip
    issued = {"kind": CertificateEventKind.ISSUED, "at": now()}
    _add(CertificateEvent, [{"certificate_id": c, **issued} for c in found])


def _own_lists(world: World, cycles: list[int]) -> None:
    """What the participant sees of themselves: cycles, certificates, history."""
    half = world.this
    person = half.participant
    own = _add(Enrolment, [_enrolment(cycle, person.id, 0) for cycle in cycles])
    confirmed = {"status": EnrolmentStatus.CONFIRMED, "at": now(), "actor_id": world.organiser.id}
    _add(EnrolmentEvent, [{"enrolment_id": e, **confirmed} for e in own])
    _add(EnrolmentEvent, [{"enrolment_id": half.enrolment.id, **confirmed} for _n in range(40)])
    for cycle, enrolment in zip(cycles, own, strict=True):
        _certificates(cycle, [enrolment])
    modules = db.session.execute(
        select(Lesson.id).where(Lesson.module_id == half.module.id).limit(50)
    ).scalars()
    known = set(db.session.scalars(select(AttendanceRegister.lesson_id)))
    registers = _add(
        AttendanceRegister, [{"lesson_id": one} for one in modules if one not in known] or [{}]
    )
    _add(
        AttendanceRecord,
        [
            {"register_id": r, "enrolment_id": half.enrolment.id, "mark": Mark.PRESENT,
             "minutes": 60, "updated_at": now(), "source": RecordSource.TRAINER}
            for r in registers
        ],
    )  # fmt: skip
