"""The last place is given once, however many reach for it at the same moment."""

from __future__ import annotations

import re
import threading
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.enrolment import actions
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient
from tests.faults.live import LiveServer, live

RUSH = 8


def confirmed() -> int:
    taken = select(func.count(Enrolment.id)).where(Enrolment.status == EnrolmentStatus.CONFIRMED)
    return db.session.scalar(taken) or 0


@pytest.mark.parametrize("places", [1, 3])
def test_threads_that_all_click_at_once(app: Flask, places: int) -> None:
    """ASVS 2.3.4."""
    cycle = factories.cycle(places=places)
    path = f"/cicli/{cycle.slug}/iscrizione"
    clients = [PercorsoClient(app).sign_in(factories.person()) for _each in range(RUSH)]
    for client in clients:
        client.token()
    gate, answers = threading.Barrier(RUSH), []

    def click(client: PercorsoClient) -> None:
        with app.app_context():
            gate.wait(20)
            answers.append(client.post(path, {"notice": "y"}).status_code)

    run([threading.Thread(target=click, args=(client,)) for client in clients])
    assert sorted(answers) == [303] * places + [409] * (RUSH - places)
    assert confirmed() == places


def test_one_person_clicking_many_times_has_one_enrolment(app: Flask) -> None:
    cycle, person = factories.cycle(), factories.person()
    path = f"/cicli/{cycle.slug}/iscrizione"
    clients = [PercorsoClient(app).sign_in(person) for _each in range(RUSH)]
    for client in clients:
        client.token()
    gate, answers = threading.Barrier(RUSH), []

    def click(client: PercorsoClient) -> None:
        with app.app_context():
            gate.wait(20)
            answers.append(client.post(path, {"notice": "y"}).status_code)

    run([threading.Thread(target=click, args=(client,)) for client in clients])
    assert sorted(answers) == [303] + [409] * (RUSH - 1)
    assert db.session.scalar(select(func.count(EnrolmentEvent.id))) == 1


def test_organisers_adding_at_once_do_not_oversell(app: Flask) -> None:
    """Each wants two of three places: one has them, the other is told, none is half served.

    ASVS 2.3.4.
    """
    cycle = factories.cycle(places=3)
    pairs = [[factories.person().id for _each in range(2)] for _pair in range(4)]
    db.session.commit()
    gate, served = threading.Barrier(4), []

    def add(ids: list[int]) -> None:
        with app.app_context():
            people = [db.session.get_one(factories.Person, one) for one in ids]
            db.session.commit()
            gate.wait(20)
            try:
                actions.enrol_people(cycle_id, people, by=None)
                db.session.commit()
                served.append(ids)
            except actions.UserError:
                db.session.rollback()

    cycle_id = cycle.id
    db.session.commit()
    run([threading.Thread(target=add, args=(ids,)) for ids in pairs])
    assert len(served) == 1
    assert confirmed() == 2


@pytest.mark.slow
def test_processes_of_a_real_server(app: Flask) -> None:
    """Two gunicorn workers with four threads each; rounds of one place among eight people.

    ASVS 15.4.2.
    """
    rounds = 5
    cycles = [factories.cycle(places=1) for _each in range(rounds)]
    clients = [PercorsoClient(app).sign_in(factories.person()) for _each in range(RUSH)]
    cookies = [f"percorso={client.http.get_cookie('percorso').value}" for client in clients]  # type: ignore[union-attr]
    slugs = [cycle.slug for cycle in cycles]
    db.session.commit()
    with live(app) as server:
        for slug in slugs:
            answers = rush(server, cookies, f"/cicli/{slug}/iscrizione")
            assert sorted(answers) == [303] + [409] * (RUSH - 1)
    assert confirmed() == rounds


def rush(server: LiveServer, cookies: list[str], path: str) -> list[int]:
    gate, answers = threading.Barrier(len(cookies)), []

    def click(cookie: str) -> None:
        _status, page, kept = ask(server, "GET", "/profilo", cookie)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
        assert found
        body = urlencode({"csrf_token": found.group(1), "notice": "y"})
        gate.wait(20)
        answers.append(ask(server, "POST", path, kept, body)[0])

    run([threading.Thread(target=click, args=(cookie,)) for cookie in cookies])
    return answers


def ask(
    server: LiveServer, method: str, path: str, cookie: str, body: str = ""
) -> tuple[int, str, str]:
    """Status, text, and the cookie to send next."""
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = server.connect()
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        fresh = response.getheader("Set-Cookie")
        return response.status, text, fresh.split(";", 1)[0] if fresh else cookie
    finally:
        connection.close()


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
