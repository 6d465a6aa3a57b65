"""`lms factors reset` for who lost every factor, and `lms keys reseal` after a change of keys."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms.accounts.queries import account_by_login
from lms.attendance import originals
from lms.cli.address import at_public_address
from lms.extensions import db
from lms.factors import actions
from lms.issuance import issuer_keys

RESEALING = (
    actions.reseal,
    originals.reseal,
    issuer_keys.reseal,
)  # each room that keeps something sealed adds its own


@click.group()
def factors() -> None:
    """Second factors of sign-in."""


@factors.command()
@click.argument("login")
@with_appcontext
def reset(login: str) -> None:
    """Remove every second factor of who signs in with LOGIN; they are told by mail."""
    login = login.strip().lower()
    account = account_by_login(login)
    if account is None:
        raise click.ClickException(f"nobody signs in with {login}.")
    with at_public_address():
        done = actions.reset(account, by=None)
        db.session.commit()
    if not done:
        raise click.ClickException(f"{login} has no second factor.")
    click.echo(f"{login} signs in with the password alone and can set up a new second factor.")


@click.group()
def keys() -> None:
    """Keys that seal what must not lie readable in the database (LMS_ENCRYPTION_KEYS)."""


@keys.command()
@with_appcontext
def reseal() -> None:
    """Seal everything by the first key, so that the others can be taken out of the setting."""
    count = sum(room() for room in RESEALING)
    db.session.commit()
    click.echo(f"{count} sealed again by the first key; the others are no longer needed.")
