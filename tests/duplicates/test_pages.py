"""The organisers' pages: a queue, two records side by side, a question before every deed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lms.accounts.models import Person
from lms.accounts.tax_codes import set_tax_code
from lms.duplicates.models import NotDuplicate, PersonMerge
from lms.extensions import db
from tests import factories
from tests.accounts.codes import ROSSI
from tests.client import PercorsoClient
from tests.counting import statements
from tests.duplicates.twins import Twins
from tests.hostile import POLYGLOT, assert_harmless

LETTERS = "abcdefghijklmnopqrstuvwxyzàèìòç"


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def test_from_the_queue_to_one_record_and_back(office: PercorsoClient) -> None:
    twins = Twins()
    twins.stays(twins.lesson(), twins.theirs, (0, 60))
    one, two = twins.one.id, twins.two.id
    queue = office.get("/doppioni").text
    assert f'href="/doppioni/{one}/{two}"' in queue
    compared = office.get(f"/doppioni/{one}/{two}").text
    assert "mario@example.org" in compared
    assert "m.rossi@example.org" in compared
    path = f"/doppioni/{one}/unisci/{two}"
    assert path in compared
    assert "m.rossi@example.org" in office.get(path).text
    response = office.post(path, {})
    assert (response.status_code, response.location) == (303, f"/persone/{one}")
    assert "m.rossi@example.org" not in office.get("/doppioni").text
    assert f'href="/persone/{one}"' in office.get(f"/persone/{two}").text
    assert office.post(path, {}).status_code == 409
    merge = db.session.scalars(select(PersonMerge)).one()
    undo = f"/doppioni/unioni/{merge.id}/annulla"
    assert undo in office.get("/doppioni/unioni").text
    assert office.get(undo).status_code == 200
    assert office.post(undo, {}).status_code == 303
    assert office.post(undo, {}).status_code == 409
    assert db.session.get_one(Person, two).merged_into_id is None


def test_two_people_are_noted_and_proposed_again(office: PercorsoClient) -> None:
    twins = Twins()
    path = f"/doppioni/{twins.two.id}/{twins.one.id}"
    assert office.post(f"{path}/diversi", {}).status_code == 303
    assert db.session.scalars(select(NotDuplicate)).one().first_id == twins.one.id
    assert "Nessun doppione" in office.get("/doppioni").text
    assert "Olga Segreteria" in office.get(path).text
    assert office.post(f"{path}/riproponi", {}).status_code == 303
    assert f"/doppioni/{twins.one.id}/{twins.two.id}" in office.get("/doppioni").text


def test_the_queue_is_searched_and_has_pages(office: PercorsoClient) -> None:
    for number in range(30):
        for mail in ("a", "b"):
            family = f"Prova{LETTERS[number] * 3}"
            factories.person("Ada", family, email=f"{mail}{number}@example.org")
    first = office.get("/doppioni")
    assert "page=2" in first.text
    assert office.get("/doppioni", query_string={"page": 2}).status_code == 200
    assert (
        office.get("/doppioni", query_string={"q": "a17@example.org"}).text.count("/doppioni/") >= 1
    )
    assert "Nessuna coppia" in office.get("/doppioni", query_string={"q": "nessuno"}).text
    with statements() as sent:
        office.get("/doppioni")
    assert len(sent) <= 8


def test_a_comparison_asks_few_questions_and_hides_the_codes(office: PercorsoClient) -> None:
    twins = Twins()
    for person in (twins.one, twins.two):
        set_tax_code(person, ROSSI, by=person.id)
    for path in (
        f"/doppioni/{twins.one.id}/{twins.two.id}",
        f"/doppioni/{twins.one.id}/unisci/{twins.two.id}",
        f"/persone/{twins.one.id}/doppione?q=rossi",
        "/doppioni/unioni",
        f"/persone/{twins.one.id}",
    ):
        with statements() as sent:
            page = office.get(path)
        assert page.status_code == 200
        assert len(sent) <= 8, path
        assert ROSSI not in page.text


def test_a_record_is_not_compared_with_itself(office: PercorsoClient) -> None:
    twins = Twins()
    assert office.get(f"/doppioni/{twins.one.id}/{twins.one.id}").status_code == 404
    found = office.get(f"/persone/{twins.one.id}/doppione", query_string={"q": "rossi"}).text
    assert f'href="/doppioni/{twins.one.id}/{twins.two.id}"' in found
    assert f'href="/doppioni/{twins.one.id}/{twins.one.id}"' not in found


def test_hostile_names_are_text(office: PercorsoClient) -> None:
    one = factories.person(POLYGLOT[:100], "Rossi", email="a@example.org")
    two = factories.person(POLYGLOT[:100], "Rossi", email="b@example.org")
    for path in (
        "/doppioni",
        f"/doppioni/{one.id}/{two.id}",
        f"/doppioni/{one.id}/unisci/{two.id}",
        f"/persone/{one.id}/doppione?q=rossi",
    ):
        assert_harmless(office.get(path).text)
