"""Readers and writers have connections of their own, as long as there may be more than one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from lms.database import engine_options, may_write, prepare_engine


def used_by(data: Path, writes: list[bool], **size: int) -> list[int]:
    """Which connection (by its number) each of these transactions got."""
    url = f"sqlite:///{data / 'pool.sqlite3'}"
    engine = create_engine(url, **engine_options(url), **size)
    prepare_engine(engine)
    opened: list[Any] = []
    event.listen(engine, "connect", lambda raw, _record: opened.append(raw))
    got = []
    try:
        for each in writes:
            allowed = may_write.set(each)
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                got.append(opened.index(connection.connection.dbapi_connection))
            may_write.reset(allowed)
    finally:
        engine.dispose()
    return got


@pytest.mark.one_database
def test_nobody_is_turned_while_another_may_be_opened(tmp_path: Path) -> None:
    assert used_by(tmp_path, [False, True, False, True, False]) == [0, 1, 0, 1, 0]


@pytest.mark.one_database
def test_the_last_one_is_turned(tmp_path: Path) -> None:
    assert used_by(tmp_path, [False, True, False], pool_size=1, max_overflow=0) == [0, 0, 0]
