"""Connections are handed out to the like; none of them forgets what it may not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.exc import DBAPIError

from lms import warming
from lms.database import engine_options, may_write, prepare_engine
from lms.drawing import store
from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationKind
from tests import factories


@contextmanager
def as_reader() -> Iterator[None]:
    token = may_write.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        may_write.reset(token)


def connection_id() -> int:
    return id(db.session.connection().connection.dbapi_connection)


def both_kinds() -> tuple[int, int]:
    """A writer and a reader at the same time, then both idle: their connections."""
    writer = connection_id()
    token = may_write.set(False)
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            reader = id(connection.connection.dbapi_connection)
    finally:
        may_write.reset(token)
        db.session.rollback()
    return writer, reader


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
def test_who_forgets_the_pool_closes_both_kinds(app: Flask) -> None:
    both_kinds()
    closed: list[Any] = []
    event.listen(db.engine, "close", lambda raw, _record: closed.append(raw))
    db.engine.dispose()
    assert len(closed) == 2


@pytest.mark.one_database
def test_the_last_one_is_turned(tmp_path: Path) -> None:
    assert used_by(tmp_path, [False, True, False], pool_size=1, max_overflow=0) == [0, 0, 0]


def test_readers_and_writers_keep_their_connections(app: Flask) -> None:
    db.engine.dispose()
    with app.app_context():
        writer, reader = both_kinds()
        assert writer != reader
        for _turn in range(3):
            with as_reader():
                assert connection_id() == reader
            assert connection_id() == writer
            db.session.rollback()


def test_a_connection_turned_round_refuses_and_allows_again(app: Flask) -> None:
    """One connection for both: what the database refuses follows the request, not the history."""
    url = db.engine.url
    options = engine_options(url.drivername)
    engine = create_engine(url, **{**options, "pool_size": 1, "max_overflow": 0})
    prepare_engine(engine)
    new = insert(Organisation).values(name="Scritto", kind=OrganisationKind.OTHER)
    try:
        for _turn in range(2):
            token = may_write.set(False)
            with engine.connect() as reader, pytest.raises(DBAPIError, match=r"read-?only"):
                reader.execute(new)
            may_write.reset(token)
            with engine.connect() as writer:
                writer.execute(new)
    finally:
        engine.dispose()


def test_a_server_that_hung_up_is_asked_again_on_a_new_line(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # there is no server
    factories.organisation()
    db.session.commit()
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for reads in (True, False):
        may_write.set(not reads)
        try:
            ended = db.session.scalar(text("SELECT pg_backend_pid()"))
            db.session.rollback()
            with psycopg.connect(address, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (ended,))
            assert db.session.scalar(text("SELECT count(*) FROM organisation")) == 1
        finally:
            db.session.rollback()
            may_write.set(True)


def test_a_parent_process_is_warm_and_holds_no_connection(app: Flask) -> None:
    store().clear()
    warming.warm(app)
    assert db.engine.pool.checkedin() == db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert {key[1] for key in store() if key[0] == "components/frame.html"} == {"it", "en"}


def test_a_database_without_tables_does_not_keep_the_server_from_starting(own_app: Flask) -> None:
    warming.warm(own_app)
    with own_app.app_context():
        db.engine.dispose()
