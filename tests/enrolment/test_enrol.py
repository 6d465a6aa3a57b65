"""Enrolling oneself, leaving and coming back, and the box on a cycle's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.audit import AuditEvent
from lms.catalogue.models import CycleStatus, EnrolmentMode, LessonStatus
from lms.clock import now
from lms.enrolment import actions
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, sign_in, with_account
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import SHORT_POLYGLOT, assert_harmless


def events(enrolment: Enrolment) -> list[tuple[str, str, int | None]]:
    rows = db.session.scalars(select(EnrolmentEvent).order_by(EnrolmentEvent.id))
    return [(e.status.value, e.note, e.actor_id) for e in rows if e.enrolment_id == enrolment.id]


def test_a_click_on_the_cycles_page_enrols(client: PercorsoClient) -> None:
    body = factories.organisation("Comune di Forlì")
    person = factories.read_notice(factories.person("Nicolò", "Rossi", organisation=body))
    cycle = factories.cycle(places=2)
    client.sign_in(person)
    page = client.get(f"/cicli/{cycle.slug}").text
    assert f'action="/cicli/{cycle.slug}/iscrizione"' in page
    assert "2 posti liberi su 2" in page
    response = client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"})
    assert (response.status_code, response.location) == (303, f"/cicli/{cycle.slug}")
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert enrolment.full_name == "Nicolò Rossi"
    assert (enrolment.organisation_id, enrolment.organisation_name) == (body.id, body.name)
    assert enrolment.search_key == "rossi nicolo comune di forli"
    assert events(enrolment) == [("confirmed", "", person.id)]
    noted = db.session.scalars(select(AuditEvent)).one()
    assert (noted.action, noted.actor_id) == ("enrolment.confirmed", person.id)
    page = client.get(f"/cicli/{cycle.slug}").text
    assert "Iscrizione confermata" in page
    assert "Lascia il ciclo" in page
    assert f'action="/cicli/{cycle.slug}/iscrizione"' not in page


def test_a_stranger_signs_in_and_comes_back(app: Flask, client: PercorsoClient) -> None:
    with_account("ada@example.org")
    cycle = factories.cycle()
    path = f"/cicli/{cycle.slug}/iscrizione"
    page = client.get(f"/cicli/{cycle.slug}").text
    assert "Accedi e iscriviti" in page
    to_sign_in = client.get(path)
    assert to_sign_in.location == f"/accedi?next={path}"
    back = sign_in(client, "ada@example.org", PASSWORD, path=to_sign_in.location)
    assert back.location == path
    assert "informativa sulla privacy" in client.get(path).text
    assert client.post(path, {"notice": "y"}).status_code == 303
    assert client.get(path).location == f"/cicli/{cycle.slug}", "enrolled already: to the cycle"


def test_a_strangers_post_enrols_nobody(client: PercorsoClient) -> None:
    cycle = factories.cycle()
    response = client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"})
    assert response.location.startswith("/accedi")
    assert db.session.scalar(select(func.count(Enrolment.id))) == 0


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"status": CycleStatus.DRAFT}, 404, ""),
        ({"status": CycleStatus.CLOSED}, 409, "concluso"),
        ({"status": CycleStatus.ARCHIVED}, 409, "concluso"),
        ({"enrolment_mode": EnrolmentMode.BY_ORGANISER}, 409, "iscrive la segreteria"),
        ({"enrolment_opens_at": now() + timedelta(hours=1)}, 409, "aprono"),
        ({"enrolment_closes_at": now() - timedelta(hours=1)}, 409, "si sono chiuse"),
        ({"places": 1}, 409, "posti sono esauriti"),
    ],
)
def test_where_one_cannot_enrol(
    client: PercorsoClient, changes: dict[str, object], status: int, said: str
) -> None:
    cycle = factories.cycle(**changes)
    if "places" in changes:
        factories.enrolment(cycle)
    client.sign_in(factories.person())
    response = client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"})
    assert response.status_code == status
    assert said in response.text
    page = client.get(f"/cicli/{cycle.slug}/iscrizione")
    assert page.status_code == (404 if status == 404 else 200)
    assert said in page.text
    if status != 404:
        assert "Iscriviti</button>" not in client.get(f"/cicli/{cycle.slug}").text
    assert db.session.scalar(select(func.count(Enrolment.id))) == ("places" in changes)


def test_twice_is_once(client: PercorsoClient) -> None:
    cycle = factories.cycle()
    client.sign_in(factories.person())
    assert client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"}).status_code == 303
    assert client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"}).status_code == 409
    assert db.session.scalar(select(func.count(EnrolmentEvent.id))) == 1


def test_leaving_asks_first_and_coming_back_keeps_the_first_date(client: PercorsoClient) -> None:
    cycle = factories.cycle(places=1)
    person = factories.person()
    enrolment = factories.enrolment(cycle, person)
    first = enrolment.enrolled_at
    client.sign_in(person)
    path = f"/iscrizioni/{enrolment.id}/ritiro"
    assert "Lasciare" in client.get(path).text
    response = client.post(path, {"reason": f"Cambio\r\nufficio {SHORT_POLYGLOT}"})
    assert response.location == f"/cicli/{cycle.slug}"
    db.session.expire_all()
    assert enrolment.status is EnrolmentStatus.WITHDRAWN
    assert events(enrolment)[-1] == ("withdrawn", f"Cambio ufficio {SHORT_POLYGLOT}", person.id)
    assert client.post(path).status_code == 409
    assert "1 posto libero su 1" in client.get(f"/cicli/{cycle.slug}").text
    assert client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"}).status_code == 303
    db.session.expire_all()
    assert enrolment.status is EnrolmentStatus.CONFIRMED
    assert enrolment.enrolled_at == first, "leaving for a day does not shorten what is due"
    assert [status for status, _note, _by in events(enrolment)] == [
        "confirmed", "withdrawn", "confirmed",
    ]  # fmt: skip


def test_who_comes_back_carries_the_present_name(client: PercorsoClient) -> None:
    cycle, person = factories.cycle(), factories.person("Ada", "Nubile")
    factories.enrolment(cycle, person, status=EnrolmentStatus.WITHDRAWN)
    person.family_name = "Sposata"
    person.organisation = factories.organisation("Comune nuovo")
    client.sign_in(person)
    client.post(f"/cicli/{cycle.slug}/iscrizione", {"notice": "y"})
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.family_name, enrolment.organisation_name) == ("Sposata", "Comune nuovo")


@pytest.mark.parametrize("status", [CycleStatus.CLOSED, CycleStatus.ARCHIVED])
def test_when_the_cycle_is_over_only_organisers_withdraw(
    app: Flask, client: PercorsoClient, status: CycleStatus
) -> None:
    person = factories.person()
    enrolment = factories.enrolment(factories.cycle(status=status), person)
    client.sign_in(person)
    assert client.post(f"/iscrizioni/{enrolment.id}/ritiro").status_code == 409
    office = PercorsoClient(app).sign_in(factories.organiser())
    assert office.post(f"/iscrizioni/{enrolment.id}/ritiro").status_code == 303


def test_nobody_leaves_after_the_last_lesson(app: Flask, client: PercorsoClient) -> None:
    """Or a certificate already earned would lose the enrolment it stands on."""
    cycle, person = factories.cycle(), factories.person()
    enrolment = factories.enrolment(cycle, person)
    held = factories.lesson(factories.module(cycle))
    path = f"/iscrizioni/{enrolment.id}/ritiro"
    client.sign_in(person)
    assert path not in client.get(f"/cicli/{cycle.slug}").text
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 409
        assert "già stati svolti" in answer.text
    db.session.refresh(enrolment)
    assert enrolment.status is EnrolmentStatus.CONFIRMED
    day = timedelta(days=3)
    to_come = factories.lesson(
        held.module, starts_at=held.starts_at + day, ends_at=held.ends_at + day,
        status=LessonStatus.CANCELLED,
    )  # fmt: skip
    assert client.get(path).status_code == 409, "a cancelled lesson is not one to come"
    to_come.status = LessonStatus.SCHEDULED
    assert client.post(path, {"notice": "y"}).status_code == 303
    office = PercorsoClient(app).sign_in(factories.organiser())
    assert office.get(path).status_code == 409, "there is nothing to confirm: already withdrawn"


def test_anothers_enrolment_does_not_exist(app: Flask) -> None:
    cycle = factories.cycle()
    enrolment = factories.enrolment(cycle)
    trainer = factories.trainer(cycle)
    colleague = factories.enrolment(cycle).person
    for person in (trainer, colleague, factories.person()):
        client = PercorsoClient(app).sign_in(person)
        for path in ("", "/ritiro", "/aggiorna"):
            own_path = f"/iscrizioni/{enrolment.id}{path}"
            missing = client.get(f"/iscrizioni/999999{path}")
            shown = client.get(own_path)
            assert (shown.status_code, missing.status_code) == (404, 404)
        for path in ("/ritiro", "/aggiorna", "/ripristino"):
            assert client.post(f"/iscrizioni/{enrolment.id}{path}").status_code == 404
    db.session.expire_all()
    assert enrolment.status is EnrolmentStatus.CONFIRMED


def test_a_reason_too_long_is_kept_and_told(client: PercorsoClient) -> None:
    person = factories.person()
    enrolment = factories.enrolment(factories.cycle(), person)
    client.sign_in(person)
    response = client.post(f"/iscrizioni/{enrolment.id}/ritiro", {"reason": "x" * 301})
    assert response.status_code == 422
    assert "x" * 301 in response.text


def test_names_are_text_in_the_forms(client: PercorsoClient) -> None:
    cycle = factories.cycle(title=SHORT_POLYGLOT)
    body = factories.organisation(SHORT_POLYGLOT)
    person = factories.person(SHORT_POLYGLOT, SHORT_POLYGLOT, organisation=body)
    client.sign_in(person)
    assert_harmless(client.get(f"/cicli/{cycle.slug}/iscrizione").text)
    enrolment = actions.enrol_self(cycle.id, person)
    assert_harmless(client.get(f"/iscrizioni/{enrolment.id}/ritiro").text)


def test_the_box_asks_two_questions_at_most(app: Flask, client: PercorsoClient) -> None:
    from lms.enrolment.views import enrolment_state

    cycle = factories.cycle(places=5)
    db.session.refresh(cycle)
    with app.test_request_context("/"), statements() as sent:
        state = enrolment_state(cycle)
        assert state.can_enrol
    assert len(sent) == 1
