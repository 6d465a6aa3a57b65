"""`lms organisations …`: the public bodies known out of the box, and IndicePA's file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from lms.extensions import db
from lms.organisations import ipa, ipa_file, known
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


@organisations.command("import-ipa")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--close-missing", is_flag=True, help="Close bodies that FILE no longer names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def import_ipa(file: Path, dry_run: bool, close_missing: bool, as_json: bool) -> None:
    """Bring the bodies in line with FILE, IndicePA's open data on bodies ("enti").

    CSV, tab-separated or Excel, as downloaded. All or nothing: a file with a fault changes nothing
    and ends with exit status 2. Safe to run again.
    """
    try:
        with file.open("rb") as stream:
            rows = ipa_file.read(stream.read(ipa_file.LARGEST + 1))
    except OSError as error:
        _refuse(f"{file.name}: the file cannot be opened: {error.strerror}.")
    except ipa_file.IpaFileError as error:
        _refuse(*(f"{file.name}: {fault}" for fault in error.faults))
    changes = ipa.import_rows(rows, close_missing=close_missing, dry_run=dry_run)
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    if as_json:
        told = {"rows": len(rows), "dry_run": dry_run, **vars(changes)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"Bodies in the file: {len(rows)}{' (dry run: nothing is saved)' * dry_run}")
    tell(changes)


def _refuse(*sentences: str) -> NoReturn:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(2)


def ensure_loaded() -> None:
    """At the first start on a new database: the public bodies, so that people can choose theirs."""
    changes = known.ensure()
    db.session.commit()
    if changes is not None:
        click.echo(f"Public bodies loaded: {len(changes.created)}")


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
