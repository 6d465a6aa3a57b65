"""Pasting a list: shown first, saved only as it was shown."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.pasted import read_lines
from lms.enrolment.planning import Outcome, plan
from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationKind
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT, assert_harmless

LIST = """Cognome;Nome;Mail;Ente
Rossi;Nicolò;nico@example.org;Comune di Forlì
Bianchi;Ada;ada@example.org;Associazione Il Ponte
Verdi;Bea;;ASSOCIAZIONE il ponte
Neri;Leo;leo@example.org;
Storta;;x@example.org;
"""


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def shown_in(page: str) -> str:
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page)
    assert found
    return found.group(1)


def world() -> str:
    """A cycle; Nicolò is known, Leo enrolled already. Returns the page's path."""
    cycle = factories.cycle(slug="c", places=4)
    body = factories.organisation("Comune di Forlì")
    factories.person("Nicolò", "Rossi", email="nico@example.org", organisation=body)
    factories.enrolment(cycle, factories.person("Leo", "Neri", email="leo@example.org"))
    return "/cicli/c/iscritti/elenco"


def test_nothing_is_saved_before_it_was_shown(office: PercorsoClient) -> None:
    path = world()
    before = db.session.scalar(select(func.count(Person.id)))
    preview = office.post(path, {"people": LIST})
    assert preview.status_code == 200
    for words in (">Da iscrivere", "Da aggiungere e iscrivere", "Già nel ciclo",
                  "Servono sia il cognome", "Iscrivi 3 persone"):  # fmt: skip
        assert words in preview.text
    assert db.session.scalar(select(func.count(Person.id))) == before
    saved = office.post(path, {"people": LIST, "shown": shown_in(preview.text)})
    assert saved.location == "/cicli/c/iscritti"
    enrolments = db.session.scalars(
        select(Enrolment).where(Enrolment.status == EnrolmentStatus.CONFIRMED)
    ).all()
    assert {row.family_name for row in enrolments} == {"Rossi", "Bianchi", "Verdi", "Neri"}
    bodies = db.session.scalars(select(Organisation).where(Organisation.name.contains("onte")))
    assert [(body.name, body.kind) for body in bodies] == [
        ("Associazione Il Ponte", OrganisationKind.THIRD_SECTOR)
    ], "one new body for both lines"
    added = people.by_names(["bianchi ada"])["bianchi ada"][0]
    assert people.emails_of([added.id])[added.id] == ["ada@example.org"]


def test_saving_the_same_list_again_changes_nothing(office: PercorsoClient) -> None:
    path = world()
    for _time in range(2):
        shown = shown_in(office.post(path, {"people": LIST}).text)
        office.post(path, {"people": LIST, "shown": shown})
    assert db.session.scalar(select(func.count(Enrolment.id))) == 4
    assert db.session.scalar(select(func.count(Person.id))) == 5


def test_what_changed_meanwhile_is_shown_again(office: PercorsoClient) -> None:
    path = world()
    shown = shown_in(office.post(path, {"people": LIST}).text)
    factories.person("Ada", "Bianchi", email="ada@example.org")
    again = office.post(path, {"people": LIST, "shown": shown})
    assert again.status_code == 200
    assert "Qualcosa è cambiato" in again.text
    assert shown_in(again.text) != shown
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1
    edited = office.post(path, {"people": LIST + "Gialli;Ida;;", "shown": shown_in(again.text)})
    assert "Gialli" in edited.text
    assert edited.status_code == 200


def test_places_that_do_not_suffice_save_nothing(office: PercorsoClient) -> None:
    path = world()
    text = LIST + "Gialli;Ida;ida@example.org;\n"
    preview = office.post(path, {"people": text})
    assert "non bastano per tutti" in preview.text
    response = office.post(path, {"people": text, "shown": shown_in(preview.text)})
    assert response.status_code == 409
    assert "Non c’è posto per 4 persone" in response.text
    assert "Da aggiungere e iscrivere" in response.text, "people half added are not people known"
    assert db.session.scalar(select(func.count(Person.id))) == 3
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (LIST.encode(), True),
        (b"\xef\xbb\xbf" + LIST.encode(), True),
        (LIST.encode("utf-16"), True),
        (LIST.encode("cp1252"), True),
        (LIST.replace(";", "\t").replace("\n", "\r\n").encode(), True),
        (b"PK\x03\x04\0\0\xff\xfe binary", False),
        (b"", False),
        (b"\n\n \n", False),
        (b"Cognome;Nome\n", False),
        (b"a;b\n" * 1001, False),
        (b"x" * 500_000, False),
    ],
)
def test_files_in_the_encodings_of_spreadsheets(
    office: PercorsoClient, content: bytes, good: bool
) -> None:
    path = world()
    response = office.post(path, {"people": "", "file": (io.BytesIO(content), "lista.csv")})
    assert response.status_code == (200 if good else 422)
    assert ("Nicolò" in response.text) is good
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1


def test_a_hostile_list_is_text(office: PercorsoClient) -> None:
    path = world()
    line = ";".join([POLYGLOT.replace(";", "")] * 4)
    assert_harmless(office.post(path, {"people": f"{line}\nA{line[:90]};B\n"}).text)


def test_a_plan_costs_the_same_for_any_length(office: PercorsoClient) -> None:
    world()
    cycle_id = db.session.scalars(select(Enrolment.cycle_id)).one()
    few, many = (
        read_lines("".join(f"Fam {n};Ada;a{n}@example.org;Ente {n}\n" for n in range(count)))
        for count in (2, 1000)
    )
    with statements() as sent_for_few:
        plan(cycle_id, few)
    with statements() as sent_for_many:
        planned = plan(cycle_id, many)
    assert planned.count(Outcome.NEW) == 1000
    assert len(sent_for_many) == len(sent_for_few) <= 4


def test_two_new_people_alike_are_one(office: PercorsoClient) -> None:
    world()
    cycle_id = db.session.scalars(select(Enrolment.cycle_id)).one()
    lines = read_lines("Gialli;Ida;ida@example.org;Ente\nGIALLI;ida;altra@example.org;ente\n")
    assert [one.outcome for one in plan(cycle_id, lines).lines] == [Outcome.NEW, Outcome.LEFT_OUT]
