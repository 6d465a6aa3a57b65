"""Every test that asks for `app` runs on SQLite and on PostgreSQL, real and freshly migrated."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text
from xdist.scheduler import LoadScopeScheduling

from lms import create_app
from lms.config import Settings
from lms.config_oidc import read_providers
from lms.extensions import db
from tests.browser import browser, page  # noqa: F401 - fixtures for every room
from tests.client import PercorsoClient
from tests.servers import PostgresServer, postgres
from tests.validator import validator  # noqa: F401 - one for every room

DATABASES = ("sqlite", "postgresql")
ATTACKED = frozenset(
    f"tests/security/test_{name}.py" for name in ("headers", "logs", "network", "stored_text")
)
ONE_DATABASE = ("one_database", "browser")  # marks of tests that show the same on both
SECRET = "a-secret-for-tests-0123456789-abcdefghijklmnop"
ENCRYPTION_KEY = "an-encryption-key-for-tests-0123456789-qrstuvw"


# An identity provider at whose address nobody listens; tests/federation has one that answers.
SILENT_PROVIDER = {
    "LMS_OIDC_PROVA_ISSUER": "http://127.0.0.1:9",
    "LMS_OIDC_PROVA_CLIENT_ID": "percorso",
    "LMS_OIDC_PROVA_CLIENT_SECRET": "a-secret-of-the-silent-provider",
    "LMS_OIDC_PROVA_LABEL": "SPID di prova",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*DATABASES, "both"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        names = DATABASES if chosen == "both" else (chosen,)
        for mark in filter(None, map(metafunc.definition.get_closest_marker, ONE_DATABASE)):
            names = mark.args if mark.args and chosen == "both" else names[:1]
        metafunc.parametrize("database", names, indirect=True, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The one long preparation first, beside the fast files; files with browsers at the end."""
    items.sort(key=lambda item: (not is_attack(item.nodeid), is_slow(item)))


def is_attack(nodeid: str) -> bool:
    """Whether its file reads the record of the attack, which takes most of a minute to make."""
    return nodeid.partition("::")[0] in ATTACKED


def is_slow(item: pytest.Item) -> bool:
    return any(map(item.get_closest_marker, ("browser", "slow")))


class ByFile(LoadScopeScheduling):
    """A file goes to one process, so that fixtures of a module are made once.

    So do the files that read the attack, and those that ask the PDF validator.

    xdist's own ``loadgroup`` writes the group into ``_nodeid``, which pytest 9.2 does not read.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        validating = file.endswith("test_conformance.py")
        return "attack" if is_attack(nodeid) else "validator" if validating else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database this test runs on."""
    return str(request.param)


def make_settings(folder: Path, url: str | None = None, **more: str) -> Settings:
    environ = {"LMS_ENV": "test", "LMS_DATA": str(folder), "LMS_SECRET_KEY": SECRET,
        "LMS_ENCRYPTION_KEYS": ENCRYPTION_KEY, **more}  # fmt: skip
    if url:
        environ["LMS_DATABASE_URL"] = url
    return Settings.from_environ(environ)


class Template:
    """A migrated, empty database and the way back to it."""

    def __init__(self, app: Flask, file: Path | None) -> None:
        self.app, self.file = app, file
        with app.app_context():
            flask_migrate.upgrade()
            db.session.remove()
            db.engine.dispose()
        if file:
            self._drop_side_files()
            shutil.copy(file, file.with_suffix(".template"))
        self.sequences = {} if file else self._sequences()

    def _drop_side_files(self) -> None:
        assert self.file
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)

    def _sequences(self) -> dict[str, str]:
        """The sequence that numbers a table's rows, by table."""
        owned = (
            "SELECT owner.relname, sequence.relname FROM pg_class sequence"
            " JOIN pg_depend d ON d.objid = sequence.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class owner ON owner.oid = d.refobjid WHERE sequence.relkind = 'S'"
        )
        with self.app.app_context(), db.engine.connect() as connection:
            return dict(connection.execute(text(owned)).tuples().all())

    def restore(self, kept: str = ".template") -> None:
        """Empty the database, or on SQLite bring it back to what `keep` kept."""
        if self.file:
            db.engine.dispose()
            self._drop_side_files()
            shutil.copy(self.file.with_suffix(kept), self.file)
            return
        self._empty_tables()

    def keep(self) -> str:
        """Keep what SQLite's database holds now; what to `restore` to come back to it."""
        assert self.file, "only a file is copied"
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()  # the last connection writes everything into the file itself
        assert not Path(f"{self.file}-wal").exists(), "somebody still has the file open"
        shutil.copy(self.file, self.file.with_suffix(".kept"))
        return ".kept"

    def _empty_tables(self) -> None:
        """DELETE where there are rows: TRUNCATE costs PostgreSQL new files for every table."""
        tables = db.metadata.tables.values()
        used = " UNION ALL ".join(
            f"SELECT '{table.name}' WHERE EXISTS (SELECT FROM \"{table.name}\")" for table in tables
        )
        with db.engine.begin() as connection:
            steps = ["SET LOCAL session_replication_role = replica"]  # no triggers, no order
            for name in connection.scalars(text(used)):
                steps.append(f'DELETE FROM "{name}"')
                if name in self.sequences:
                    steps.append(f"SELECT setval('{self.sequences[name]}', 1, false)")
            steps.append("INSERT INTO seal_chain (id, number, seal) VALUES (1, 0, '')")
            connection.exec_driver_sql("; ".join(steps))


@pytest.fixture(scope="session")
def templates() -> dict[str, Template]:
    """One template a kind of database, made when first asked for."""
    return {}


@pytest.fixture(scope="session")
def template(
    database: str,
    templates: dict[str, Template],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Template:
    if database not in templates:
        folder = tmp_path_factory.mktemp(database)
        if database == "sqlite":
            made = Template(create_app(make_settings(folder)), folder / "percorso.sqlite3")
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            made = Template(
                create_app(make_settings(folder, server.create_database("suite"))), None
            )
        templates[database] = made
    return templates[database]


@pytest.fixture
def app(template: Template) -> Iterator[Flask]:
    """The application on an empty, migrated database, with its context pushed."""
    with template.app.app_context():
        template.restore()
        yield template.app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def silent_provider(app: Flask) -> Iterator[None]:
    """`app` with an identity provider, for whoever asks every address."""
    settings: Settings = app.config["SETTINGS"]
    known = read_providers(SILENT_PROVIDER, [], production=False)
    app.config["SETTINGS"] = replace(settings, oidc=known)
    yield
    app.config["SETTINGS"] = settings


@pytest.fixture
def client(app: Flask) -> PercorsoClient:
    """A browser that checks every page it receives."""
    return PercorsoClient(app)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real exports to try against, where this machine has them."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data on this machine")
    return folder


@pytest.fixture
def own_app(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application of its own on a database of its own, still without tables."""
    if database == "sqlite":
        return create_app(make_settings(tmp_path))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database(f"own_{uuid.uuid4().hex}")
    return create_app(make_settings(tmp_path, url))
