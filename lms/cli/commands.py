"""The commands, each feature's in a module of its own."""

from __future__ import annotations

import click
from flask.cli import FlaskGroup

from lms import create_app
from lms.cli.accounts import create_admin_command
from lms.cli.attendance import register
from lms.cli.certificates import certificates, verify
from lms.cli.demo import demo
from lms.cli.factors import factors, keys
from lms.cli.mail import mail
from lms.cli.organisations import organisations
from lms.cli.permissions import permissions
from lms.cli.privacy import retention
from lms.cli.report import report
from lms.cli.server import serve
from lms.cli.tax_codes import tax_codes
from lms.cli.worker import dispatch, worker


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False)
def lms() -> None:
    """Percorso: training tracks, attendance, certificates and calendars."""


for command in (
    certificates, create_admin_command, demo, dispatch, factors, keys, mail, organisations,
    permissions, register, report, retention, serve, tax_codes, verify, worker,
):  # fmt: skip
    lms.add_command(command)
