"""A trainer marks people: only what changed is saved, on the version it was made on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.attendance.models import AttendanceRecord, AttendanceRegister, Evidence
from lms.audit import AuditEvent
from lms.catalogue.models import LessonStatus
from lms.clock import frozen, now
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from tests import factories
from tests.attendance.scene import START, Scene, cells
from tests.client import PercorsoClient
from tests.counting import statements


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_unmarked_stays_unmarked(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    client.sign_in(scene.trainer)
    ada, bruno, carla = scene.people
    page = client.get(scene.url)
    assert page.text.index("Bianchi Bruno") < page.text.index("Rossi Ada")
    fields = {**cells(page), f"mark-{ada.id}": "present", f"mark-{bruno.id}": "absent"}
    assert client.post(scene.url, fields).status_code == 303
    assert scene.record(ada) == ("present", 120, "trainer")
    assert scene.record(bruno) == ("absent", 0, "trainer")
    assert scene.record(carla) is None
    assert count(Evidence) == 2


def test_saving_an_untouched_page_writes_nothing(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    client.sign_in(scene.trainer)
    fields = {**cells(client.get(scene.url)), f"mark-{scene.people[0].id}": "present"}
    client.post(scene.url, fields)
    before = count(Evidence), count(AuditEvent), count(AttendanceRecord)
    assert client.post(scene.url, cells(client.get(scene.url))).status_code == 303
    assert (count(Evidence), count(AuditEvent), count(AttendanceRecord)) == before


def test_a_mark_taken_back_is_unmarked_again_and_its_history_stays(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi")
    (ada,) = scene.people
    client.sign_in(scene.trainer)
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": "present"})
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": ""})
    assert scene.record(ada) is None
    assert [each.mark for each in scene.evidence(ada)] == ["present", None]
    # A form drawn when the mark was there knows another version than the one marked anew.
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": "absent"})
    stale = {f"was-{ada.id}": "1:present:120", f"mark-{ada.id}": "excused"}
    assert client.post(scene.url, stale).status_code == 409
    assert scene.record(ada) == ("absent", 0, "trainer")


@pytest.mark.parametrize(
    ("mark", "minutes", "told"),
    [
        ("present", "121", "120 minuti"),
        ("present", "0", "almeno 1"),
        ("present", "un'ora", "numero intero"),
        ("absent", "30", "chi era presente"),
        ("late", "", "Scegli presente"),
    ],
)
def test_a_slip_keeps_everything_typed_and_saves_nothing(
    client: PercorsoClient, mark: str, minutes: str, told: str
) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    ada, bruno = scene.people
    client.sign_in(scene.trainer)
    fields = cells(client.get(scene.url))
    fields |= {f"mark-{ada.id}": mark, f"minutes-{ada.id}": minutes, f"mark-{bruno.id}": "excused"}
    answer = client.post(scene.url, fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert cells(answer)[f"mark-{bruno.id}"] == "excused"
    assert cells(answer)[f"minutes-{ada.id}"] == minutes.replace("'", "&#39;")
    assert count(AttendanceRecord) == 0
    assert count(AttendanceRegister) == 0


def test_two_people_on_one_cell_choose_and_nothing_typed_is_lost(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    ada, bruno, carla = scene.people
    client.sign_in(scene.trainer)
    mine = cells(client.get(scene.url))
    other = PercorsoClient(client.app).sign_in(factories.organiser(given_name="Olga"))
    other.post(scene.url, {**mine, f"mark-{ada.id}": "excused", f"mark-{carla.id}": "present"})
    mine |= {f"mark-{ada.id}": "absent", f"mark-{bruno.id}": "present", f"minutes-{bruno.id}": "30"}
    answer = client.post(scene.url, mine)
    assert answer.status_code == 409
    assert "Rossi Ada" in answer.text
    assert "Bianchi Bruno" not in answer.text  # changed by one only: carried, not asked
    assert "Giustificato" in answer.text
    assert "Assente" in answer.text
    assert "Olga" in answer.text
    assert scene.record(bruno) is None, "nothing is half-saved"
    assert scene.record(ada) == ("excused", 0, "trainer")
    carried = dict(re.findall(r'type="hidden" name="((?:was|mark|minutes)-\d+)" value="([^"]*)"',
                              answer.text))  # fmt: skip
    assert f"mark-{carla.id}" not in carried
    version = re.search(rf'name="choice-{ada.id}" value="(\d+)"', answer.text)
    assert version
    client.post(scene.url, {**carried, f"choice-{ada.id}": version[1]})
    assert scene.record(ada) == ("absent", 0, "trainer")
    assert scene.record(bruno) == ("present", 30, "trainer")
    assert scene.record(carla) == ("present", 120, "trainer")


def test_keeping_the_other_value_saves_the_rest(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    ada, bruno = scene.people
    client.sign_in(scene.trainer)
    mine = cells(client.get(scene.url))
    client.post(scene.url, {**mine, f"mark-{ada.id}": "excused"})
    mine |= {f"mark-{ada.id}": "absent", f"mark-{bruno.id}": "present"}
    assert client.post(scene.url, mine).status_code == 409
    assert client.post(scene.url, {**mine, f"choice-{ada.id}": ""}).status_code == 409, "undecided"
    assert client.post(scene.url, {**mine, f"choice-{ada.id}": "theirs"}).status_code == 303
    assert scene.record(ada) == ("excused", 0, "trainer")
    assert scene.record(bruno) == ("present", 120, "trainer")


def test_two_people_saying_the_same_is_no_conflict(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi")
    (ada,) = scene.people
    client.sign_in(scene.trainer)
    mine = {**cells(client.get(scene.url)), f"mark-{ada.id}": "present"}
    assert client.post(scene.url, mine).status_code == 303
    assert client.post(scene.url, mine).status_code == 303
    assert len(scene.evidence(ada)) == 1


def test_people_of_another_cycle_are_refused(client: PercorsoClient) -> None:
    scene, other = Scene("Ada Rossi"), Scene("Bruno Bianchi")
    client.sign_in(scene.trainer)
    foreign = other.people[0].id
    answer = client.post(
        scene.url,
        {f"was-{foreign}": "0", f"mark-{foreign}": "present", f"was-{scene.people[0].id}": "0",
         f"mark-{scene.people[0].id}": "present"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert count(AttendanceRecord) == 0


@pytest.mark.parametrize("name", ["was-99999999999999", "was-x", "was--1", "was-1.5", "was-"])
def test_odd_field_names_are_passed_over(client: PercorsoClient, name: str) -> None:
    scene = Scene("Ada Rossi")
    client.sign_in(scene.trainer)
    mark = name.replace("was-", "mark-")
    assert client.post(scene.url, {name: "0::0", mark: "present"}).status_code == 303
    assert count(AttendanceRecord) == 0


@pytest.mark.parametrize("was", ["", ":::::", "x:present:1", "-1", "9" * 400, "0:late:0", "0::x"])
def test_an_unreadable_version_never_overwrites(client: PercorsoClient, was: str) -> None:
    scene = Scene("Ada Rossi")
    (ada,) = scene.people
    client.sign_in(scene.trainer)
    client.post(scene.url, {f"was-{ada.id}": "0", f"mark-{ada.id}": "present"})
    answer = client.post(scene.url, {f"was-{ada.id}": was, f"mark-{ada.id}": "absent"})
    assert answer.status_code == 409
    assert scene.record(ada) == ("present", 120, "trainer")


def test_withdrawn_people_stay_listed_with_their_marks(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi")
    ada, bruno = scene.people
    client.sign_in(scene.trainer)
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": "present"})
    ada.status = bruno.status = EnrolmentStatus.WITHDRAWN
    page = client.get(scene.url)
    assert "Rossi Ada" in page.text
    assert "si è ritirata" in page.text
    assert "Bianchi Bruno" not in page.text


def test_before_the_lesson_only_excuses(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi")
    (ada,) = scene.people
    with frozen(START - timedelta(days=1)):
        client.sign_in(scene.trainer)
        fields = cells(client.get(scene.url))
        assert client.post(scene.url, {**fields, f"mark-{ada.id}": "present"}).status_code == 422
        assert client.post(scene.url, {**fields, f"mark-{ada.id}": "excused"}).status_code == 303
    assert scene.record(ada) == ("excused", 0, "trainer")


def test_a_cancelled_lesson_takes_no_marks(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", lesson={"status": LessonStatus.CANCELLED})
    (ada,) = scene.people
    client.sign_in(scene.trainer)
    assert "annullato" in client.get(scene.url).text
    answer = client.post(scene.url, {f"was-{ada.id}": "0", f"mark-{ada.id}": "present"})
    assert answer.status_code == 409
    assert count(AttendanceRecord) == 0


def test_search_pages_and_saving_on_the_way(client: PercorsoClient) -> None:
    scene = Scene(*(f"Ada Persona{number:03}" for number in range(230)))
    scene.enrol("Elio Forlì", organisation="Comune di Reggio nell'Emilia")
    client.sign_in(scene.trainer)
    first = client.get(scene.url)
    assert len(re.findall('name="was-', first.text)) == 200
    assert "231" in first.text
    everybody = client.get(f"{scene.url}?all=1")
    assert len(re.findall('name="was-', everybody.text)) == 231
    for words in ("forli", "REGGIO emilia", "elio  forlì"):
        assert len(re.findall('name="was-', client.get(f"{scene.url}?q={words}").text)) == 1
    fields = {**cells(first), f"mark-{scene.people[3].id}": "present", "go": "2", "q": ""}
    answer = client.post(scene.url, fields)
    assert answer.location.endswith("page=2")
    assert scene.record(scene.people[3]) == ("present", 120, "trainer")
    answer = client.post(scene.url, {**cells(first), "go": "search", "q": "forlì & co"})
    assert client.get(answer.location).status_code == 200


def test_marking_the_rest_asks_with_the_number_first(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    ada, bruno, carla = scene.people
    client.sign_in(scene.trainer)
    fields = {**cells(client.get(scene.url)), f"mark-{ada.id}": "excused", "go": "rest-absent"}
    to_confirm = client.post(scene.url, fields).location
    page = client.get(to_confirm)
    assert "2 persone non sono ancora segnate" in page.text
    late = scene.enrol("Dario Neri")
    refused = client.post(to_confirm, {"mark": "absent", "expected": "2"})
    assert refused.status_code == 409
    assert scene.record(bruno) is None
    assert client.post(to_confirm, {"mark": "absent", "expected": "3"}).status_code == 303
    assert scene.record(ada) == ("excused", 0, "trainer")
    assert {scene.record(each) for each in (bruno, carla, late)} == {("absent", 0, "trainer")}


def test_a_page_costs_the_same_for_one_person_and_for_a_hundred(client: PercorsoClient) -> None:
    small, large = Scene("Ada Rossi"), Scene(*(f"Ada Persona{n}" for n in range(100)))
    counts = []
    for scene in (small, large):
        client.sign_in(scene.trainer)
        fields = cells(client.get(scene.url))
        marked = {name: "present" for name in fields if name.startswith("mark-")}
        with statements() as read:
            client.get(scene.url)
        with statements() as written:
            client.post(scene.url, {**fields, **marked})
        counts.append((len(read), len(written)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 8 + 1  # the client looks for its account besides


def test_the_register_is_not_for_others(client: PercorsoClient) -> None:
    """Weakness 7."""
    scene, other = Scene("Ada Rossi"), Scene("Bruno Bianchi")
    for person, status in (
        (scene.people[0].person, 403),
        (other.trainer, 403),
        (other.people[0].person, 403),
        (scene.trainer, 200),
        (factories.administrator(), 200),
    ):
        client.sign_in(person)
        assert client.get(scene.url).status_code == status
        assert client.get(f"{scene.url}.csv").status_code == status
    fresh = PercorsoClient(client.app)
    assert fresh.get(scene.url).status_code == 303


def test_who_marked_is_kept(app: Flask, client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi")
    client.sign_in(scene.trainer)
    client.post(
        scene.url, {f"was-{scene.people[0].id}": "0", f"mark-{scene.people[0].id}": "absent"}
    )
    (evidence,) = scene.evidence(scene.people[0])
    assert evidence.author_id == scene.trainer.id
    assert evidence.at <= now()
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "register.marked"))
    assert event is not None
    assert event.actor_id == scene.trainer.id
