"""`lms create-admin` on a database that is not there yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.actions import authenticate
from lms.accounts.models import RoleGrant, StaffRole
from lms.cli.accounts import PASSWORD_VARIABLE, create_admin_command
from lms.config import PROJECT_ROOT
from lms.extensions import db
from tests.accounts.people import PASSWORD
from tests.conftest import SECRET

WHO = ["--email", "Capo@example.org", "--given-name", "Carla", "--family-name", "Capo"]


def test_on_an_empty_folder(tmp_path: Path) -> None:
    environ = {**os.environ, "LMS_ENV": "test", "LMS_DATA": str(tmp_path),
               "LMS_SECRET_KEY": SECRET, PASSWORD_VARIABLE: PASSWORD}  # fmt: skip
    environ.pop("LMS_DATABASE_URL", None)
    command = [sys.executable, "-m", "lms.cli", "create-admin", *WHO]
    first = subprocess.run(command, env=environ, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    assert "Carla Capo may now sign in" in first.stdout
    assert PASSWORD not in first.stdout + first.stderr
    again = subprocess.run(command, env=environ, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert again.returncode == 1
    assert "already signs somebody else in" in again.stderr


def test_the_password_is_asked_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    typed = f"{PASSWORD}\nanother one here\n{PASSWORD}\n{PASSWORD}\n"
    result = app.test_cli_runner().invoke(create_admin_command, WHO, input=typed)
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    account = authenticate("capo@example.org", PASSWORD)
    assert account is not None
    grant = db.session.scalars(select(RoleGrant)).one()
    assert (grant.person_id, grant.role) == (account.person_id, StaffRole.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("option", "value", "password", "complaint"),
    [
        ("--email", "capo", PASSWORD, "not an e-mail address"),
        ("--given-name", " \t", PASSWORD, "From 1 to 120"),
        ("--family-name", "x" * 121, PASSWORD, "From 1 to 120"),
        ("--email", "capo@example.org", "short", "at least 12"),
        ("--email", "capo@example.org", "capo@example.org", "Too easy"),
    ],
)
def test_what_is_refused_leaves_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch,
    option: str, value: str, password: str, complaint: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    result = app.test_cli_runner().invoke(create_admin_command, [*WHO, option, value])
    assert result.exit_code != 0
    assert complaint in result.output
    assert db.session.scalar(select(RoleGrant.id)) is None
