"""The people of a cycle: the list, its file, adding by search, one enrolment's page."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.catalogue.models import CycleStatus
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.spreadsheets import csv_bytes, neutral
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT, SHORT_POLYGLOT, assert_harmless


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_list_is_searched_and_filtered(office: PercorsoClient) -> None:
    cycle, other = factories.cycle(places=9), factories.cycle()
    body = factories.organisation("Comune di Forlì")
    factories.enrolment(cycle, factories.person("Nicolò", "Rossi", organisation=body))
    factories.enrolment(cycle, factories.person("Ada", "Bianchi", email="bi@example.org"))
    factories.enrolment(cycle, factories.person("Bea", "Verdi"), status=EnrolmentStatus.WITHDRAWN)
    factories.enrolment(other, factories.person("Leo", "Altrove"))
    path = f"/cicli/{cycle.slug}/iscritti"

    def shown(query: str = "") -> list[str]:
        page = office.get(path + query).text
        return [name for name in ("Rossi", "Bianchi", "Verdi", "Altrove") if name in page]

    assert shown() == ["Rossi", "Bianchi", "Verdi"]
    assert "Iscrizioni attive: 2; ritirate: 1; posti in tutto: 9" in office.get(path).text
    assert shown("?q=nicolo+FORLI") == ["Rossi"]
    assert shown("?q=bi@example.org") == ["Bianchi"]
    assert shown("?status=withdrawn") == ["Verdi"]
    assert shown("?status=confirmed&q=e") == ["Rossi", "Bianchi"]
    assert shown("?status=' OR 1=1 --") == ["Rossi", "Bianchi", "Verdi"]
    assert shown("?q=%25") == []


def test_trainers_of_the_cycle_see_names_but_no_addresses(app: Flask) -> None:
    """ASVS 8.2.3."""
    cycle, other = factories.cycle(), factories.cycle()
    factories.enrolment(cycle, factories.person("Ada", "Bianchi", email="bi@example.org"))
    client = PercorsoClient(app).sign_in(factories.trainer(cycle))
    for path in (f"/cicli/{cycle.slug}/iscritti", f"/cicli/{cycle.slug}/iscritti.csv"):
        response = client.get(path)
        assert "Bianchi" in response.text
        assert "bi@example.org" not in response.text
    assert client.get(f"/cicli/{other.slug}/iscritti").status_code == 403
    assert client.get(f"/cicli/{other.slug}/iscritti.csv").status_code == 403
    assert client.get(f"/cicli/{cycle.slug}/iscritti/aggiungi").status_code == 403
    assert client.post(f"/cicli/{cycle.slug}/iscritti/elenco", {"people": "A;B"}).status_code == 403


def test_the_file_opens_in_a_spreadsheet_and_holds_no_formula(office: PercorsoClient) -> None:
    cycle = factories.cycle(slug="primo-ciclo")
    body = factories.organisation("@SUM(A1:A9)")
    person = factories.person("+39", '=HYPERLINK("http://x";"y")', organisation=body,
                              email="ada@example.org")  # fmt: skip
    factories.enrolment(cycle, person)
    response = office.get("/cicli/primo-ciclo/iscritti.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="primo-ciclo.csv"'
    header, row = read_csv(response.data)
    assert header[:3] == ["Cognome", "Nome", "Ente"]
    assert row[:3] == ['\'=HYPERLINK("http://x";"y")', "'+39", "'@SUM(A1:A9)"]
    assert row[-1] == "ada@example.org"
    assert len(read_csv(office.get("/cicli/primo-ciclo/iscritti.csv?q=nessuno").data)) == 1


# Chance alone hardly ever begins a text as a formula begins.
CELLS = st.builds(
    "".join, st.tuples(st.sampled_from(["=", "+", "-", "@", " =", "\t@", ""]), st.text())
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4))
def test_no_cell_ever_begins_a_formula(rows: list[list[str]]) -> None:
    """Weakness 25."""
    for row in read_csv(csv_bytes(["a", "b"], rows)):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert neutral(-5) == -5


def test_choosing_several_people(office: PercorsoClient) -> None:
    cycle = factories.cycle(places=3)
    body = factories.organisation("Comune di Forlì")
    people = [factories.person("Ada", f"Scelta {n}", organisation=body) for n in range(3)]
    known = factories.enrolment(cycle, factories.person("Già", "Dentro", organisation=body))
    path = f"/cicli/{cycle.slug}/iscritti/aggiungi"
    page = office.get(path + "?q=forli").text
    assert "Scelta 0 Ada" in page
    assert "Dentro Già" not in page
    chosen = {"person": [str(people[0].id), str(people[1].id), str(known.person_id), "x", "9" * 30]}
    assert office.post(path, chosen).status_code == 303
    rows = db.session.scalars(select(Enrolment).where(Enrolment.cycle_id == cycle.id)).all()
    assert {row.person_id for row in rows} == {people[0].id, people[1].id, known.person_id}
    full = office.post(path + "?q=forli", {"person": str(people[2].id)})
    assert full.status_code == 422
    assert "i posti liberi sono 0" in full.text
    assert "Scelta 2 Ada" in full.text
    assert "almeno una persona" in office.post(path, {}).text
    assert office.post(path, {"person": "999999"}).status_code == 422


def test_organisers_enrol_where_people_cannot(office: PercorsoClient) -> None:
    person = factories.person()
    for status, expected in ((CycleStatus.DRAFT, 303), (CycleStatus.CLOSED, 422)):
        cycle = factories.cycle(status=status, enrolment_mode="by_organiser")
        path = f"/cicli/{cycle.slug}/iscritti/aggiungi"
        assert office.post(path, {"person": str(person.id)}).status_code == expected


def test_one_enrolment_its_history_and_its_way_back(office: PercorsoClient) -> None:
    enrolment = factories.enrolment(factories.cycle(), factories.person("Ada", "Prova"))
    path = f"/iscrizioni/{enrolment.id}"
    assert "Ada Prova" in office.get(path).text
    assert "resta valido finché" in office.get(f"{path}/ritiro").text
    response = office.post(f"{path}/ritiro", {"reason": "Trasferita"})
    assert response.location.endswith("/iscritti")
    page = office.get(path).text
    assert "Trasferita" in page
    assert "Olga Segreteria" in page
    assert office.post(f"{path}/ripristino").location == path
    db.session.expire_all()
    assert enrolment.status is EnrolmentStatus.CONFIRMED


def test_a_corrected_name_is_taken_over_when_somebody_says_so(office: PercorsoClient) -> None:
    person = factories.person("Ada", "Provva")
    enrolment = factories.enrolment(factories.cycle(slug="c"), person)
    person.family_name = "Prova"
    person.organisation = factories.organisation("Comune di Forlì")
    db.session.commit()
    assert "Dati da aggiornare" in office.get("/cicli/c/iscritti").text
    path = f"/iscrizioni/{enrolment.id}/aggiorna"
    page = office.get(path).text
    assert "Ada Provva" in page
    assert "Comune di Forlì" in page
    assert office.post(path).status_code == 303
    db.session.expire_all()
    assert (enrolment.full_name, enrolment.organisation_name) == ("Ada Prova", "Comune di Forlì")
    assert enrolment.search_key == "prova ada comune di forli"
    assert "Dati da aggiornare" not in office.get("/cicli/c/iscritti").text


def test_the_list_costs_the_same_for_many(office: PercorsoClient) -> None:
    cycle = factories.cycle()
    path = f"/cicli/{cycle.slug}/iscritti"
    factories.enrolment(cycle)
    with statements() as few:
        office.get(path)
    for _each in range(40):
        factories.enrolment(cycle, factories.person(organisation=factories.organisation()))
    with statements() as many:
        office.get(path + "?q=prova&status=confirmed")
    assert len(many) == len(few) <= 8
    with statements() as choosing:
        office.get(path + "/aggiungi")
    assert len(choosing) <= 8


def test_names_are_text(office: PercorsoClient) -> None:
    body = factories.organisation(POLYGLOT)
    cycle = factories.cycle(title=SHORT_POLYGLOT, slug="c")
    person = factories.person(SHORT_POLYGLOT, SHORT_POLYGLOT, organisation=body)
    enrolment = factories.enrolment(cycle, person)
    factories.person(SHORT_POLYGLOT, "Libera", organisation=body)
    for path in ("/cicli/c/iscritti", "/cicli/c/iscritti/aggiungi", "/cicli/c/iscritti/elenco",
                 f"/iscrizioni/{enrolment.id}", f"/iscrizioni/{enrolment.id}/aggiorna",
                 f"/iscrizioni/{enrolment.id}/ritiro", f"/persone/{person.id}"):  # fmt: skip
        assert_harmless(office.get(path).text)
    assert db.session.scalar(select(func.count(Enrolment.id))) == 1
