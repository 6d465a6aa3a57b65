from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from lms.extensions import db


@pytest.fixture
def queries_of(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collects the statements sent to the database inside a `with`."""

    @contextmanager
    def collecting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("PRAGMA", "BEGIN", "SET ")):
                statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collecting
