"""Both databases: instants, constraints, and what the database itself refuses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from lms import audit, create_app
from lms.catalogue.models import Cycle, Lesson
from lms.database import may_write, wal_is_safe
from lms.extensions import db
from lms.organisations.models import Organisation
from tests import factories
from tests.conftest import make_settings


def test_instants_come_back_aware_in_utc(app: Flask) -> None:
    rome_summer = timezone(timedelta(hours=2))
    starts_at = datetime(2026, 7, 1, 9, 30, tzinfo=rome_summer)
    lesson = factories.lesson(starts_at=starts_at)
    db.session.expire_all()
    stored = db.session.get_one(Lesson, lesson.id).starts_at
    assert stored == starts_at
    assert stored.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="naive"):
        factories.lesson(starts_at=datetime(2026, 7, 1, 9, 30))  # noqa: DTZ001
    db.session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cycle SET threshold_percent = 0",
        "UPDATE cycle SET places = 0",
        "UPDATE cycle SET status = 'unheard-of'",
        "UPDATE lesson SET ends_at = starts_at",
        "UPDATE lesson SET module_id = 999999",
        "UPDATE enrolment SET status = 'perhaps'",
        "DELETE FROM person",
    ],
)
def test_the_database_refuses_what_the_rules_forbid(app: Flask, change: str) -> None:
    lesson = factories.lesson()
    factories.enrolment(lesson.module.cycle)
    with pytest.raises(IntegrityError):
        db.session.execute(text(change))
    db.session.rollback()


@pytest.mark.parametrize("deed", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_histories_are_append_only(app: Flask, deed: str) -> None:
    audit.record("cycle.created", factories.cycle(), actor_id=None)
    db.session.commit()
    with pytest.raises(DBAPIError, match="kept as it was written"):
        db.session.execute(text(deed))
    db.session.rollback()


def test_a_read_only_context_cannot_write(app: Flask) -> None:
    cycle = factories.cycle()
    token = may_write.set(False)
    try:
        assert db.session.get(Cycle, cycle.id) is not None
        db.session.add(Organisation(name="Comune di Prova", kind="municipality"))
        with pytest.raises(DBAPIError, match=r"read-?only"):
            db.session.flush()
    finally:
        db.session.rollback()
        may_write.reset(token)
    factories.organisation()  # and may again afterwards


def test_two_saves_of_one_row_meet_a_version(app: Flask) -> None:
    cycle = factories.cycle()
    version = cycle.version
    cycle.title = "Altro titolo"
    db.session.commit()
    assert cycle.version == version + 1


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_a_sqlite_with_the_wal_reset_bug_is_told_apart(
    version: tuple[int, int, int], safe: bool
) -> None:
    assert wal_is_safe(version) is safe


def test_sqlite_runs_in_wal_with_foreign_keys(tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path))
    with app.app_context():
        answers = [
            db.session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
        db.session.rollback()
    assert answers == ["wal", 1, 2]
