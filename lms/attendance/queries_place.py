"""One's place in a lesson's check-in, as it is written from: asked for and held in one query."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Select, bindparam, func, select

from lms.attendance.models import AttendanceRegister, Evidence, EvidenceKind
from lms.attendance.queries_checking import (
    HAS_UNITED,
    OF_LESSON,
    Desk,
    asked,
    desks,
    last_check,
    own_evidence,
    told_of_them,
)
from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment, EnrolmentStatus

_CYCLE: Any = Cycle.__table__.c
_EVIDENCE: Any = Evidence.__table__.c
_REGISTER: Any = AttendanceRegister.__table__.c
_ENROLMENT: Any = Enrolment.__table__.c


class Place(NamedTuple):
    """One person's place in a lesson's check-in, as it is written from.

    `pieces`: how much evidence the register has of them already, of whatever kind.
    """

    desk: Desk
    register_id: int
    enrolment_id: int
    last: EvidenceKind | None
    pieces: int


def _place_statement(*, united: bool) -> Select[Any]:
    last = last_check(_EVIDENCE.kind, united=united)
    pieces = told_of_them(select(func.count(_EVIDENCE.id)).where(own_evidence(united=united)))
    return (
        desks(with_register=True)
        .add_columns(_REGISTER.id, _ENROLMENT.id, last, pieces, HAS_UNITED)
        .join(Enrolment.__table__, _ENROLMENT.cycle_id == _CYCLE.id)
        .where(
            OF_LESSON,
            _ENROLMENT.person_id == bindparam("person_id", type_=Integer),
            _ENROLMENT.status == EnrolmentStatus.CONFIRMED,
        )
        .with_for_update(read=True, of=AttendanceRegister.__table__)
    )


_PLACE, _PLACE_UNITED = (_place_statement(united=united) for united in (False, True))


def place(connection: Connection, lesson_id: int, person_id: int) -> Place | None:
    """Somebody's place in a lesson's check-in, and its register held so that nobody closes it.

    None for who is not enrolled, and while there is no register.
    """
    row = asked(connection, (_PLACE, _PLACE_UNITED), lesson_id, person_id)
    return Place(Desk(*row[:-5]), *row[-5:-1]) if row else None
