"""How we speak to SQLite and PostgreSQL alike: column types, connections, transactions.

The safe requests of a web server get connections on which the database itself refuses to write;
every other transaction on SQLite begins with the write lock, taken in turn (`lms.turnstile`), so
that writers queue up instead of failing half-way.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, String, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from lms.pool import WRITES, AlikePool, refuse_hung_up
from lms.pool import may_write as may_write  # where everybody asks for it
from lms.turnstile import Turnstile

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# The WAL-reset bug (lost commits with two connections) is mended in these releases.
WAL_SAFE_FROM = (3, 51, 3)
WAL_SAFE_BRANCHES = {(3, 50): 7, (3, 44): 6}
BUSY_TIMEOUT_MS = 15_000


class Base(DeclarativeBase):
    """Parent of every table; constraint names follow one convention on both databases."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Naive values are refused; what comes back is aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: aware only, in UTC (SQLite keeps no zone, so it is stripped there)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive date and time cannot be stored: {value!r}")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


TimeSpans = tuple[tuple[datetime, datetime], ...]


class Spans(TypeDecorator[TimeSpans]):
    """Stretches of time, as JSON pairs of instants in UTC. Naive values are refused."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: TimeSpans | None, _dialect: Dialect) -> Any:
        """To the database: ISO 8601 in UTC."""
        if value is None:
            return None
        if any(instant.tzinfo is None for span in value for instant in span):
            raise ValueError(f"a naive date and time cannot be stored: {value!r}")
        return [[instant.astimezone(UTC).isoformat() for instant in span] for span in value]

    def process_result_value(self, value: Any, _dialect: Dialect) -> TimeSpans | None:
        """From the database: pairs of aware instants in UTC."""
        if value is None:
            return None
        return tuple(
            (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in value
        )


def compare_type(
    _context: Any, _column: Any, _metadata_column: Any, inspected: Any, declared: Any
) -> bool | None:
    """Alembic's hook: True when types differ. An instant equals any DateTime."""
    if isinstance(declared, UtcDateTime):
        return not isinstance(inspected, DateTime)
    return None


def choice(kind: type[enum.StrEnum], name: str) -> Enum:
    """A text column that holds the values of `kind` only, by a CHECK named `name`."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


ShortText = String(120)
Title = String(300)
Hash = String(64)


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite release is free of the WAL-reset bug."""
    branch = (version[0], version[1])
    if branch in WAL_SAFE_BRANCHES:
        return version[2] >= WAL_SAFE_BRANCHES[branch]
    return version >= WAL_SAFE_FROM


def insert_new(table: Any, bind: Engine | Connection) -> Any:
    """An INSERT that leaves rows as they are whose key is known already: who came first counts."""
    kind = postgresql if bind.dialect.name == "postgresql" else sqlite_dialect
    return kind.insert(table).on_conflict_do_nothing()


def engine_options(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy hands to `create_engine` for this address.

    An error's words hide the values of its statement: they may be somebody's name.
    """
    if not url.startswith("sqlite"):
        return {
            "hide_parameters": True, "poolclass": AlikePool, "pool_size": 8, "max_overflow": 8,
        }  # fmt: skip
    if not wal_is_safe(sqlite.sqlite_version_info):
        raise RuntimeError(
            f"SQLite {sqlite.sqlite_version} can lose commits in WAL mode; "
            "install the pinned pysqlite3 (3.51.3 or later)."
        )
    timeout = BUSY_TIMEOUT_MS / 1000
    options = {
        "hide_parameters": True, "module": sqlite, "connect_args": {"timeout": timeout},
    }  # fmt: skip
    return options if ":memory:" in url else {**options, "poolclass": AlikePool}


def prepare_engine(engine: Engine) -> None:
    """Hang our connection and transaction habits on `engine` (once)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        _queue_writers(engine)
        event.listen(engine, "begin", _on_sqlite_begin)
    else:
        event.listen(engine, "checkout", refuse_hung_up)
        event.listen(engine, "begin", _on_postgresql_begin)


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _queue_writers(engine: Engine) -> None:
    """Let writing transactions take turns; a connection leaves when it goes back to the pool."""
    if not engine.url.database or engine.url.database == ":memory:":
        return
    turnstile = Turnstile(engine.url.database, BUSY_TIMEOUT_MS / 1000)

    def enter(connection: Connection) -> None:
        if may_write.get() and "turn" not in connection.info:
            turn = turnstile.enter()
            if turn is not None:
                connection.info["turn"] = turn

    def leave(_connection: Any, record: Any, *_why: object) -> None:
        turn = record.info.pop("turn", None)
        if turn is not None:
            turnstile.leave(turn)

    event.listen(engine, "begin", enter)
    for left in ("checkin", "close", "invalidate", "detach"):
        event.listen(engine, left, leave)


def _on_sqlite_begin(connection: Connection) -> None:
    writes = may_write.get()
    raw: Any = connection.connection.dbapi_connection
    if connection.info.get(WRITES) is not writes:
        raw.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITES] = writes
    if writes:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # may fail, and is reported as statements are
    else:
        raw.execute("BEGIN")


def _on_postgresql_begin(connection: Connection) -> None:
    """Who only reads needs no BEGIN: every statement sees what is committed, with or without it."""
    writes = may_write.get()
    if connection.info.get(WRITES) is not writes:
        raw: Any = connection.connection.dbapi_connection
        raw.autocommit = True
        raw.execute(f"SET default_transaction_read_only TO {'off' if writes else 'on'}")
        raw.autocommit = not writes
        connection.info[WRITES] = writes
