"""The whole application, ready to be attacked."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.extensions import db
from tests.conftest import Template
from tests.security.attack import Record, carry_out
from tests.security.pages import Site
from tests.security.scene import build


@pytest.fixture
def site(app: Flask) -> Site:
    """A small world in every state, and somebody for each role who looks at it."""
    return build(app)


@pytest.fixture(scope="session")
def attacked(template: Template) -> Record:
    """The record of one attack on everything; what is read from it needs no database."""
    with template.app.app_context():
        template.restore()
        try:
            return carry_out(template.app)
        finally:
            db.session.rollback()
            db.session.remove()
