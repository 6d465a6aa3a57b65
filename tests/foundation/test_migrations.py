"""Migrations: up, down, up with rows in the tables; equal to the models; importing none of them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text

from lms.config import PROJECT_ROOT
from lms.database import compare_type
from lms.extensions import db
from tests.world import World

VERSIONS = sorted((PROJECT_ROOT / "migrations" / "versions").glob("*.py"))


def counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }


def test_up_down_up_with_rows(own_app: Flask) -> None:
    with own_app.app_context():
        flask_migrate.upgrade()
        World()
        before = counts()
        db.session.remove()
        assert before["certificate"] > 0
        assert before["evidence"] > 0
        # One step down and up again keeps every row of the steps below it. Roles that held towards
        # something are the exception: they must not come to hold towards everything.
        flask_migrate.downgrade(revision="-1")
        kept = set(inspect(db.engine).get_table_names()) & set(before) - {"role_grant"}
        flask_migrate.upgrade()
        after = counts()
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
        World()
        assert counts() == before
        db.session.remove()
        db.engine.dispose()


def test_models_equal_migrations(own_app: Flask) -> None:
    with own_app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
            assert compare_metadata(context, db.metadata) == []
        db.engine.dispose()


def test_a_missing_column_would_be_seen(own_app: Flask) -> None:
    with own_app.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE organisation DROP COLUMN region"))
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": compare_type})
            assert compare_metadata(context, db.metadata) != []
        db.engine.dispose()


def test_one_chain() -> None:
    script = ScriptDirectory(str(PROJECT_ROOT / "migrations"))
    assert len(script.get_heads()) == 1
    assert len(VERSIONS) == len(list(script.walk_revisions()))


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_migrations_import_no_models(path: Path) -> None:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").split(".")[0])
    assert modules <= {"alembic", "sqlalchemy"} | set(sys.stdlib_module_names)
