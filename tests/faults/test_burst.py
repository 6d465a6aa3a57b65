"""The minute in which everybody checks in, in small: a worker dies on the way, nothing is lost.

`python -m bench.burst` plays it with thousands, and tells the times.
"""

from __future__ import annotations

import asyncio
import os
import threading

import pytest
from flask import Flask

from bench.crowd import gather, kept
from bench.phones import everybody
from lms.extensions import db
from tests import factories
from tests.faults.live import LiveServer, live

TIMES = int(os.environ.get("FAULTS", "1"))  # `make faults` runs the long version
PEOPLE, SECONDS = 60 * TIMES, 4.0 * TIMES


def killing(server: LiveServer, stop: threading.Event, killed: list[int]) -> None:
    """Kill a worker as soon as some people are in, and another one a little later."""
    while not stop.wait(SECONDS / 4) and len(killed) < 2 * TIMES:
        if server.kill_a_worker(len(killed)):
            killed.append(len(killed))


@pytest.mark.slow
def test_everybody_checks_in_while_workers_die(app: Flask) -> None:
    lesson = factories.lesson()
    with app.test_request_context():
        crowd = gather(app, lesson, PEOPLE)
    db.session.remove()
    stop, killed = threading.Event(), list[int]()
    with live(app) as server:
        killer = threading.Thread(target=killing, args=(server, stop, killed))
        killer.start()
        try:
            told = asyncio.run(everybody(server.port, crowd.cookies, crowd.scan, SECONDS))
        finally:
            stop.set()
            killer.join()
    assert killed, "no worker was killed: nothing is proved"
    everyone = set(crowd.cookies)
    assert told.acknowledged == everyone
    assert told.saw_hours == PEOPLE
    held = kept()
    assert held.present == everyone
    assert held.evidence == dict.fromkeys(everyone, 1), "a retry wrote again"


def test_two_presses_at_once_are_one_check_in(app: Flask) -> None:
    """Both browsers of one person, at the same instant, from two processes."""
    lesson = factories.lesson()
    with app.test_request_context():
        crowd = gather(app, lesson, 6)
    db.session.remove()
    twice = {who: dict(cookies) for who, cookies in crowd.cookies.items()}
    with live(app) as server:

        async def both() -> None:
            await asyncio.gather(
                everybody(server.port, crowd.cookies, crowd.scan, 0.2),
                everybody(server.port, twice, crowd.scan, 0.2),
            )

        asyncio.run(both())
    assert kept().evidence == dict.fromkeys(crowd.cookies, 1)
