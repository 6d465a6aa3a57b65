"""Proposals and ends: what an organiser decides, and what remains."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.accounts.models import RoleGrant, StaffRole
from lms.audit import AuditEvent
from lms.errors import UserError
from lms.extensions import db
from lms.organisations import actions_life, followers, queries
from lms.organisations.models import Organisation, OrganisationKind, OrganisationStatus
from lms.organisations.suggestions import suggest
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT, assert_harmless

THIRD = OrganisationKind.THIRD_SECTOR
DAY = date(2026, 2, 21)
# Name of the follower → its table.
FOLLOWING = {
    "people": "person", "roles": "role_grant", "enrolments": "enrolment",
    "registrations": "registration",
}  # fmt: skip


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser())


def proposed(name: str = "Assocazione Il Ponte") -> Organisation:
    body = actions_life.propose(name, THIRD)
    db.session.commit()
    return body


def deeds() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_proposal_is_offered_to_organisers_only(app: Flask) -> None:
    body = proposed()
    assert suggest("ponte")["items"] == []
    assert queries.named(body.name) == []
    assert queries.by_names([body.name])["assocazione il ponte"] == [body]
    assert proposed(" Assocazione  Il Ponte ") is body  # the same again is the same
    assert queries.count_proposals() == 1


def test_a_proposal_with_anothers_code_is_refused(app: Flask) -> None:
    factories.organisation("Comune di Prova", fiscal_code="00606620409")
    with pytest.raises(UserError):
        actions_life.propose("Associazione", THIRD, fiscal_code="00606620409")


def test_confirming(office: PercorsoClient) -> None:
    body = proposed()
    factories.person(organisation=body)
    assert body.name in office.get("/enti/proposti").text
    assert "1 proposta da decidere" in office.get("/enti").text
    answer = office.post(f"/enti/{body.id}/decidi", {"decision": "confirm"})
    assert answer.location == "/enti/proposti"
    assert [item["id"] for item in suggest("ponte")["items"]] == [body.id]
    assert deeds() == ["organisation.proposed", "organisation.confirmed"]
    # Somebody else decided in the meantime: the page leads on to the body.
    assert office.get(f"/enti/{body.id}/decidi").location == f"/enti/{body.id}"
    assert "Nessun ente attende" in office.get("/enti/proposti").text


def test_uniting_with_a_near_namesake_moves_who_named_it(office: PercorsoClient) -> None:
    known = factories.organisation("Associazione Il Ponte ODV", kind=THIRD)
    factories.organisation("Associazione La Strada", kind=THIRD)
    body = proposed()
    person = factories.person(organisation=body)
    enrolment = factories.enrolment(factories.cycle(), person)
    page = office.get(f"/enti/{body.id}/decidi").text
    assert "È Associazione Il Ponte ODV" in page
    assert "La Strada" not in page
    office.post(f"/enti/{body.id}/decidi", {"decision": str(known.id)})
    db.session.expire_all()
    assert person.organisation_id == enrolment.organisation_id == known.id
    assert enrolment.organisation_name == "Assocazione Il Ponte"  # the copy of its time
    assert (body.status, body.successor_id) == (OrganisationStatus.MERGED, known.id)
    assert queries.names_of([known.id])[known.id] == []  # a slip is no former name
    assert deeds()[-1] == "organisation.united"


def test_uniting_with_another_named_in_the_field(office: PercorsoClient) -> None:
    known = factories.organisation("Fondazione Domani", kind=THIRD)
    body = proposed()
    path = f"/enti/{body.id}/decidi"
    for data, complaint in (
        ({}, "Indica che cos’è"),
        ({"decision": "other"}, "Scegli un ente già presente"),
        ({"decision": "other", "organisation": "Nessuno così"}, "Nessun ente attivo"),
        ({"decision": "refuse"}, "Scrivi perché"),
        ({"decision": "999999"}, ""),
    ):
        answer = office.post(path, data)
        assert answer.status_code == 422, data
        assert complaint in answer.text, data
    asked = office.post(path, {"decision": "other", "organisation": "domani"})
    assert asked.status_code == 422
    assert f'value="{known.id}"' in asked.text
    data = {"decision": "other", "organisation": "domani", "organisation_choice": str(known.id)}
    assert office.post(path, data).status_code == 303
    db.session.expire_all()
    assert body.successor_id == known.id


def test_refusing_says_why_and_can_be_taken_back(office: PercorsoClient) -> None:
    body = proposed()
    office.post(f"/enti/{body.id}/decidi", {"decision": "refuse", "reason": "Nome di fantasia"})
    page = office.get(f"/enti/{body.id}").text
    assert "Non accolto" in page
    assert "Nome di fantasia" in page
    assert office.post(f"/enti/{body.id}/riapri").status_code == 303
    assert office.post(f"/enti/{body.id}/riapri").status_code == 409
    assert [each.id for each in queries.candidates("ponte")] == [body.id]


def test_merging_keeps_old_rows_and_leads_searches_on(office: PercorsoClient) -> None:
    old = factories.organisation("Comune di Lirio")
    new = factories.organisation("Comune di Montalto Pavese", province_code="PV")
    person = factories.person(organisation=old)
    answer = office.post(
        f"/enti/{old.id}/chiudi",
        {"how": "merged", "on": "2026-01-31", "organisation": "Comune di Montalto Pavese (PV)",
         "organisation_ref": str(new.id)},
    )  # fmt: skip
    assert answer.location == f"/enti/{old.id}"
    db.session.expire_all()
    assert person.organisation_id == old.id
    assert queries.named("comune di lirio") == [new]
    page = office.get(f"/enti/{old.id}").text
    assert "Oggi: Comune di Montalto Pavese" in page
    assert "31 gennaio 2026" in office.get(f"/enti/{new.id}").text
    # Who is there stays; whoever is new is asked about the present body.
    edit = f"/persone/{person.id}/modifica"
    kept = office.get(edit).text
    assert 'value="Comune di Lirio"' in kept
    data = {"given_name": "Ada", "family_name": "Nuova", "organisation": "lirio"}
    asked = office.post("/persone/nuova", data)
    assert "Comune di Lirio (ora Comune di Montalto Pavese (PV))" in asked.text
    same = {"given_name": "Ada", "family_name": "Ferma", "organisation": "Comune di Lirio"}
    assert office.post(edit, same).status_code == 303
    db.session.expire_all()
    assert person.organisation_id == old.id


def test_closing_and_what_is_wrong_with_an_end(office: PercorsoClient) -> None:
    body = factories.organisation("Ente che finisce")
    path = f"/enti/{body.id}/chiudi"
    for data, complaint in (
        ({}, "Indica che cosa è successo"),
        ({"how": "closed"}, "da quale giorno"),
        ({"how": "merged", "on": "2026-01-31"}, "Scegli un ente già presente"),
        ({"how": "merged", "on": "2026-01-31", "organisation": body.name}, "un altro ente"),
    ):
        answer = office.post(path, data)
        assert answer.status_code == 422, data
        assert complaint in answer.text, data
    assert office.post(path, {"how": "closed", "on": "2026-01-31"}).status_code == 303
    assert suggest("ente che finisce")["items"] == []
    assert office.post(path, {"how": "closed", "on": "2026-01-31"}).location == f"/enti/{body.id}"


def test_uniting_two_known_rows_joins_their_codes(app: Flask) -> None:
    one = factories.organisation("Comune di Uno", fiscal_code="00606620409")
    two = factories.organisation("Comune di Due", ipa_code="C_DUE")
    actions_life.unite(one, two, by=None)
    db.session.commit()
    assert (two.fiscal_code, two.ipa_code, one.fiscal_code) == ("00606620409", "C_DUE", None)
    assert queries.named("comune di uno") == [two]
    with pytest.raises(UserError):
        actions_life.unite(one, two, by=None)
    with pytest.raises(UserError):
        actions_life.merge(two, one, DAY, by=None)
    with pytest.raises(UserError):
        actions_life.merge(two, two, DAY, by=None)


@pytest.mark.parametrize(
    "values", [{"status": "merged"}, {"status": "confirmed", "successor_id": 1}]
)
def test_the_database_ties_successor_and_standing(app: Flask, values: dict[str, object]) -> None:
    factories.organisation("Ente primo")
    with pytest.raises(IntegrityError):
        factories.organisation("Ente secondo", **values)
    db.session.rollback()


def test_hostile_names_are_text_and_pages_cost_little(office: PercorsoClient) -> None:
    known = factories.organisation(POLYGLOT)
    body = proposed(POLYGLOT)
    actions_life.merge(factories.organisation("Prima"), known, DAY, by=None)
    for number in range(30):
        proposed(f"Proposta {number}")
    for path in ("/enti/proposti", f"/enti/{body.id}", f"/enti/{body.id}/decidi",
                 f"/enti/{known.id}", f"/enti/{known.id}/chiudi", "/enti?q=prima&status=merged",
                 "/enti?kind=third_sector&region=Umbria"):  # fmt: skip
        with statements() as sent:
            page = office.get(path).text
        assert_harmless(page)
        assert len(sent) <= 8, path


def test_whoever_names_a_body_follows_it(app: Flask) -> None:
    """Every key to `organisation` outside this room: rows forgotten here would stay behind."""
    naming = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "organisation" and not table.name.startswith("organisation")
    }
    assert naming == {f"{name}.organisation_id" for name in FOLLOWING.values()}
    assert set(followers.labels()) == set(FOLLOWING)


def test_a_role_held_towards_both_is_held_once(app: Flask) -> None:
    old, new = factories.organisation(), factories.organisation()
    both, one = factories.person(), factories.person()
    for person, body in ((both, old), (both, new), (one, old)):
        factories.grant(person, StaffRole.REFERENT, of=body)
    followers.move(old.id, new.id)
    db.session.commit()
    rows = select(RoleGrant.person_id, RoleGrant.organisation_id).where(
        RoleGrant.ended_at.is_(None)
    )
    assert sorted(db.session.execute(rows).tuples()) == sorted(
        [(both.id, new.id), (one.id, new.id)]
    )
    assert followers.counts([old.id])[old.id]["roles"] == 0
