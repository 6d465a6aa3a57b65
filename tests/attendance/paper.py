"""A scan, a register PDF, a countersignature and a device's mark of one half of the world."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from lms.attendance.models import Mark
from lms.attendance.models_paper import (
    Countersignature,
    DeviceMark,
    DocumentKind,
    RegisterDocument,
    RegisterScan,
    ScanType,
)
from lms.attendance.rules_device import DeviceOutcome
from lms.clock import now
from lms.extensions import db

SCAN = b"%PDF-1.4 firme"


class Paper:
    """What hangs on the register of `half` beside its marks."""

    def __init__(self, half: Any, number: int) -> None:
        sha256 = hashlib.sha256(f"{number}".encode()).hexdigest()
        self.scan = RegisterScan(
            register_id=half.register.id, filename="firme.pdf", sha256=sha256, size=len(SCAN),
            media_type=ScanType.PDF, content=SCAN, uploaded_at=now(),
        )  # fmt: skip
        self.document = RegisterDocument(
            kind=DocumentKind.LESSON, cycle_id=half.cycle.id, lesson_id=half.lesson.id,
            language="it", asked_at=now(), pdf=SCAN, sha256=sha256, size=len(SCAN), pages=1,
            made_at=now(),
        )  # fmt: skip
        db.session.add_all(
            [
                self.scan,
                self.document,
                Countersignature(
                    register_id=half.register.id, number=number, previous="", text="{}",
                    hash=sha256, at=now(),
                ),
                DeviceMark(
                    client_id=str(uuid.UUID(int=number)), register_id=half.register.id,
                    enrolment_number=half.enrolment.id, author_id=half.trainer.id,
                    marked_at=now(), received_at=now(), outcome=DeviceOutcome.SAVED, version=1,
                    mark=Mark.PRESENT, minutes=120,
                ),
            ]
        )  # fmt: skip
        db.session.flush()
