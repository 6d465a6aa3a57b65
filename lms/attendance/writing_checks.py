"""Writing a check-in or check-out: a person's first in a register at once, the others counted anew.

Of a first one all follows from itself, so on PostgreSQL it is one statement; SQLite, which has no
such statements, needs none: nothing lies between it and its file.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, text

from lms.attendance.models import AttendanceRecord, Evidence, EvidenceKind, Mark
from lms.attendance.models_checking import CheckInTrace
from lms.attendance.queries_evidence import proofs
from lms.attendance.queries_place import Place
from lms.attendance.records import write_outcomes
from lms.attendance.rules import Outcome, Proof, derive
from lms.clock import now

_RECORD: Any = AttendanceRecord.__table__
_EVIDENCE: Any = Evidence.__table__
_TRACE: Any = CheckInTrace.__table__


def written_first(
    connection: Connection, place: Place, proof: Proof, person_id: int, device: str
) -> bool:
    """Write a person's first evidence in a register, its trace and their record.

    False, and nothing written, where it is not the first any more, or amounts to no record.
    """
    outcome = derive([proof], place.desk.time)
    if outcome is None:
        return False
    instant = now()
    evidence = _evidence(place, proof, person_id)
    record = _record(place, outcome, instant, person_id)
    if connection.dialect.name == "postgresql":
        both = {"record_mark": outcome.mark, "record_minutes": outcome.minutes}
        values = {**record, **evidence, **both, "device": device}
        return connection.execute(_AT_ONCE, values).first() is not None
    _append(connection, evidence, device)
    connection.execute(_NEW_RECORD, record)
    return True


def write_another(
    connection: Connection, place: Place, proof: Proof, person_id: int, device: str
) -> None:
    """Write one more piece of evidence, its trace, and what all of the person's amount to now.

    To be called while the person's enrolment is held.
    """
    known = proofs(place.register_id, {place.enrolment_id}) if place.pieces else {}
    _append(connection, _evidence(place, proof, person_id), device)
    outcome = derive([*known.get(place.enrolment_id, ()), proof], place.desk.time)
    write_outcomes(
        place.register_id,
        {place.enrolment_id: outcome},
        by=person_id,
        counts={place.enrolment_id: place.pieces + 1},
    )


def _evidence(place: Place, proof: Proof, person_id: int) -> dict[str, Any]:
    return {
        "register_id": place.register_id,
        "enrolment_id": place.enrolment_id,
        "kind": proof.kind,
        "mark": Mark.PRESENT if proof.kind is EvidenceKind.CHECKIN else None,
        "minutes": proof.minutes,
        "reason": "",
        "author_id": person_id,
        "at": proof.at,
    }


def _record(place: Place, outcome: Outcome, instant: datetime, person_id: int) -> dict[str, Any]:
    return {
        "register_id": place.register_id,
        "enrolment_id": place.enrolment_id,
        "mark": outcome.mark,
        "minutes": outcome.minutes,
        "source": outcome.source,
        "updated_at": instant,
        "updated_by_id": person_id,
        "version": 1,
    }


# Made once, and of tables: what a burst repeats.
_NEW_RECORD = insert(_RECORD)
_NEW_EVIDENCE = insert(_EVIDENCE).returning(_EVIDENCE.c.id)
_NEW_TRACE = insert(_TRACE)


def _append(connection: Connection, evidence: dict[str, Any], device: str) -> None:
    evidence_id = connection.execute(_NEW_EVIDENCE, evidence).scalar_one()
    about = {name: evidence[name] for name in ("register_id", "at")}
    connection.execute(_NEW_TRACE, {"evidence_id": evidence_id, "device": device, **about})


# The record unless there is one (or evidence), the evidence if that was made, its trace. Whoever
# makes the same record meanwhile is waited for; what was written before, by whoever held the
# register while the place was asked for, is seen. As text, because SQLAlchemy would put an
# ON CONFLICT into words again every time, for milliseconds (ADR 22).
_AT_ONCE = text("""
    WITH new_record AS (
        INSERT INTO attendance_record (register_id, enrolment_id, mark, minutes, source,
                                       updated_at, updated_by_id, version)
        SELECT :register_id, :enrolment_id, :record_mark, :record_minutes, :source,
               :updated_at, :updated_by_id, :version
        WHERE NOT EXISTS (SELECT FROM evidence
                          WHERE register_id = :register_id AND enrolment_id = :enrolment_id)
        ON CONFLICT DO NOTHING
        RETURNING register_id, enrolment_id
    ), new_evidence AS (
        INSERT INTO evidence (register_id, enrolment_id, kind, mark, minutes, reason,
                              author_id, at)
        SELECT register_id, enrolment_id, :kind, :mark, :minutes, :reason, :author_id, :at
        FROM new_record
        RETURNING id, register_id, at
    )
    INSERT INTO check_in_trace (evidence_id, register_id, at, device)
    SELECT id, register_id, at, :device FROM new_evidence
    RETURNING id
""").bindparams(
    *(
        bindparam(name, type_=_EVIDENCE.c[name].type)
        for name in (
            "register_id", "enrolment_id", "kind", "mark", "minutes", "reason", "author_id", "at",
        )
    ),
    *(
        bindparam(name, type_=_RECORD.c[name].type)
        for name in ("source", "updated_at", "updated_by_id", "version")
    ),
    bindparam("record_mark", type_=_RECORD.c.mark.type),
    bindparam("record_minutes", type_=_RECORD.c.minutes.type),
    bindparam("device", type_=_TRACE.c.device.type),
)  # fmt: skip
