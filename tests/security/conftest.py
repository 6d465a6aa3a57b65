"""The whole application, ready to be attacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms import create_app
from lms.clock import frozen, now
from lms.extensions import db
from tests.conftest import Template
from tests.security.attack import Record, carry_out
from tests.security.pages import WHO, Site
from tests.security.rehearsal import Stage, rehearsal
from tests.security.scene import build

PUBLIC = "https://formazione.example.it"


@pytest.fixture
def site(app: Flask) -> Site:
    """A small world in every state, and somebody for each role who looks at it."""
    return build(app)


@pytest.fixture
def public_app(app: Flask) -> Iterator[Flask]:
    """The same database behind the public address of a real site."""
    public = create_app(replace(app.config["SETTINGS"], public_url=PUBLIC))
    yield public
    with public.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def stage(template: Template) -> Iterator[Stage]:
    """A world in which nothing any request does stays done, so that one serves all tests."""
    with template.app.app_context(), pytest.MonkeyPatch.context() as patch:
        template.restore()
        site = build(template.app)
        for actor in WHO:
            site.browser(actor)  # signs in, which stays done
        with frozen(now()), rehearsal(patch) as taken:
            yield Stage(site, taken)
        db.session.rollback()
        db.session.remove()


@pytest.fixture(scope="session")
def records() -> dict[str, Record]:
    """The attacks of this process, by kind of database: each takes most of a minute."""
    return {}


@pytest.fixture
def attacked(database: str, template: Template, records: dict[str, Record]) -> Record:
    """The record of one attack on everything; what is read from it needs no database."""
    if database not in records:
        with template.app.app_context():
            template.restore()
            try:
                records[database] = carry_out(template.app)
            finally:
                db.session.rollback()
                db.session.remove()
    return records[database]
