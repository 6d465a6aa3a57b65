"""kill -9 of the web processes while trainers save marks: nothing acknowledged is lost."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.attendance.models import AttendanceRecord, Evidence
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient
from tests.faults.live import Clerk, LiveServer, live

# `make faults` runs the long version.
TIMES = int(os.environ.get("FAULTS", "1"))
CLERKS, EACH, KILLS = 3, 15 * TIMES, 5 * TIMES


def cookie_of(client: PercorsoClient) -> str:
    name = client.app.config["SESSION_COOKIE_NAME"]
    cookie = client.http.get_cookie(name)
    assert cookie is not None
    return f"{name}={cookie.value}"


def work(clerk: Clerk, enrolment_ids: list[int], told: dict[int, int]) -> int:
    """Mark each person until the server says so; writes down what it acknowledged."""
    tries = 0
    for number, enrolment_id in enumerate(enrolment_ids):
        minutes = number % 119 + 1
        for _attempt in range(50):
            tries += 1
            if clerk.mark(enrolment_id, minutes):
                told[enrolment_id] = minutes
                break
            time.sleep(0.02)
            clerk.look()  # perhaps it was saved and only the answer was lost
        else:
            raise AssertionError("never acknowledged")
    return tries


def killing(server: LiveServer, stop: threading.Event) -> int:
    """Kill a worker again and again, as soon as both are there."""
    killed = 0
    while not stop.is_set() and killed < KILLS:
        killed += server.kill_a_worker(killed)
        stop.wait(0.35)
    return killed


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(app: Flask) -> None:
    """ASVS 2.3.3."""
    lesson = factories.lesson()
    cycle = lesson.module.cycle
    ids = [factories.enrolment(cycle).id for _ in range(CLERKS * EACH)]
    path = f"/incontri/{lesson.id}/registro?all=1"
    cookies = [
        cookie_of(PercorsoClient(app).sign_in(factories.trainer(cycle))) for _ in range(CLERKS)
    ]
    db.session.remove()
    told: dict[int, int] = {}
    stop = threading.Event()
    with live(app) as server, ThreadPoolExecutor(CLERKS + 1) as pool:
        killer = pool.submit(killing, server, stop)
        parts = [
            pool.submit(work, Clerk(server, cookie, path), ids[number::CLERKS], told)
            for number, cookie in enumerate(cookies)
        ]
        try:
            for part in parts:
                part.result(timeout=120 * TIMES)
        finally:
            stop.set()
        assert killer.result() >= 3, "too few kills to prove anything"
    assert set(told) == set(ids)
    stored = dict(
        db.session.execute(select(AttendanceRecord.enrolment_id, AttendanceRecord.minutes)).all()
    )
    assert stored == told
    # A retried mark that had been saved after all leaves no second piece of evidence.
    doubled = select(Evidence.enrolment_id).group_by(Evidence.enrolment_id)
    doubled = doubled.having(func.count() > 1)
    assert db.session.scalars(doubled).all() == []
