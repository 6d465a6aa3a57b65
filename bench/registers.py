"""The register PDF of a cycle of thousands: time, memory, size, and workers killed on the way.

python -m bench.registers [--people 6000] [--lessons 4] [--kills 3]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
from sqlalchemy import insert, select

from lms import create_app
from lms.config import PROJECT_ROOT, Settings

SECRET = "a-secret-of-the-benchmark-0123456789-abcdefghij"  # noqa: S105 - lives for one run


def environment(folder: Path) -> dict[str, str]:
    """Settings for a database of its own."""
    return {"LMS_ENV": "test", "LMS_DATA": str(folder), "LMS_SECRET_KEY": SECRET}


def seed(people: int, lessons: int) -> int:
    """A cycle with its registers marked and sealed; returns its id."""
    from lms.accounts.models import Person  # noqa: PLC0415 - after the app is made
    from lms.attendance import actions_closing, records  # noqa: PLC0415
    from lms.attendance.models import AttendanceRecord, Evidence, EvidenceKind  # noqa: PLC0415
    from lms.attendance.rules import Mark, RecordSource  # noqa: PLC0415
    from lms.catalogue import actions, programme_actions  # noqa: PLC0415
    from lms.catalogue.details import (  # noqa: PLC0415
        CycleDetails,
        LessonDetails,
        ModuleDetails,
        TrackDetails,
    )
    from lms.catalogue.models import CycleStatus  # noqa: PLC0415
    from lms.enrolment.models import Enrolment, EnrolmentStatus  # noqa: PLC0415
    from lms.extensions import db  # noqa: PLC0415

    track = actions.create_track(TrackDetails("Percorso di misura", "Ente di misura"), by=None)
    details = CycleDetails("Ciclo", "BENCH", signatory_name="Misura", signatory_role="Prova")
    cycle = actions.create_cycle(track, details, by=None)
    module = programme_actions.add_module(cycle, ModuleDetails("Modulo"), by=None)
    start = datetime(2026, 1, 13, 9, tzinfo=UTC)
    held = [
        programme_actions.add_lesson(
            module,
            LessonDetails(f"Incontro {number + 1}", at, at + timedelta(hours=2)),
            by=None,
        )
        for number in range(lessons)
        for at in [start + timedelta(days=7 * number)]
    ]
    actions.change_status(cycle, CycleStatus.PUBLISHED, version=None, by=None)
    names = [(i, f"Persona{i}", f"Misura{i:05d}") for i in range(1, people + 1)]
    db.session.execute(
        insert(Person),
        [{"id": i, "given_name": g, "family_name": f, "created_at": start} for i, g, f in names],
    )
    db.session.execute(
        insert(Enrolment),
        [
            {
                "cycle_id": cycle.id, "person_id": i, "status": EnrolmentStatus.CONFIRMED,
                "enrolled_at": start, "given_name": g, "family_name": f,
                "organisation_name": f"Comune di Castelnuovo Misura {i % 400}",
            }
            for i, g, f in names
        ],
    )  # fmt: skip
    db.session.commit()
    ids = list(db.session.scalars(select(Enrolment.id)))
    for lesson in held:
        register = records.lock_register(lesson)
        both = {"register_id": register.id, "mark": Mark.PRESENT, "minutes": 120}
        db.session.execute(
            insert(Evidence),
            [
                {
                    **both, "enrolment_id": each, "kind": EvidenceKind.CHECKIN, "author_id": each,
                    "at": lesson.starts_at, "reason": "",
                }
                for each in ids
            ],
        )  # fmt: skip
        db.session.execute(
            insert(AttendanceRecord),
            [
                {
                    **both, "enrolment_id": each, "source": RecordSource.CHECKIN,
                    "updated_at": lesson.starts_at, "version": 1,
                }
                for each in ids
            ],
        )  # fmt: skip
        actions_closing.close_register(lesson, absent=True, leave_queue=True, by=None)
        db.session.commit()
    return cycle.id


def peak(pid: int) -> int:
    """The most memory a process has had, in MB."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) // 1024


def work(environ: dict[str, str], document_id: int, kills: int) -> None:
    """Workers, some killed on the way, until the document is there; prints how it went."""
    from lms.attendance import queries_documents  # noqa: PLC0415
    from lms.extensions import db  # noqa: PLC0415

    killed, memory, began = 0, 0, time.monotonic()
    while True:
        command = [sys.executable, "-m", "lms.cli", "worker"]
        with subprocess.Popen(command, cwd=PROJECT_ROOT, env={**os.environ, **environ}) as worker:
            while True:
                time.sleep(0.5)
                memory = max(memory, peak(worker.pid))
                made = queries_documents.of_document(document_id)
                done, total, ready = made.done, made.total, made.ready
                db.session.remove()
                if ready or (killed < kills and done > total * (killed + 1) // (kills + 1)):
                    break
            worker.send_signal(signal.SIGTERM if ready else signal.SIGKILL)
        if ready:
            break
        killed += 1
        print(f"killed at {done} of {total} parts", flush=True)
    document = queries_documents.of_document(document_id).document
    print(
        f"{time.monotonic() - began:.0f} s, at most {memory} MB, {document.pages} pages, "
        f"{document.size / 1e6:.1f} MB, {'ZIP' if document.bundle else 'PDF'}, {killed} killed"
    )


def main() -> None:
    """Seed, ask, work."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("people", 6000), ("lessons", 4), ("kills", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        environ = environment(Path(name))
        app = create_app(Settings.from_environ(environ))
        with app.test_request_context():
            from lms.attendance import actions_documents  # noqa: PLC0415
            from lms.catalogue.models import Cycle  # noqa: PLC0415
            from lms.extensions import db  # noqa: PLC0415

            flask_migrate.upgrade()
            cycle_id = seed(wanted.people, wanted.lessons)
            cycle = db.session.get_one(Cycle, cycle_id)
            document_id = actions_documents.ask_for_cycle(cycle, "it", by=None).id
            db.session.commit()
            print(f"{wanted.people} people, {wanted.lessons} lessons: seeded", flush=True)
            work(environ, document_id, wanted.kills)


if __name__ == "__main__":
    main()
