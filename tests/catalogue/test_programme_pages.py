"""The organisers' pages of modules, lessons and trainers: done, refused, stale, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue import programme
from lms.catalogue.models import Cycle, CycleTrainer, Lesson, LessonMode, LessonStatus, Module
from lms.clock import now
from lms.extensions import db
from tests import factories
from tests.catalogue.pages import fields
from tests.client import PercorsoClient
from tests.counting import statements

LESSON = {"title": "Le basi", "day": "2027-01-12", "start": "10:00", "end": "12:30"}


@pytest.fixture
def organiser(app: Flask) -> PercorsoClient:
    return PercorsoClient(app).sign_in(factories.organiser())


def count(kind: type[Any]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(kind)) or 0)


# --- modules -------------------------------------------------------------------------------------


def test_a_module_is_added_changed_moved_and_deleted(organiser: PercorsoClient) -> None:
    cycle = factories.cycle()
    path = f"/cicli/{cycle.slug}/moduli/nuovo"
    for title in ("Primo", "Secondo"):
        answer = organiser.post(path, fields(organiser.get(path).text) | {"title": title})
        assert (answer.status_code, answer.location) == (303, f"/cicli/{cycle.slug}/gestione")
    assert organiser.post(path, {"title": " "}).status_code == 422
    first, second = programme.modules(cycle.id)
    edit, remove = f"/moduli/{first.id}/modifica", f"/moduli/{first.id}/elimina"
    form = fields(organiser.get(edit).text)
    assert organiser.post(edit, form | {"title": "Nuovo", "summary": "Testo"}).status_code == 303
    assert (first.title, first.summary) == ("Nuovo", "Testo")
    assert organiser.post(f"/moduli/{first.id}/sposta", {"direction": "down"}).status_code == 303
    assert organiser.post(f"/moduli/{first.id}/sposta", {"direction": "x"}).status_code == 422
    assert [module.id for module in programme.modules(cycle.id)] == [second.id, first.id]
    assert organiser.get(remove).status_code == 200
    assert count(Module) == 2
    assert organiser.post(remove).status_code == 303
    assert organiser.post(remove).status_code == 404, "twice"


def test_a_stale_module_shows_both(organiser: PercorsoClient) -> None:
    module = factories.module(title="Prima")
    path = f"/moduli/{module.id}/modifica"
    mine = fields(organiser.get(path).text)
    organiser.post(path, mine | {"title": "Loro"})
    answer = organiser.post(path, mine | {"title": "Mio"})
    assert answer.status_code == 409
    assert "Loro" in answer.text
    assert fields(answer.text)["title"] == "Mio"


def test_a_module_with_lessons_is_not_deleted(organiser: PercorsoClient) -> None:
    lesson = factories.lesson()
    answer = organiser.post(f"/moduli/{lesson.module_id}/elimina")
    assert answer.status_code == 409
    assert "contiene ancora incontri" in answer.text


# --- lessons -------------------------------------------------------------------------------------


def add(organiser: PercorsoClient, module: Module, **typed: Any) -> Any:
    path = f"/moduli/{module.id}/incontri/nuovo"
    return organiser.post(path, fields(organiser.get(path).text) | LESSON | typed)


def test_a_lesson_is_added(organiser: PercorsoClient) -> None:
    module = factories.module()
    trainer = factories.trainer(module.cycle)
    answer = add(
        organiser, module, mode="room", place="Sala Rossa", trainers=[str(trainer.id)],
        join_url="https://webinar.example.org/j/1?x=1&y=2",
    )  # fmt: skip
    assert answer.status_code == 303
    lesson = db.session.scalars(select(Lesson)).one()
    assert lesson.starts_at == datetime(2027, 1, 12, 9, tzinfo=UTC)
    assert (lesson.minutes, lesson.mode, lesson.place) == (150, LessonMode.ROOM, "Sala Rossa")
    assert lesson.join_url == "https://webinar.example.org/j/1?x=1&y=2"
    assert programme.lesson_trainers(lesson.id) == [trainer]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "Scrivi il titolo."),
        ({"day": ""}, "Scrivi il giorno."),
        ({"day": "31/12/2026"}, ""),
        ({"day": "0001-01-01"}, "dal 2000 al 2100"),
        ({"day": "9999-12-31"}, "dal 2000 al 2100"),
        ({"start": "25:00"}, ""),
        ({"end": "09:59"}, "dopo l’inizio"),
        ({"end": "10:00"}, "dopo l’inizio"),
        ({"day": "2027-03-28", "start": "02:30"}, "quest’ora non esiste"),
        ({"zone": "Europe/Nowhere"}, ""),
        ({"zone": "CET"}, ""),
        ({"mode": "by post"}, ""),
        ({"mode": "room", "place": " "}, "Indica dove ci si incontra."),
        ({"mode": "blended"}, "Indica dove ci si incontra."),
        ({"join_url": "javascript:alert(1)"}, "cominci con https://"),
        ({"join_url": "//example.org"}, "cominci con https://"),
        ({"join_url": "https://"}, "cominci con https://"),
        ({"join_url": "https://[::1"}, "cominci con https://"),
        ({"join_url": "https://a b"}, "cominci con https://"),
        ({"join_url": "data:text/html,x"}, "cominci con https://"),
        ({"trainers": ["999"]}, ""),
        ({"trainers": ["x"]}, ""),
    ],
)
def test_a_lesson_that_cannot_be_is_asked_about(
    organiser: PercorsoClient, typed: dict[str, Any], words: str
) -> None:
    module = factories.module()
    factories.trainer(module.cycle)
    answer = add(organiser, module, **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(Lesson) == 0


def test_an_hour_that_occurs_twice_is_asked_and_answered(organiser: PercorsoClient) -> None:
    module = factories.module()
    typed = {"day": "2026-10-25", "start": "02:30", "end": "04:00"}
    asked = add(organiser, module, **typed)
    assert asked.status_code == 422
    for words in ("quest’ora si ripete", "La prima volta, UTC+2", "un’ora dopo, UTC+1"):
        assert words in asked.text, words
    assert add(organiser, module, **typed, start_which="third").status_code == 422
    assert add(organiser, module, **typed, start_which="second").status_code == 303
    lesson = db.session.scalars(select(Lesson)).one()
    assert (lesson.starts_at.hour, lesson.minutes) == (1, 90)
    path = f"/incontri/{lesson.id}/modifica"
    form = fields(organiser.get(path).text)
    assert form["start_which"] == "second", "the answer stands in the form"
    assert organiser.post(path, form).status_code == 303
    assert lesson.sequence == 0, "saved as it was"
    assert organiser.post(path, fields(organiser.get(path).text) | {"start_which": "first"})
    assert (lesson.minutes, lesson.sequence) == (150, 1)


def test_a_lesson_is_changed(organiser: PercorsoClient) -> None:
    lesson = factories.lesson(zone="America/New_York")
    beside = factories.module(lesson.module.cycle)
    trainer = factories.trainer(lesson.module.cycle)
    path = f"/incontri/{lesson.id}/modifica"
    form = fields(organiser.get(path).text)
    assert form["zone"] == "America/New_York", "a zone set elsewhere stays a choice"
    changed = form | {"title": "Altro", "module": str(beside.id), "trainers": [str(trainer.id)]}
    answer = organiser.post(path, changed)
    assert (answer.status_code, answer.location) == (
        303, f"/cicli/{lesson.module.cycle.slug}/gestione",
    )  # fmt: skip
    assert (lesson.title, lesson.module_id, lesson.sequence) == ("Altro", beside.id, 1)
    elsewhere = factories.module()
    answer = organiser.post(path, fields(organiser.get(path).text) | {"module": str(elsewhere.id)})
    assert (answer.status_code, lesson.module_id) == (422, beside.id)


def test_a_stale_lesson_shows_both(organiser: PercorsoClient) -> None:
    lesson = factories.lesson()
    path = f"/incontri/{lesson.id}/modifica"
    mine = fields(organiser.get(path).text)
    assert organiser.post(path, mine | {"place": "Da loro"}).status_code == 303
    answer = organiser.post(path, mine | {"title": "Il mio", "start": "08:15"})
    assert answer.status_code == 409
    for words in ("Da loro", "Il mio", "08:15"):
        assert words in answer.text, words
    assert (lesson.place, lesson.title != "Il mio") == ("Da loro", True)
    again = organiser.post(path, fields(answer.text) | {"place": "Da loro"})
    assert again.status_code == 303
    assert (lesson.place, lesson.title) == ("Da loro", "Il mio")


def test_a_lesson_with_a_register_says_so(organiser: PercorsoClient) -> None:
    lesson = factories.lesson()
    path = f"/incontri/{lesson.id}/modifica"
    assert "ha già un registro" not in organiser.get(path).text
    factories.register(lesson)
    assert "ha già un registro" in organiser.get(path).text


def test_a_lesson_is_cancelled_and_restored(organiser: PercorsoClient) -> None:
    lesson = factories.lesson(starts_at=now() + timedelta(days=2))
    path = f"/incontri/{lesson.id}"
    assert lesson.title in organiser.get(f"{path}/annulla").text
    assert lesson.status is LessonStatus.SCHEDULED
    assert organiser.post(f"{path}/annulla").status_code == 303
    assert lesson.status is LessonStatus.CANCELLED
    assert "Ripristina" in organiser.get(f"/cicli/{lesson.module.cycle.slug}/gestione").text
    assert organiser.post(f"{path}/ripristina").status_code == 303
    assert (lesson.status, lesson.sequence) == (LessonStatus.SCHEDULED, 2)


def test_a_lesson_is_deleted_unless_it_has_a_register(organiser: PercorsoClient) -> None:
    kept, gone = factories.lesson(), factories.lesson()
    factories.register(kept)
    for lesson, status in ((kept, 409), (gone, 303)):
        path = f"/incontri/{lesson.id}/elimina"
        assert organiser.get(path).status_code == 200
        assert organiser.post(path).status_code == status
    assert organiser.post(f"/incontri/{kept.id}/annulla").status_code == 409
    assert db.session.scalars(select(Lesson.id)).all() == [kept.id]


def test_only_what_is_possible_is_offered_of_a_lesson(organiser: PercorsoClient) -> None:
    module = factories.module()
    held, untouched = factories.lesson(module), factories.lesson(module)
    to_come = factories.lesson(
        module, starts_at=now() + timedelta(days=2), ends_at=now() + timedelta(days=3)
    )
    for lesson in (held, to_come):
        factories.register(lesson)
    page = organiser.get(f"/cicli/{module.cycle.slug}/gestione").text
    offered = {
        lesson.id: [deed for deed in ("annulla", "elimina") if f"/{lesson.id}/{deed}" in page]
        for lesson in (held, untouched, to_come)
    }
    assert offered == {held.id: [], untouched.id: ["annulla", "elimina"], to_come.id: ["annulla"]}


def test_a_programme_costs_its_staff_the_same_for_many_lessons(organiser: PercorsoClient) -> None:
    module = factories.module()
    page = f"/cicli/{module.cycle.slug}/gestione"
    factories.register(factories.lesson(module))
    with statements() as few:
        organiser.get(page)
    for _each in range(5):
        factories.register(factories.lesson(module))
    with statements() as many:
        organiser.get(page)
    assert len(few) == len(many) <= 8


# --- trainers ------------------------------------------------------------------------------------


def trainers_of(cycle: Cycle) -> list[str]:
    return [person.full_name for person in programme.cycle_trainers(cycle.id)]


def test_a_trainer_is_found_added_and_removed(organiser: PercorsoClient) -> None:
    cycle = factories.cycle()
    person = factories.person("Niccolò", "D’Àndrea", email="nd_1@example.org")
    path = f"/cicli/{cycle.slug}/docenti"
    assert "Ancora nessun docente" in organiser.get(path).text
    for text, found in (
        ("niccolo dandrea", False), ("niccolo d'andrea", True), ("ANDREA", True), ("nd_1", True),
        ("n%1@", False), ("ndx1", False), ("%", False), ("_", False), ("'", False), ("@", False),
    ):  # fmt: skip
        page = organiser.get(path, query_string={"q": text}).text
        assert (person.full_name in page) is found, text
    for _twice in range(2):
        answer = organiser.post(f"{path}/aggiungi", {"person_id": str(person.id)})
        assert answer.status_code == 303
    assert trainers_of(cycle) == [person.full_name]
    assert "Nessuna persona trovata" in organiser.get(f"{path}?q=andrea").text
    for wrong in ("", "x", "999999", "9" * 30, "-1"):
        assert organiser.post(f"{path}/aggiungi", {"person_id": wrong}).status_code == 422
    leave = f"{path}/{person.id}/togli"
    assert person.full_name in organiser.get(leave).text
    assert trainers_of(cycle) == [person.full_name]
    assert organiser.post(leave).status_code == 303
    assert organiser.post(leave).status_code == 303, "twice does no harm"
    assert organiser.get(leave).status_code == 303
    assert organiser.get(f"{path}/999999/togli").status_code == 404
    assert trainers_of(cycle) == []


def test_finding_people_costs_the_same_for_many(organiser: PercorsoClient) -> None:
    cycle = factories.cycle()
    found = []
    for number in (1, 40):
        for _number in range(number):
            factories.person("Prova", organisation=factories.organisation())
            factories.trainer(cycle)
        with statements() as sent:
            organiser.get(f"/cicli/{cycle.slug}/docenti?q=prova")
        found.append(len(sent))
    assert found[0] == found[1] <= 8


# --- by whom -------------------------------------------------------------------------------------


def test_others_change_nothing(app: Flask) -> None:
    lesson = factories.lesson()
    module, cycle = lesson.module, lesson.module.cycle
    deeds = {
        f"/cicli/{cycle.slug}/moduli/nuovo": {"title": "Intruso"},
        f"/moduli/{module.id}/modifica": {"title": "Intruso", "version": "1"},
        f"/moduli/{module.id}/sposta": {"direction": "up"},
        f"/moduli/{module.id}/elimina": {},
        f"/moduli/{module.id}/incontri/nuovo": LESSON | {"mode": "online"},
        f"/incontri/{lesson.id}/modifica": LESSON | {"mode": "online", "version": "1"},
        f"/incontri/{lesson.id}/annulla": {},
        f"/incontri/{lesson.id}/ripristina": {},
        f"/incontri/{lesson.id}/elimina": {},
        f"/cicli/{cycle.slug}/docenti/aggiungi": {"person_id": "1"},
    }
    before = (count(Module), count(Lesson), module.title, lesson.title)
    for person in (
        factories.enrolment(cycle).person,
        factories.trainer(cycle),
        factories.trainer(factories.cycle()),
    ):
        client = PercorsoClient(app).sign_in(person)
        for path, typed in deeds.items():
            assert client.post(path, typed).status_code == 403, path
    stranger = PercorsoClient(app)
    for path, typed in deeds.items():
        assert stranger.post(path, typed).location.startswith("/accedi")
    assert (count(Module), count(Lesson), module.title, lesson.title) == before
    assert lesson.status is LessonStatus.SCHEDULED
    assert count(CycleTrainer) == 2
