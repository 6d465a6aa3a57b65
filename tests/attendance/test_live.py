"""Presence as it comes in: counts, 304, the picture with its table, few queries for any size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import event

from lms import clock
from lms.attendance.models import Mark
from lms.attendance.queries_live import by_kind_of_cycle, by_module
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.attendance.scene import START, Scene, bring_in, zoom
from tests.client import PercorsoClient

MOST_QUERIES = 8


@contextmanager
def counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_counts_come_in_and_nothing_new_is_304(app: Flask) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    client = PercorsoClient(app).sign_in(scene.trainer)
    address = f"/incontri/{scene.lesson.id}/diretta.json"
    first = client.get(address)
    assert first.json
    assert (first.json["present"], first.json["unmarked"]) == (0, 2)
    tag = first.headers["ETag"]
    same = client.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    key = scene.people[0].id
    client.post(scene.url, {f"mark-{key}": "present", f"was-{key}": "0::0"})
    moved = client.get(address, headers={"If-None-Match": tag})
    assert moved.status_code == 200
    assert moved.json
    assert (moved.json["present"], moved.json["unmarked"]) == (1, 1)
    assert PercorsoClient(app).sign_in(scene.people[0].person).get(address).status_code == 403


def test_the_picture_is_of_the_stays_and_has_a_table(app: Flask) -> None:
    pause = (START + timedelta(minutes=60), START + timedelta(minutes=75))
    scene = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi", lesson={"breaks": (pause,)})
    client = PercorsoClient(app).sign_in(scene.trainer)
    address = f"/incontri/{scene.lesson.id}/diretta"
    assert "Non risulta ancora alcun orario" in client.get(address).text
    bring_in(client, scene, zoom(("Ada Rossi", "", "10:00:00", "12:00:00"),
                                 ("Bruno Bianchi", "", "10:30:00", "11:30:00")))  # fmt: skip
    key = scene.people[2].id
    client.post(scene.url, {f"mark-{key}": "present", f"was-{key}": "0::0"})
    page = client.get(address).text
    assert "<svg" in page
    assert "pv-break" in page
    assert 'id="pv-desc">Al massimo 2 persone contemporaneamente, su 3' in page
    assert "1 persona è segnata a mano" in page
    assert 'http-equiv="refresh"' in page
    assert 'http-equiv="refresh"' not in client.get(f"{address}?fermo=1").text
    with clock.frozen(START + timedelta(minutes=45)):
        assert "pv-now" in client.get(address).text


def fill(scene: Scene, people: int) -> None:
    body = factories.organisation()
    for _number in range(people):
        factories.enrolment(scene.cycle, factories.person(organisation=body))


def test_as_many_queries_for_many_as_for_one(app: Flask) -> None:
    scene = Scene("Ada Rossi")
    client = PercorsoClient(app).sign_in(scene.trainer)
    pages = (f"/incontri/{scene.lesson.id}/diretta", f"/cicli/{scene.cycle.slug}/presenze",
             f"/incontri/{scene.lesson.id}/diretta.json", "/contestazioni")  # fmt: skip
    bring_in(client, scene, zoom(("Ada Rossi", "", "10:00:00", "12:00:00")))
    numbers = []
    for _round in range(2):
        for page in pages:
            with counting() as seen:
                assert client.get(page).status_code == 200
            numbers.append(len(seen))
        fill(scene, 30)
        factories.lesson(factories.module(scene.cycle))
    few, many = numbers[: len(pages)], numbers[len(pages) :]
    assert few == many
    assert max(few) <= MOST_QUERIES, dict(zip(pages, few, strict=True))


def test_a_cycle_by_module_and_by_kind(app: Flask) -> None:
    scene = Scene()
    in_body, alone = scene.enrol("Ada Rossi", organisation="Comune di Prova"), scene.enrol("Bo Blu")
    client = PercorsoClient(app).sign_in(scene.trainer)
    second = factories.lesson(scene.module)
    later = now() + timedelta(days=3)
    factories.lesson(scene.module, starts_at=later, ends_at=later + timedelta(hours=1))
    for who, mark in ((in_body, Mark.PRESENT), (alone, Mark.ABSENT)):
        client.post(scene.url, {f"mark-{who.id}": mark.value, f"was-{who.id}": "0::0"})
    url = f"/incontri/{second.id}/registro"
    client.post(url, {f"mark-{in_body.id}": "present", f"was-{in_body.id}": "0::0"})
    (module,) = by_module(scene.cycle.id, now())
    assert (module.due, module.present, module.absent, module.unmarked) == (4, 2, 1, 1)
    assert module.percent == 50
    kinds = {each.label: each for each in by_kind_of_cycle(scene.cycle.id, now())}
    assert (kinds["municipality"].due, kinds["municipality"].present) == (2, 2)
    assert (kinds[""].due, kinds[""].absent, kinds[""].unmarked) == (2, 1, 1)
    page = client.get(f"/cicli/{scene.cycle.slug}/presenze").text
    assert scene.module.title in page
    assert "Senza ente" in page
