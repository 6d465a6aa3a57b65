"""`lms organisations …`: the public bodies known out of the box, and IndicePA's file."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from lms.extensions import db
from lms.organisations import known
from lms.organisations.ledger import Changes

SHOWN = 20
WORDS = {
    "created": "Added", "updated": "Completed or corrected", "renamed": "Renamed",
    "merged": "Merged", "closed": "Closed", "reopened": "Reopened",
    "notes": "To look at",
}  # fmt: skip


@click.group()
def organisations() -> None:
    """The bodies people work for."""


@organisations.command()
@with_appcontext
def load() -> None:
    """Load municipalities, provinces, metropolitan cities and regions; safe to run again."""
    changes = known.load()
    db.session.commit()
    tell(changes)


def tell(changes: Changes) -> None:
    """Print what was changed, the longer lists in part."""
    for key, word in WORDS.items():
        names: list[str] = getattr(changes, key)
        if not names:
            continue
        click.echo(f"{word}: {len(names)}")
        for name in names[:SHOWN]:
            click.echo(f"  {name}")
        if len(names) > SHOWN:
            click.echo(f"  … and {len(names) - SHOWN} more")
    if not changes.anything:
        click.echo("Nothing to change.")
