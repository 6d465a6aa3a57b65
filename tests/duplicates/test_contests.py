"""Contests of two records of one person: moved with their presences, and put back as they were."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.attendance.models_contests import Contest, ContestEvent, ContestEventKind, ContestStatus
from lms.clock import now
from lms.duplicates import actions, undoing
from lms.extensions import db
from tests.duplicates.twins import Twins, everything


def contest(twins: Twins, lesson: object, who: object) -> Contest:
    row = Contest(
        register_id=twins.register(lesson).id,  # type: ignore[arg-type]
        enrolment_id=who.id,  # type: ignore[attr-defined]
        opened_at=now(),
    )
    db.session.add(row)
    db.session.commit()
    return row


def test_contests_move_one_open_one_stays_and_all_come_back(app: Flask) -> None:
    twins = Twins()
    first, second = twins.lesson(), twins.lesson(1)
    kept = contest(twins, first, twins.mine)
    double = contest(twins, first, twins.theirs)
    moved = contest(twins, second, twins.theirs)
    before = everything()["contest"]
    merge = actions.merge(twins.one.id, twins.two.id, by=twins.boss.id)
    db.session.commit()
    db.session.expire_all()
    assert {row.enrolment_id for row in (kept, double, moved)} == {twins.mine.id}
    assert [row.status for row in (kept, double, moved)] == [
        ContestStatus.OPEN, ContestStatus.WITHDRAWN, ContestStatus.OPEN,
    ]  # fmt: skip
    told = db.session.scalars(select(ContestEvent)).one()
    assert (told.contest_id, told.kind) == (double.id, ContestEventKind.WITHDRAWN)
    undoing.undo(merge.id, by=twins.boss.id)
    db.session.commit()
    assert everything()["contest"] == before
