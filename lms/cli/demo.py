"""`lms demo`: the fictional demonstration, in an empty database."""

from __future__ import annotations

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from lms.cli.organisations import ensure_loaded
from lms.config import Settings
from lms.demo import content
from lms.demo.build import build, is_built
from lms.demo.views import report_path


@click.command()
@with_appcontext
def demo() -> None:
    """Fill an empty database with the fictional demonstration; refuses any other."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("The demonstration is not for production.")
    flask_migrate.upgrade()
    if is_built():
        raise click.ClickException(
            f"The database in {settings.data} is not empty: nothing was added."
        )
    build(settings.data)
    ensure_loaded()
    tell(settings)


def ensure(settings: Settings) -> None:
    """Build the demonstration unless the database holds something already; say how to enter."""
    if not is_built():
        click.echo("Building the fictional demonstration …")
        build(settings.data)
    tell(settings)


def tell(settings: Settings) -> None:
    """Print the sign-ins and where the report file lies."""
    click.echo("\n  A fictional demonstration. Sign in with any of these, password "
               f"{content.PASSWORD}\n")  # fmt: skip
    for role, login in content.SIGN_INS:
        click.echo(f"    {role:14} {login}")
    click.echo(
        f"\n  The report to drop into the lesson that waits for it:\n    {report_path(settings)}"
    )
