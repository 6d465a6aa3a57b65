"""Connections are handed out to the like; none of them forgets what it may not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms import warming
from lms.database import may_write
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


def write() -> None:
    db.session.add(Organisation(name="Scritto", kind=OrganisationKind.OTHER))
    db.session.flush()


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
    db.engine.dispose()
    used = connection_id()
    db.session.rollback()
    for _turn in range(2):
        with as_reader():
            assert connection_id() == used
            with pytest.raises(DBAPIError, match=r"read-?only"):
                write()
        assert connection_id() == used
        write()
        db.session.rollback()


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
