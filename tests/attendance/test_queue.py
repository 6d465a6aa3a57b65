"""Rows that no rule matched: a person decides, may take it back, and is remembered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms.attendance.models import MatchMethod, ReportEntry
from lms.audit import AuditEvent
from lms.extensions import db
from tests.attendance.scene import Scene, bring_in, cells, hidden, zoom
from tests.client import PercorsoClient
from tests.counting import statements

UNKNOWN = ("A. Rossi", "", "10:00:00", "11:00:00")


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    """Two Rossis and a Bianchi; a report with somebody who may be either Rossi is imported."""
    made = Scene("Ada Rossi", "Aldo Rossi", "Bruno Bianchi")
    client.sign_in(made.trainer)
    bring_in(client, made, zoom(UNKNOWN))
    return made


def entry(name: str = "A. Rossi") -> ReportEntry:
    query = select(ReportEntry).where(ReportEntry.name == name).order_by(ReportEntry.id.desc())
    return db.session.scalars(query.execution_options(populate_existing=True)).first()  # type: ignore[return-value]


def decide(client: PercorsoClient, scene: Scene, person: object, was: str = ":") -> int:
    path = f"{scene.url}/da-abbinare/{entry().id}"
    return client.post(path, {"person": str(person), "was": was}).status_code


def test_homonyms_wait_and_are_suggested(client: PercorsoClient, scene: Scene) -> None:
    page = client.get(f"{scene.url}/da-abbinare")
    assert "A. Rossi" in page.text
    for person, suggested in zip(scene.people, (True, True, False), strict=True):
        assert (f'value="{person.id}"' in page.text) is suggested
    assert {scene.record(each) for each in scene.people} == {None}
    assert "non è stata abbinata" in client.get(scene.url).text


def test_assigning_credits_and_says_who_decided(client: PercorsoClient, scene: Scene) -> None:
    ada = scene.people[0]
    assert decide(client, scene, ada.id) == 303
    assert scene.record(ada) == ("present", 60, "report")
    decided = entry()
    assert (decided.match, decided.decided_by_id) == (MatchMethod.HUMAN, scene.trainer.id)
    why = client.get(f"{scene.url}/{ada.id}/perche")
    assert scene.trainer.full_name in why.text
    assert "A. Rossi" in why.text


def test_undoing_and_assigning_to_another(client: PercorsoClient, scene: Scene) -> None:
    ada, aldo, _bruno = scene.people
    decide(client, scene, ada.id)
    matched = client.get(f"{scene.url}/da-abbinare?decided=1")
    assert "Rossi Ada" in matched.text
    assert decide(client, scene, "undo", hidden(matched, "was")) == 303
    assert scene.record(ada) is None
    decide(client, scene, aldo.id)
    assert scene.record(aldo) == ("present", 60, "report")
    assert [each.reason for each in scene.evidence(ada)] == ["", "undone"]
    assert "è stata tolta" in client.get(f"{scene.url}/{ada.id}/perche").text
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("entry%")))
    assert list(actions) == ["entry.human", "entry.undecided", "entry.human"]


def test_a_record_made_again_has_a_version_never_seen(client: PercorsoClient, scene: Scene) -> None:
    ada = scene.people[0]
    decide(client, scene, ada.id)
    drawn = cells(client.get(scene.url))
    decide(client, scene, "undo", f"human:{ada.id}")
    decide(client, scene, ada.id)
    late = {**drawn, f"mark-{ada.id}": "absent"}
    assert client.post(scene.url, late).status_code == 409


def test_not_one_of_ours(client: PercorsoClient, scene: Scene) -> None:
    assert decide(client, scene, "dismiss") == 303
    assert entry().match is MatchMethod.DISMISSED
    assert "Nessuna riga da abbinare" in client.get(f"{scene.url}/da-abbinare").text


@pytest.mark.parametrize("person", ["0", "", "x", "-1", "999999", "99999999999999999999", "1e3"])
def test_nobody_of_that_kind(client: PercorsoClient, scene: Scene, person: str) -> None:
    assert decide(client, scene, person) == 422
    assert entry().match is None


def test_people_of_another_cycle_cannot_be_chosen(client: PercorsoClient, scene: Scene) -> None:
    other = Scene("Carla Verdi")
    assert decide(client, scene, other.people[0].id) == 422
    client.sign_in(other.trainer)
    assert decide(client, scene, scene.people[0].id) == 404
    client.sign_in(scene.people[0].person)
    assert decide(client, scene, scene.people[0].id) == 404
    assert client.get(f"{scene.url}/da-abbinare").status_code == 403


def test_a_decision_made_on_an_old_page_is_refused(client: PercorsoClient, scene: Scene) -> None:
    ada, aldo, _bruno = scene.people
    decide(client, scene, ada.id)
    assert decide(client, scene, aldo.id, ":") == 409
    assert scene.record(ada) == ("present", 60, "report")
    assert scene.record(aldo) is None


def test_searching_the_enrolled(client: PercorsoClient, scene: Scene) -> None:
    path = f"{scene.url}/da-abbinare/{entry().id}"
    assert "Scrivi una parte" in client.get(path).text
    found = client.get(f"{path}?q=bianchi")
    assert "Bianchi Bruno" in found.text
    assert "Rossi Ada" not in found.text
    assert "Nessuna persona" in client.get(f"{path}?q=zzz").text
    client.post(path, {"person": scene.people[2].id, "was": hidden(found, "was")})
    assert scene.record(scene.people[2]) == ("present", 60, "report")


def test_the_next_report_of_the_cycle_remembers(client: PercorsoClient, scene: Scene) -> None:
    ada = scene.people[0]
    decide(client, scene, ada.id)
    bring_in(client, scene, zoom(("A. Rossi", "", "11:00:00", "11:30:00")))
    assert scene.record(ada) == ("present", 90, "report")
    again = entry()
    assert again.match is MatchMethod.HUMAN
    assert again.decided_by_id == scene.trainer.id


def test_not_one_of_ours_is_remembered_too(client: PercorsoClient, scene: Scene) -> None:
    decide(client, scene, "dismiss")
    bring_in(client, scene, zoom(("A. Rossi", "", "11:00:00", "11:30:00")))
    assert entry().match is MatchMethod.DISMISSED
    assert "non è tra gli iscritti" in client.get(f"{scene.url}/da-abbinare?decided=1").text


def test_other_cycles_do_not_remember(client: PercorsoClient, scene: Scene) -> None:
    decide(client, scene, scene.people[0].id)
    other = Scene("Ada Rossi", "Aldo Rossi")
    client.sign_in(other.trainer)
    bring_in(client, other, zoom(UNKNOWN))
    assert entry().match is None


def test_a_device_is_not_remembered(client: PercorsoClient, scene: Scene) -> None:
    bring_in(client, scene, zoom(("iPhone", "", "11:00:00", "11:30:00")))
    path = f"{scene.url}/da-abbinare/{entry('iPhone').id}"
    client.post(path, {"person": scene.people[2].id, "was": ":"})
    assert scene.record(scene.people[2]) == ("present", 30, "report")
    bring_in(client, scene, zoom(("iPhone", "", "11:30:00", "11:40:00")))
    assert entry("iPhone").match is None


def test_the_queue_costs_the_same_for_many(client: PercorsoClient, scene: Scene) -> None:
    client.get(f"{scene.url}/da-abbinare")
    with statements() as few:
        client.get(f"{scene.url}/da-abbinare")
    rows = [(f"Sconosciuto {number}", "", "10:00:00", "10:30:00") for number in range(60)]
    bring_in(client, scene, zoom(*rows))
    with statements() as many:
        page = client.get(f"{scene.url}/da-abbinare")
    assert len(few) == len(many)
    assert "page=2" in page.text
    assert "Sconosciuto 41" in client.get(f"{scene.url}/da-abbinare?q=sconosciuto+41").text
