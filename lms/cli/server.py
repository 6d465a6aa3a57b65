"""`lms serve` and `lms worker`: the web server with its embedded worker, and the worker alone."""

from __future__ import annotations

import logging
import os
import signal
import subprocess  # nosec B404 # starts our own two commands, nothing else
import sys
import time
from types import FrameType

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from lms import jobs
from lms.cli.demo import ensure
from lms.cli.organisations import ensure_loaded
from lms.config import PROJECT_ROOT, Settings
from lms.extensions import db
from lms.issuance import issuer_keys
from lms.joining.asking import ANSWERS
from lms.messages.models import JOB_KIND

IDLE_SECONDS = 0.5
RESTART_SECONDS = 1.0

log = logging.getLogger("lms.worker")


class _Stop:
    """Becomes true when somebody asks this process to end."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


@click.command()
@click.option(
    "--only", type=click.Choice(["mail", "rest"]), help="Mail, or all but mail (default: all)."
)
@with_appcontext
def worker(only: str | None) -> None:
    """Carry out background jobs until told to stop (SIGTERM finishes the job in hand)."""
    stop = _Stop()
    mail = ANSWERS | {JOB_KIND}
    kinds = {None: None, "mail": mail, "rest": jobs.kinds() - mail}[only]
    parent = os.getppid()
    jobs.release_of_dead_workers()
    while not stop.asked and os.getppid() == parent:
        ran = jobs.run_one(kinds)
        db.session.remove()
        if not ran:
            time.sleep(IDLE_SECONDS)


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535)
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
@with_appcontext
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Bring the database up to date, then run the web server and the background workers.

    Mail has a worker of its own: a new password does not wait behind thousands of certificates.
    """
    flask_migrate.upgrade()
    settings: Settings = current_app.config["SETTINGS"]
    if settings.demo:
        ensure(settings)
    ensure_loaded()
    issuer_keys.ensure()
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"\n  {settings.site_name}: http://{host}:{port}/\n")
    web = [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{host}:{port}",
        "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread",
        "--graceful-timeout", "20", "--log-level", "warning", "--preload",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "lms.cli", "worker", "--only"]
    _supervise([web, [*worker, "mail"], [*worker, "rest"]])


def _supervise(commands: list[list[str]]) -> None:
    """Keep each command running; what dies is started again. Ends them all on SIGTERM."""
    stop = _Stop()
    running = [
        subprocess.Popen(command, cwd=PROJECT_ROOT)  # nosec B603 # our own words, no shell
        for command in commands
    ]
    while not stop.asked:
        for index, process in enumerate(running):
            if process.poll() is not None:
                log.error("process ended", extra={"code": process.returncode, "which": index})
                time.sleep(RESTART_SECONDS)
                running[index] = subprocess.Popen(  # nosec B603 # the same
                    commands[index], cwd=PROJECT_ROOT
                )
        time.sleep(0.2)
    for process in running:
        process.terminate()
    for process in running:
        process.wait(timeout=30)
