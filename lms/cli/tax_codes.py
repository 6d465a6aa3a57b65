"""`lms tax-codes reseal`: seal every tax code under the newest key, so that an older one may go."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms.accounts.tax_codes import reseal as reseal_some
from lms.extensions import db


@click.group("tax-codes")
def tax_codes() -> None:
    """Tax codes of people."""


@tax_codes.command()
@with_appcontext
def reseal() -> None:
    """Seal and hash again what an older key of LMS_ENCRYPTION_KEYS sealed.

    In small transactions: it can be stopped and started again.
    """
    total = 0
    while done := reseal_some():
        db.session.commit()
        total += done
        click.echo(f"{total} …")
    click.echo(f"{total} tax codes sealed again; the others were up to date.")
