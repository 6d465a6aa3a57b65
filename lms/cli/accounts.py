"""`lms create-admin`: the first person, who can then do everything else in the browser."""

from __future__ import annotations

import os

import click
import flask_migrate
from flask.cli import with_appcontext
from flask_babel import force_locale

from lms.accounts.actions import create_admin
from lms.accounts.forms import password_words
from lms.accounts.rules import EMAIL_LENGTH, NAME_LENGTH, is_email, password_fault
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line

PASSWORD_VARIABLE = "LMS_ADMIN_PASSWORD"  # noqa: S105 # nosec B105 # its name


@click.command("create-admin")
@click.option("--email", prompt="E-mail address to sign in with")
@click.option("--given-name", prompt=True)
@click.option("--family-name", prompt=True)
@with_appcontext
def create_admin_command(email: str, given_name: str, family_name: str) -> None:
    """Add an administrator (the database is brought up to date first).

    The password is asked twice, or taken from LMS_ADMIN_PASSWORD.
    """
    email, given, family = email.strip().lower(), clean_line(given_name), clean_line(family_name)
    if len(email) > EMAIL_LENGTH or not is_email(email):
        raise click.BadParameter(f"“{email}” is not an e-mail address.", param_hint="--email")
    for option, name in (("--given-name", given), ("--family-name", family)):
        if not name or len(name) > NAME_LENGTH:
            raise click.BadParameter(f"From 1 to {NAME_LENGTH} characters.", param_hint=option)
    password = os.environ.get(PASSWORD_VARIABLE) or click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    fault = password_fault(password, email, given, family)
    flask_migrate.upgrade()
    with force_locale("en"):
        if fault:
            raise click.ClickException(password_words(fault))
        try:
            person = create_admin(given, family, email, password)
        except UserError as error:
            raise click.ClickException(error.message) from error
    db.session.commit()
    click.echo(f"{person.full_name} may now sign in as administrator with {email}.")
