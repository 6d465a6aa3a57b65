"""A nomination: made by the organisation's referent, decided by the organisers, kept in history."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.catalogue.models import Cycle, EnrolmentMode
from lms.clock import frozen, now
from lms.enrolment import nominating
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.errors import UserError
from lms.extensions import db
from lms.organisations.models import Organisation
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle

REQUESTED, CONFIRMED = EnrolmentStatus.REQUESTED, EnrolmentStatus.CONFIRMED


@dataclass
class Scene:
    app: Flask
    body: Organisation
    cycle: Cycle
    referent: PercorsoClient
    organiser: PercorsoClient
    ada: Person

    def path(self, last: str) -> str:
        return f"/referente/{self.body.id}/cicli/{self.cycle.slug}/{last}"

    @property
    def queue(self) -> str:
        return f"/cicli/{self.cycle.slug}/iscritti/designazioni"

    def nominated(self, *people: Person) -> list[Enrolment]:
        ids = [person.id for person in people or (self.ada,)]
        assert self.referent.post(self.path("designa"), {"person": ids}).status_code == 303
        of_these = Enrolment.person_id.in_(ids)
        return list(db.session.scalars(select(Enrolment).where(of_these).order_by(Enrolment.id)))


@pytest.fixture
def scene(app: Flask) -> Scene:
    body = factories.organisation("Comune di Casa")
    cycle = factories.cycle(enrolment_mode=EnrolmentMode.BY_ORGANISER)
    return Scene(
        app, body, cycle,
        PercorsoClient(app).sign_in(factories.referent(body)),
        PercorsoClient(app).sign_in(factories.organiser()),
        factories.person("Ada", "Casalini", organisation=body),
    )  # fmt: skip


def history(enrolment: Enrolment) -> list[tuple[str, str]]:
    rows = select(EnrolmentEvent).where(EnrolmentEvent.enrolment_id == enrolment.id)
    events = db.session.scalars(rows.order_by(EnrolmentEvent.id))
    return [(event.status.value, event.note) for event in events]


def test_from_nomination_to_enrolment(scene: Scene) -> None:
    page = scene.referent.get(f"/referente/{scene.body.id}/designazioni").text
    assert scene.cycle.title in page
    typed = {"person": scene.ada.id, "note": "Ufficio di piano"}
    assert scene.referent.post(scene.path("designa"), typed).status_code == 303
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert enrolment.status is REQUESTED
    assert scene.ada.full_name.split()[1] not in scene.referent.get(scene.path("designa")).text
    assert "1 da decidere" in scene.organiser.get("/").text
    queue = scene.organiser.get(scene.queue).text
    assert "Casalini Ada" in queue
    assert "Ufficio di piano" in queue
    asked = {"enrolment": enrolment.id, "decision": "approve"}
    assert scene.organiser.post(scene.queue, asked).status_code == 303
    db.session.refresh(enrolment)
    assert enrolment.status is CONFIRMED
    assert history(enrolment) == [("requested", "Ufficio di piano"), ("confirmed", "")]
    assert scene.organiser.post(scene.queue, asked).status_code == 409  # nothing more to decide
    assert len(history(enrolment)) == 2


def test_refusing_wants_a_reason_and_the_organisation_reads_it(scene: Scene) -> None:
    [enrolment] = scene.nominated()
    asked = {"enrolment": enrolment.id, "decision": "refuse"}
    refused = scene.organiser.post(scene.queue, asked)
    assert refused.status_code == 422
    assert f'value="{enrolment.id}" id="enrolment-{enrolment.id}" checked' in refused.text
    assert scene.organiser.post(scene.queue, {**asked, "reason": "Posti finiti"}).status_code == 303
    db.session.refresh(enrolment)
    assert enrolment.status is EnrolmentStatus.REFUSED
    assert "Posti finiti" in scene.referent.get(f"/referente/{scene.body.id}/designazioni").text
    [again] = scene.nominated()  # another try is allowed, and is a line of the same history
    assert [status for status, _note in history(again)] == ["requested", "refused", "requested"]


@pytest.mark.parametrize("typed", [{}, {"decision": "approve"}, {"decision": "x", "enrolment": 1}])
def test_nothing_chosen_decides_nothing(scene: Scene, typed: dict[str, object]) -> None:
    scene.nominated()
    assert scene.organiser.post(scene.queue, typed).status_code == 422


def test_places_are_given_on_approval(scene: Scene) -> None:
    scene.cycle.places = 1
    bruno = factories.person("Bruno", "Casalini", organisation=scene.body)
    first, second = scene.nominated(scene.ada, bruno)  # nominating takes no place
    both = {"enrolment": [first.id, second.id], "decision": "approve"}
    assert scene.organiser.post(scene.queue, both).status_code == 409
    db.session.refresh(first)
    assert first.status is REQUESTED
    one = {"enrolment": first.id, "decision": "approve"}
    assert scene.organiser.post(scene.queue, one).status_code == 303
    other = {"enrolment": second.id, "decision": "approve"}
    assert scene.organiser.post(scene.queue, other).status_code == 409


def test_of_another_cycle_nothing_is_decided_here(scene: Scene) -> None:
    [enrolment] = scene.nominated()
    elsewhere = factories.cycle()
    asked = {"enrolment": enrolment.id, "decision": "approve"}
    answer = scene.organiser.post(f"/cicli/{elsewhere.slug}/iscritti/designazioni", asked)
    assert answer.status_code == 409
    db.session.refresh(enrolment)
    assert enrolment.status is REQUESTED


def test_only_people_of_the_own_body(scene: Scene) -> None:
    stranger = factories.person("Bruno", "Lontano", organisation=factories.organisation())
    assert "Lontano" not in scene.referent.get(scene.path("designa") + "?q=lontano").text
    for number in (stranger.id, 999_999):  # there or not, the answer is one
        assert scene.referent.post(scene.path("designa"), {"person": number}).status_code == 422
    with pytest.raises(UserError), scene.app.test_request_context():
        nominating.nominate(scene.cycle.id, [stranger], scene.body, by=scene.ada.id)
    assert db.session.scalars(select(Enrolment)).all() == []


def test_a_closed_window_takes_nobody(scene: Scene) -> None:
    scene.cycle.enrolment_closes_at = now()
    db.session.commit()
    refused = scene.referent.post(scene.path("designa"), {"person": scene.ada.id})
    assert refused.status_code == 409
    assert (
        scene.cycle.title not in scene.referent.get(f"/referente/{scene.body.id}/designazioni").text
    )


def test_a_list_meets_the_own_body_only(scene: Scene) -> None:
    """Known elsewhere, by name or address: nobody is told, somebody new of the body is added."""
    factories.person(
        "Bruno", "Lontano", email="bruno@example.org", organisation=factories.organisation()
    )
    lines = (
        "Casalini; Ada; ; \nLontano; Bruno; bruno@example.org; \n"
        "Terzi; Dora; ; Comune di Altrove\nnessuno"
    )
    shown = scene.referent.post(scene.path("elenco"), {"people": lines})
    assert "Designa 2 persone" in shown.text
    assert "puoi designare le persone del tuo" in shown.text
    digest = shown.text.split('name="shown"')[1].split('value="')[1].split('"')[0]
    done = scene.referent.post(scene.path("elenco"), {"people": lines, "shown": digest})
    assert done.status_code == 303
    rows = db.session.scalars(select(Enrolment)).all()
    assert {row.family_name for row in rows} == {"Casalini", "Lontano"}
    assert {row.organisation_id for row in rows} == {scene.body.id}
    assert {row.status for row in rows} == {REQUESTED}
    again = scene.referent.post(scene.path("elenco"), {"people": lines})
    assert "Designa 0 persone" in again.text


def test_taking_back_and_declining(scene: Scene) -> None:
    [enrolment] = scene.nominated()
    back = f"/referente/{scene.body.id}/designazioni/{enrolment.id}/ritira"
    other = factories.organisation()
    foreign = PercorsoClient(scene.app).sign_in(factories.referent(other))
    assert foreign.get(back).status_code == 404
    assert foreign.get(back.replace(str(scene.body.id), str(other.id), 1)).status_code == 404
    assert "Ritirare la designazione" in scene.referent.get(back).text
    assert scene.referent.post(back, {"reason": "Cambio di ufficio"}).status_code == 303
    db.session.refresh(enrolment)
    assert enrolment.status is EnrolmentStatus.WITHDRAWN
    assert scene.referent.get(back).status_code == 303  # nothing waits any more
    scene.nominated()
    own = PercorsoClient(scene.app).sign_in(scene.ada)
    assert "Hai una designazione" in own.get(f"/cicli/{scene.cycle.slug}").text
    assert own.post(f"/iscrizioni/{enrolment.id}/ritiro", {}).status_code == 303
    db.session.refresh(enrolment)
    assert enrolment.status is EnrolmentStatus.WITHDRAWN


def test_who_is_only_nominated_takes_part_in_nothing(scene: Scene) -> None:
    taught = TaughtCycle(1, closed=False)
    waiting = factories.enrolment(taught.cycle, scene.ada, status=REQUESTED)
    own = PercorsoClient(scene.app).sign_in(scene.ada)
    assert taught.cycle.title not in own.get("/calendario").text
    assert own.get(f"/i-miei-cicli/{taught.cycle.slug}").status_code == 404
    lesson = taught.lessons[0]
    assert "Casalini" not in scene.organiser.get(f"/incontri/{lesson.id}/registro").text
    assert "Casalini" not in scene.organiser.get(f"/cicli/{taught.cycle.slug}/attestati").text
    why = f"/incontri/{lesson.id}/registro/{waiting.id}"
    assert scene.organiser.get(why).status_code == 404
    marks = {
        f"mark-{waiting.id}": "present",
        f"minutes-{waiting.id}": "",
        f"was-{waiting.id}": "0::0",
    }
    scene.organiser.post(f"/incontri/{lesson.id}/registro", marks)
    assert "Casalini" not in scene.organiser.get(f"/incontri/{lesson.id}/registro").text


def test_enrolled_from_the_approval_on(scene: Scene) -> None:
    """Lessons before the answer are not due; who comes back keeps the first date."""
    earlier = now().replace(year=now().year - 1)
    with frozen(earlier):
        [first] = nominating.nominate(scene.cycle.id, [scene.ada], scene.body, by=scene.ada.id)
        db.session.commit()
    nominating.approve(scene.cycle.id, [first.id], by=scene.ada.id)
    db.session.commit()
    enrolled = first.enrolled_at
    assert (enrolled - earlier).days > 300
    first.status = EnrolmentStatus.WITHDRAWN
    db.session.commit()
    nominating.nominate(scene.cycle.id, [scene.ada], scene.body, by=scene.ada.id)
    nominating.approve(scene.cycle.id, [first.id], by=scene.ada.id)
    db.session.commit()
    assert first.enrolled_at == enrolled


def test_the_last_place_is_approved_once(scene: Scene) -> None:
    """ASVS 2.3.4."""
    scene.cycle.places = 1
    people = [factories.person(organisation=scene.body) for _each in range(2)]
    cycle_id, by = scene.cycle.id, scene.ada.id
    waiting = [row.id for row in nominating.nominate(cycle_id, people, scene.body, by=by)]
    db.session.commit()
    gate, refused = threading.Barrier(2), []

    def decide(number: int) -> None:
        with scene.app.app_context(), scene.app.test_request_context():
            gate.wait(20)
            try:
                nominating.approve(cycle_id, [number], by=by)
                db.session.commit()
            except UserError:
                db.session.rollback()
                refused.append(number)

    threads = [threading.Thread(target=decide, args=[number]) for number in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.expire_all()
    confirmed = select(Enrolment.id).where(Enrolment.status == CONFIRMED)
    assert len(db.session.scalars(confirmed).all()) == 1
    assert len(refused) == 1
