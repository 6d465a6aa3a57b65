"""The minute in which everybody checks in, in small: a worker dies on the way, nothing is lost.

`python -m bench.burst` plays it with thousands, and tells the times.
"""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from bench.crowd import Crowd, gather, kept
from bench.phones import Told, everybody
from lms.extensions import db
from tests import factories
from tests.faults.live import LiveServer, live

TIMES = int(os.environ.get("FAULTS", "1"))  # `make faults` runs the long version
PEOPLE, SECONDS = 60 * TIMES, 4.0 * TIMES
TWO_PHONES = 6  # so many come with a second phone, at the same instant


def killing(server: LiveServer, stop: threading.Event, killed: list[int]) -> None:
    """Kill a worker as soon as some people are in, and another one a little later."""
    while not stop.wait(SECONDS / 4) and len(killed) < 2 * TIMES:
        if server.kill_a_worker(len(killed)):
            killed.append(len(killed))


async def come(port: int, crowd: Crowd, twice: dict[int, dict[bytes, bytes]]) -> tuple[Told, Told]:
    """Everybody, and some of them on another phone as well."""
    share = SECONDS * len(twice) / len(crowd.cookies)
    return await asyncio.gather(
        everybody(port, crowd.cookies, crowd.scan, SECONDS),
        everybody(port, twice, crowd.scan, share),
    )


@pytest.mark.slow
def test_everybody_checks_in_while_workers_die(app: Flask) -> None:
    lesson = factories.lesson()
    with app.test_request_context():
        crowd = gather(app, lesson, PEOPLE)
    db.session.remove()
    twice = {who: dict(crowd.cookies[who]) for who in list(crowd.cookies)[:TWO_PHONES]}
    stop, killed = threading.Event(), list[int]()
    with live(app) as server:
        killer = threading.Thread(target=killing, args=(server, stop, killed))
        killer.start()
        try:
            # in a thread of its own: an earlier test's browser may keep a loop running in this one
            with ThreadPoolExecutor(1) as pool:
                coming = pool.submit(lambda: asyncio.run(come(server.port, crowd, twice)))
                told, again = coming.result()
        finally:
            stop.set()
            killer.join()
    assert killed, "no worker was killed: nothing is proved"
    everyone = set(crowd.cookies)
    assert told.acknowledged == everyone
    assert again.acknowledged == set(twice)
    assert told.saw_hours == PEOPLE
    held = kept()
    assert held.present == everyone
    assert held.evidence == dict.fromkeys(everyone, 1), "a retry or a second phone wrote again"
