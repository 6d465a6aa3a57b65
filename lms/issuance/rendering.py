"""The job that makes the documents: batches, each committed: nothing lost, nothing twice.

A batch is read, the transaction ended, the PDFs made without holding any lock, then stored and
committed together with the job's progress. A worker killed in the middle loses one batch of work,
which the next one does again: what is missing is asked of the database every time.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app

from lms import jobs
from lms.clock import now
from lms.database import insert_new
from lms.extensions import db
from lms.issuance import issuer_keys, queries, snapshots
from lms.issuance.making import JOB_KIND, hold
from lms.issuance.models import CertificateDocument
from lms.issuance.queries_acts import others_at_it
from lms.issuance.telling import Act, tell_holders, tell_issuer
from lms.links import LARGEST_ID

if TYPE_CHECKING:
    from certificates.data import CertificateData
    from certificates.press import Press

# Enough that the database is not what takes the time, little enough to be lost with a worker.
BATCH = 16

_documents = CertificateDocument.__table__
Listener = Callable[[int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("rendering_listener", default=None)

log = logging.getLogger(__name__)


class SomeFailedError(Exception):
    """Some certificates could not be rendered; the others were."""

    names_no_values = True  # numbers only: may stand in the log


@contextmanager
def told(listener: Listener) -> Iterator[None]:
    """Have `listener(done, total)` called after every batch (for the command line)."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@lru_cache(maxsize=1)
def _press() -> Press:
    """The worker's press: it keeps a plate for each cycle, layout version and shape of name."""
    from certificates.press import Press  # noqa: PLC0415 - only who renders loads Pango

    return Press()


def render_alone(data: CertificateData) -> bytes:
    """One PDF laid out for itself: a preview, for which no plate is worth making."""
    return _press().renderer.render(data)


def has_room(data: CertificateData) -> bool:
    """Whether everything fits where it belongs."""
    return _press().renderer.has_room(data)


def picture(data: CertificateData) -> bytes:
    """One certificate as a picture of its pages."""
    from lms.issuance.picturing import picture_of  # noqa: PLC0415 - only who looks loads PDFium

    return picture_of(render_alone(data))


def _made(data: CertificateData) -> dict[str, Any]:
    """The document with the seal of the settings; without where none is set."""
    if current_app.config["SETTINGS"].seal is None:
        return {"pdf": _press().render(data), "sealed_by": None, "stamped_at": None}
    from lms.issuance.sealing import sealed  # noqa: PLC0415 - only who seals loads pyHanko

    made = sealed(_press(), data)
    return {"pdf": made.pdf, "sealed_by": made.by, "stamped_at": made.stamped_at}


@jobs.handler(JOB_KIND)
def prepare_documents(job: jobs.Job) -> None:
    """Make every document that is missing in the job's cycle, whichever act asked for it.

    Of a large act its part.
    """
    issuer_keys.ensure()
    db.session.commit()
    cycle_id: int = job.payload["cycle_id"]
    first, end = job.payload.get("part", (0, LARGEST_ID))
    total = max(job.total, queries.count_missing_documents(cycle_id, first, end))
    failed: list[int] = []
    at = first
    while batch := queries.missing_documents(cycle_id, first=at, end=end, limit=BATCH):
        db.session.rollback()  # making a PDF takes long: nobody shall wait for us meanwhile
        made = {number: _render(one, snapshot) for one, number, snapshot in batch}
        at = batch[-1][1] + 1
        failed += [number for number, row in made.items() if row is None]
        _store([row for row in made.values() if row is not None])
        done = max(0, total - queries.count_missing_documents(cycle_id, first, end))
        jobs.progress(job, done, total)
        if listener := _listener.get():
            listener(done, total)
    act = Act.of(job)
    if act:
        tell_holders(job, act)
    if failed:
        raise SomeFailedError(f"{len(failed)} of {total}, the first is number {failed[0]}")
    _tell_how_it_ended(job)


@jobs.given_up(JOB_KIND)
def _tell_how_it_ended(job: jobs.Job) -> None:
    """Whoever issued hears of it once nobody is at any part of the act any more.

    The cycle is held until the commit: of two parts that end at once the second knows of the first.
    """
    act = Act.of(job)
    if act is None:
        return
    hold(act.cycle_id)
    if not others_at_it(job):
        tell_issuer(job, act)


def _render(certificate_id: int, snapshot: str) -> dict[str, Any] | None:
    """The row of a document; None, told in the log, when it cannot be made."""
    try:
        made = _made(snapshots.thaw(snapshot))
    except jobs.TryAgain:  # there is no seal now, for nobody: all wait
        raise
    except Exception:  # one bad certificate must not keep the others from their people
        log.exception("certificate not rendered", extra={"certificate": certificate_id})
        return None
    return made | {
        "certificate_id": certificate_id,
        "sha256": hashlib.sha256(made["pdf"]).hexdigest(),
        "size": len(made["pdf"]),
        "rendered_at": now(),
    }


def _store(rows: list[dict[str, Any]]) -> None:
    """Insert documents; where another worker was quicker, its bytes stay (they are the same)."""
    if not rows:
        return
    db.session.execute(insert_new(_documents, db.engine), rows)
