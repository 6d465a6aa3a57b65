"""`lms certificates issue CYCLE_CODE` and `lms verify FILE.pdf`."""

from __future__ import annotations

import sys
import time
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, ProgrammingError

from certificates.verify import LARGEST
from lms import jobs
from lms.catalogue.models import Cycle
from lms.cli.address import at_public_address
from lms.config_seal import SealSettings
from lms.database import may_write
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import actions, queries, rendering, status_export
from lms.issuance.actions import Issued
from lms.issuance.models import Certificate, CertificateStatus
from lms.issuance.queries_certificates import ended_by
from lms.issuance.verification import Seen, check_file
from lms.pages import local_date

WAIT_SECONDS = 0.2


class Exit(IntEnum):
    """What the exit status of `lms verify` says."""

    VALID = 0
    ALTERED = 1
    UNREADABLE = 2
    NO_LONGER_VALID = 3
    UNKNOWN = 4


@click.group()
def certificates() -> None:
    """Certificates of a cycle."""


@certificates.command()
@click.argument("cycle_code")
@with_appcontext
def issue(cycle_code: str) -> None:
    """Issue the certificates of the cycle CYCLE_CODE to everybody entitled, and make their PDFs."""
    with at_public_address(), force_locale("en"):
        cycle = db.session.scalar(select(Cycle).where(Cycle.code == cycle_code))
        if cycle is None:
            raise click.BadParameter(f"There is no cycle {cycle_code!r}.", param_hint="CYCLE_CODE")
        cycle_id = cycle.id
        try:
            issued = actions.issue(cycle, by=None)
        except UserError as error:
            db.session.rollback()
            raise click.ClickException(error.message) from error
        db.session.commit()
    _tell(issued)
    _wait_for_documents(cycle_id)


@certificates.command("export-statuses")
@click.argument("folder", type=click.Path(path_type=Path))
@with_appcontext
def export_statuses(folder: Path) -> None:
    """Write the statuses of all certificates into FOLDER, as files that any web server can host.

    Salted digests, statuses and dates: nothing personal. Run again, it renews the folder.
    """
    may_write.set(False)
    with at_public_address(), force_locale("it"):
        try:
            count = status_export.export(folder)
        except (UserError, OSError) as error:
            told = error.message if isinstance(error, UserError) else str(error)
            raise click.ClickException(told) from error
    click.echo(f"Certificates: {count}; written to {folder}")


def _tell(issued: Issued) -> None:
    click.echo(f"Certificates issued: {issued.count}")
    for person in issued.unprintable:
        click.echo(f"Left out: {person.name}: {person.why}", err=True)


def _wait_for_documents(cycle_id: int) -> None:
    """Carry out the job here, unless a worker has it already; show how far it is."""
    state = queries.preparation(cycle_id)
    if state.running:
        jobs.release_of_dead_workers()
        with (
            click.progressbar(length=state.total, label="Documents", file=sys.stderr) as bar,
            rendering.told(lambda *_part: bar.update(queries.preparation(cycle_id).done - bar.pos)),
        ):
            while state.running:
                if not jobs.run_one():
                    time.sleep(WAIT_SECONDS)
                db.session.rollback()
                state = queries.preparation(cycle_id)
                bar.update(state.done - bar.pos)
    click.echo(f"Documents ready: {state.done} of {state.total}")
    if state.failed:
        raise click.ClickException("Some documents could not be made: the log tells why.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def verify(file: Path) -> None:
    """Tell whether FILE is a certificate issued here, byte for byte, and still valid.

    What its seal says is told in a second line, without asking anybody.

    Exit status: 0 valid, 1 altered, 2 unreadable, 3 replaced or revoked, 4 unknown.
    """
    may_write.set(False)
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)  # one byte more tells that there is too much
    except OSError as error:
        _end(Exit.UNREADABLE, f"{file.name}: the file cannot be opened: {error.strerror}.")
    try:
        outcome = check_file(content)
        status, words = _verdict(outcome.seen, outcome.certificate)
    except (OperationalError, ProgrammingError):
        click.echo(f"{file.name}: {_seal(content)}")
        _end(Exit.UNREADABLE, "There is no database to compare with: `lms serve` makes one.")
    if status is not Exit.UNREADABLE:
        words = f"{words}\n{file.name}: {_seal(content)}"
    _end(status, f"{file.name}: {words}")


def _seal(content: bytes) -> str:
    """What the seal on a file says, in words."""
    from certificates.seal_check import SealState, examine  # noqa: PLC0415 - only here

    settings: SealSettings | None = current_app.config["SETTINGS"].seal
    roots = (settings.signer.certificate, *settings.signer.chain) if settings else ()
    seal = examine(content[:LARGEST], roots)
    if seal.state is SealState.NONE:
        return "not sealed."
    if seal.state is SealState.BROKEN:
        return "the seal is broken: the file was changed after it was sealed."
    stamp = f"stamped {seal.stamped_at.isoformat()}" if seal.stamped_at else "without a timestamp"
    lasting = ", with what a check in years needs" if seal.lasting else ""
    trust = {True: "by the key set here", False: "by a key not set here", None: "key not compared"}
    return f"the seal is intact: {seal.signer}, {stamp}{lasting} ({trust[seal.trusted]})."


def _verdict(seen: Seen, certificate: Certificate | None) -> tuple[Exit, str]:
    if seen is Seen.UNREADABLE:
        return Exit.UNREADABLE, "unreadable: not a PDF, or far too large to be a certificate."
    if certificate is None:
        return Exit.UNKNOWN, "unknown: no certificate issued here has these bytes or this code."
    name = f"certificate {certificate.serial}"
    if seen is Seen.ALTERED:
        return (
            Exit.ALTERED,
            f"altered: it bears the code of {name}, but the file is not the one issued.",
        )
    if certificate.status is CertificateStatus.VALID:
        return Exit.VALID, f"valid: {name}, issued to {certificate.holder_name}, is intact."
    event = ended_by(certificate)
    with force_locale("en"):
        when = f" on {local_date(event.at)}" if event else ""
    return (
        Exit.NO_LONGER_VALID,
        f"{certificate.status.value}{when}: {name} is intact but no longer valid.",
    )


def _end(status: Exit, words: str) -> NoReturn:
    click.echo(words, err=status is Exit.UNREADABLE)
    sys.exit(status)
