"""One visit to a check-in: cheap however many came before, and of all records of a person."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from lms.attendance import actions, actions_checking, queries_checking, queries_place
from lms.attendance.codes import Direction
from lms.attendance.models import Evidence, EvidenceKind, Mark
from lms.attendance.rules import Cell, Proof, Typed
from lms.attendance.writing_checks import written_first
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from tests import factories
from tests.attendance.test_checkin import Room, kinds
from tests.attendance.test_races import at_once

CAME_BEFORE = 200


def test_evidence_of_united_enrolments_is_ones_own(app: Flask) -> None:
    room = Room("Ada Abete", "Ada Abete")
    kept, other = room.people
    assert other.person_id is not None
    actions_checking.check(room.lesson.id, other.person_id, Direction.IN, "a device")
    db.session.flush()
    other.status, other.united_into_id = EnrolmentStatus.WITHDRAWN, kept.id
    db.session.commit()
    visit = queries_checking.visit(room.lesson.id, kept.person_id or 0)
    assert visit is not None
    assert visit.own is not None
    assert visit.own.inside
    place = queries_place.place(db.session.connection(), room.lesson.id, kept.person_id or 0)
    assert place is not None
    assert (place.last, place.pieces) == (EvidenceKind.CHECKIN, 1)


@pytest.mark.one_database("postgresql")
def test_nobody_goes_through_all_who_came_before(app: Flask) -> None:
    """The first lesson of a new installation: PostgreSQL has counted nothing yet."""
    room = Room("Ada Abete")
    ada = room.people[0]
    assert ada.person_id is not None
    connection = db.session.connection()
    register_id = actions_checking.shared_register(connection, room.lesson.id)
    others = [factories.enrolment(ada.cycle) for _number in range(CAME_BEFORE)]
    came: dict[str, Any] = {
        "register_id": register_id, "kind": EvidenceKind.CHECKIN, "mark": Mark.PRESENT,
        "minutes": 60, "reason": "", "author_id": room.trainer.id, "at": now(),
    }  # fmt: skip
    db.session.flush()
    db.session.execute(insert(Evidence), [{**came, "enrolment_id": each.id} for each in others])
    db.session.commit()
    asked = {"lesson_id": room.lesson.id, "person_id": ada.person_id}
    for statement in (queries_checking._VISIT, queries_place._PLACE):
        assert looked_at(statement, asked) < CAME_BEFORE / 10


def looked_at(statement: Any, values: dict[str, int]) -> float:
    """How many rows of evidence PostgreSQL looks at to answer."""
    compiled = statement.compile(dialect=db.engine.dialect)
    makers = compiled._bind_processors
    given = {
        name: makers[name](value) if name in makers else value
        for name, value in compiled.construct_params(values).items()
    }
    cursor = db.session.connection().connection.cursor()
    # so few rows are quicker read whole: what counts is what an index would be asked for
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}", given)
    found = cursor.fetchone()
    assert found is not None
    return rows_of("evidence", found[0][0]["Plan"])


def rows_of(table: str, node: dict[str, Any]) -> float:
    """The rows of a table that this step of a plan and those below it look at."""
    below = sum(rows_of(table, each) for each in node.get("Plans", ()))
    if node.get("Relation Name") != table:
        return below
    seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(below + seen * node["Actual Loops"])


@pytest.mark.one_database("postgresql")
def test_a_first_check_in_is_written_only_if_it_still_is_the_first(app: Flask) -> None:
    """Weakness 10: what was read may be over by the time it is written."""
    room = Room("Ada Abete")
    ada = room.people[0]
    ada_id, instant = ada.person_id or 0, now()
    actions_checking.shared_register(db.session.connection(), room.lesson.id)
    place = queries_place.place(db.session.connection(), room.lesson.id, ada_id)
    assert place is not None
    present = Cell(Mark.PRESENT, 45)
    first, taken_back = Typed(ada.id, present, 0, Cell()), Typed(ada.id, Cell(), 1, present)
    actions.record_marks(room.lesson, [first], by=room.trainer.id)
    db.session.commit()
    proof = Proof(EvidenceKind.CHECKIN, minutes=60, at=instant)
    assert not written_first(db.session.connection(), place, proof, ada_id, "0" * 64)
    assert room.record(ada) == ("present", 45, "trainer")
    actions.record_marks(room.lesson, [taken_back], by=room.trainer.id)
    db.session.commit()
    assert not written_first(db.session.connection(), place, proof, ada_id, "0" * 64)
    db.session.commit()
    assert room.record(ada) is None
    assert kinds(room, ada) == [EvidenceKind.TRAINER_MARK] * 2


@pytest.mark.slow
def test_a_person_who_presses_on_two_devices_at_once_came_once(app: Flask) -> None:
    """Weakness 10."""
    for _round in range(4):
        room = Room("Ada Abete")
        ada = room.people[0]
        lesson_id, ada_id = room.lesson.id, ada.person_id or 0

        def press(lesson_id: int = lesson_id, ada_id: int = ada_id) -> bool:
            changed = actions_checking.check(lesson_id, ada_id, Direction.IN, "0" * 64)
            db.session.commit()
            return changed

        assert sorted(at_once(app, press, press, press)) == [False, False, True]
        assert kinds(room, ada) == [EvidenceKind.CHECKIN]


@pytest.mark.slow
def test_a_check_in_beside_a_trainers_mark_keeps_both(app: Flask) -> None:
    """Weakness 10."""
    for _round in range(4):
        room = Room("Ada Abete")
        ada = room.people[0]
        lesson_id, ada_id, number = room.lesson.id, ada.person_id or 0, ada.id

        def press(lesson_id: int = lesson_id, ada_id: int = ada_id) -> bool:
            changed = actions_checking.check(lesson_id, ada_id, Direction.IN, "0" * 64)
            db.session.commit()
            return changed

        def mark(lesson_id: int = lesson_id, number: int = number) -> bool:
            typed = Typed(number, Cell(Mark.PRESENT, 45), 0, Cell())
            try:
                actions.record_marks(db.session.get_one(Lesson, lesson_id), [typed], by=None)
            except actions.MarkConflictError:  # the check-in came first: the page was older
                return False
            db.session.commit()
            return True

        checked, marked = at_once(app, press, mark)
        assert checked
        assert len(kinds(room, ada)) == 1 + marked
        assert room.record(ada) is not None
