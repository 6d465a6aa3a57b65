"""`lms serve`: the web server with its background workers."""

from __future__ import annotations

import logging
import os
import subprocess  # nosec B404 # starts our own two commands, nothing else
import sys
import time

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from lms.cli.demo import ensure
from lms.cli.organisations import ensure_loaded
from lms.cli.worker import Stop
from lms.config import PROJECT_ROOT, Settings
from lms.extensions import db
from lms.issuance import issuer_keys
from lms.operations.lanes import Lane

RESTART_SECONDS = 1.0
# Longer than a web process takes to answer what it has begun; jobs go on where they were.
LAST_WORDS_SECONDS = 30.0
THREADS = 4

log = logging.getLogger("lms.worker")


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option(
    "--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535)
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Web processes; one more than there are cores."
)
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--rest-workers", envvar="LMS_REST_WORKERS", default=1, show_default=True,
    type=click.IntRange(1, 64), help="Background workers for all but mail.",
)  # fmt: skip
@with_appcontext
def serve(host: str, port: int, workers: int | None, threads: int, rest_workers: int) -> None:
    """Bring the database up to date, then run the web server and the background workers.

    Mail has a worker of its own: a new password does not wait behind thousands of certificates.
    These are made by as many workers as --rest-workers says. Where LMS_JOBS_URL names a broker,
    their jobs come through it.
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
    web = web_server("wsgi:app", f"{host}:{port}", workers, threads)
    _supervise([web, *background(settings, rest_workers)])


def background(settings: Settings, rest_workers: int) -> list[list[str]]:
    """The commands beside the web server: a worker for mail, some for the rest, the dispatcher."""
    ours = [sys.executable, "-m", "lms.cli"]
    lanes = [Lane.MAIL, *[Lane.REST] * rest_workers]
    commands = [[*ours, "worker", "--only", lane.value] for lane in lanes]
    if settings.broker is not None:
        commands.append([*ours, "dispatch"])
    return commands


def web_server(
    application: str, address: str, workers: int | None = None, threads: int = THREADS
) -> list[str]:
    """The command that serves `application` at "host:port".

    One process more than there are cores, because one of them may be writing to the disk; more
    would only wait for one another (ADR 22).
    """
    processes = workers or (os.cpu_count() or 1) + 1
    return [
        sys.executable, "-m", "gunicorn", application, "--bind", address,
        "--workers", str(processes), "--threads", str(threads), "--worker-class", "gthread",
        "--graceful-timeout", "20", "--log-level", "warning", "--preload",
    ]  # fmt: skip


def _supervise(commands: list[list[str]]) -> None:
    """Keep each command running; what dies is started again. Ends them all on SIGTERM."""
    stop = Stop()
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
    end_all(running, LAST_WORDS_SECONDS)


def end_all(running: list[subprocess.Popen[bytes]], patience: float) -> None:
    """Ask these processes to end, and end those that have not within `patience` seconds."""
    until = time.monotonic() + patience
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("process did not end by itself", extra={"pid": process.pid})
            process.kill()
            process.wait()
