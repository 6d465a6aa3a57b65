"""`lms worker` and `lms dispatch`: who carries out background jobs, and who brings their ids."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from lms import jobs
from lms.brokers import Broker
from lms.config import Settings
from lms.error_words import safe_words
from lms.extensions import db
from lms.operations import patience
from lms.operations.lanes import Lane

if TYPE_CHECKING:
    from celery import Celery

IDLE_SECONDS = 0.5
LONGEST_PAUSE = 10.0  # between two tries at a broker that is away

log = logging.getLogger("lms.worker")


class Stop:
    """Becomes true when somebody asks this process to end, or its parent is gone."""

    def __init__(self) -> None:
        self._asked = False
        self._parent = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    @property
    def asked(self) -> bool:
        """Whether to end now."""
        return self._asked or os.getppid() != self._parent


@click.command()
@click.option(
    "--only",
    type=click.Choice([lane.value for lane in Lane]),
    help="Mail, or all but mail (default: all).",
)
@with_appcontext
def worker(only: str | None) -> None:
    """Carry out background jobs until told to stop (SIGTERM finishes the job in hand)."""
    settings: Settings = current_app.config["SETTINGS"]
    jobs.release_of_dead_workers()
    db.session.remove()
    lanes = [Lane(only)] if only else list(Lane)
    if settings.broker is None:
        _look_for_rows(lanes)
    else:
        _listen_to(settings.broker, lanes)


def _look_for_rows(lanes: list[Lane]) -> None:
    kinds = frozenset[str]().union(*(lane.kinds for lane in lanes))
    stop = Stop()
    while not stop.asked:
        if not patience.work(lambda: stop.asked, only=kinds):
            time.sleep(IDLE_SECONDS)


def _listen_to(broker: Broker, lanes: list[Lane]) -> None:
    """A Celery worker in this process: one job at a time, its message acknowledged at the end."""
    celery = _celery(broker)
    db.engine.dispose()
    own = celery.Worker(
        pool="solo",
        queues=[lane.queue for lane in lanes],
        hostname=jobs.worker_name(),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    log.info("worker listens", extra={"broker": broker.shown})
    own.start()


def _end_with_parent(parent: int) -> None:
    """Nobody would start us again: finish the job in hand and go."""
    while os.getppid() == parent:
        time.sleep(IDLE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _celery(broker: Broker) -> Celery:
    from celery.signals import setup_logging  # noqa: PLC0415 - only the scaled engine loads it

    from lms.operations.celery_app import celery_of  # noqa: PLC0415 - the same

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    setup_logging.connect(_speak_as_we_do)
    return celery_of(app, broker)


def _speak_as_we_do(**_more: object) -> None:
    """Celery's words go where ours go, in the same form."""
    ours = logging.getLogger("lms")
    for name in ("celery", "kombu", "amqp"):
        theirs = logging.getLogger(name)
        theirs.handlers, theirs.propagate = ours.handlers, ours.propagate
        theirs.setLevel(max(logging.WARNING, ours.level))


@click.command()
@with_appcontext
def dispatch() -> None:
    """Hand the ids of due jobs to the broker of LMS_JOBS_URL until told to stop."""
    from lms.operations.dispatching import Dispatcher  # noqa: PLC0415 - only here

    settings: Settings = current_app.config["SETTINGS"]
    if settings.broker is None:
        raise click.ClickException(
            "LMS_JOBS_URL is not set: `lms worker` finds its jobs without a broker."
        )
    celery, stop, pause = _celery(settings.broker), Stop(), IDLE_SECONDS
    while not stop.asked:
        dispatcher = Dispatcher(celery)
        try:
            dispatcher.connect()
            dispatcher.round()
            log.info("broker reached", extra={"broker": settings.broker.shown})
            pause = IDLE_SECONDS
            while not stop.asked:
                if not dispatcher.round():
                    time.sleep(IDLE_SECONDS)
        except dispatcher.absences as error:
            # The rows wait: what was not sent is sent when both are there again.
            why = safe_words(error) if isinstance(error, DBAPIError) else str(error)
            kind = type(error).__name__
            broker = settings.broker.shown
            log.warning("jobs wait", extra={"broker": broker, "kind": kind, "why": why})
            db.session.rollback()
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            dispatcher.close()
