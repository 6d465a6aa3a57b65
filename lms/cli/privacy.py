"""`lms retention`: forget what is past its time."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from lms.privacy.retention import as_markdown, forget


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be forgotten.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--table", is_flag=True, help="Print the classes and their periods, do nothing.")
@with_appcontext
def retention(*, dry_run: bool, as_json: bool, table: bool) -> None:
    """Forget what is past its time, class by class, but for what is on legal hold.

    Meant to run every night; safe to run again. docs/retention.md lists the classes.
    """
    if table:
        click.echo(as_markdown())
        return
    counts = forget(dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "forgotten": counts}))
        return
    for name, count in counts.items():
        click.echo(f"{count:>8}  {name}")
    click.echo("Nothing was changed." if dry_run else "Done.")
