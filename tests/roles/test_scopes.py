"""The organiser of one track: every list holds what is theirs, with another track's rows beside.

Weakness 31. Each name below is one that only the other track knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account, Person, PersonEmail, RoleGrant, StaffRole
from lms.catalogue.models import CycleTrainer
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests import factories
from tests.client import PercorsoClient


@dataclass
class Scene:
    app: Flask
    client: PercorsoClient
    own: Enrolment
    foreign: Enrolment
    shared: Person

    @property
    def own_cycle(self) -> str:
        return f"/cicli/{self.own.cycle.slug}"


@pytest.fixture
def scene(app: Flask) -> Scene:
    mine, other = factories.track(title="Percorso mio"), factories.track(title="Percorso altrui")
    own = factories.enrolment(
        factories.cycle(track=mine, title="Ciclo mio"), factories.person("Ada", "Nostra")
    )
    far = factories.cycle(track=other, title="Ciclo altrui")
    body = factories.organisation("Comune di Altrove")
    foreign = factories.enrolment(
        far, factories.person("Bruno", "Lontano", organisation=body, email="bruno@example.org")
    )
    factories.lesson(factories.module(far), title="Incontro altrui")
    shared = factories.person("Carla", "Comune")
    factories.enrolment(own.cycle, shared)
    factories.enrolment(far, shared)
    organiser = factories.staff(StaffRole.ORGANISER, track=mine, given_name="Olga")
    return Scene(app, PercorsoClient(app).sign_in(organiser), own, foreign, shared)


def test_every_list_holds_own_tracks_only(scene: Scene) -> None:
    """ASVS 8.4.1."""
    person = scene.own.person_id
    for path, seen in (
        ("/", "Ciclo mio"),
        ("/gestione/percorsi", "Percorso mio"),
        ("/gestione/cicli", "Ciclo mio"),
        ("/gestione/cicli/nuovo", "Percorso mio"),
        ("/persone", "Nostra"),
        (f"/persone/{person}", "Ciclo mio"),
        (f"/persone/{scene.shared.id}", "Ciclo mio"),
        ("/persone?q=lontano", "Nessuna persona"),
        ("/persone?q=altrove", "Nessuna persona"),
        (f"{scene.own_cycle}/iscritti", "Nostra"),
        (f"{scene.own_cycle}/iscritti.csv", "Nostra"),
        (f"{scene.own_cycle}/iscritti/aggiungi", "Iscrivi"),
        (f"{scene.own_cycle}/iscritti/aggiungi?q=lontano", "Nuova persona"),
        (f"{scene.own_cycle}/docenti?q=lontano", "Nessuna persona trovata"),
        (f"{scene.own_cycle}/registri", "Registri"),
        (f"{scene.own_cycle}/attestati", "Nostra"),
    ):
        answer = scene.client.get(path)
        assert answer.status_code == 200, path
        assert seen in answer.text, path
        for name in ("Lontano", "Ciclo altrui", "Percorso altrui", "Incontro altrui"):
            assert name not in answer.text, (path, name)


def test_another_tracks_objects_are_refused(scene: Scene) -> None:
    """ASVS 8.4.1."""
    far = scene.foreign.cycle.slug
    for path, status in (
        (f"/cicli/{far}/gestione", 403),
        (f"/cicli/{far}/iscritti", 403),
        (f"/cicli/{far}/iscritti.csv", 403),
        (f"/cicli/{far}/registri", 403),
        (f"/cicli/{far}/attestati", 403),
        (f"/iscrizioni/{scene.foreign.id}", 404),
        (f"/persone/{scene.foreign.person_id}", 403),
        (f"/gestione/percorsi/{scene.foreign.cycle.track.slug}/modifica", 403),
        ("/gestione/percorsi/nuovo", 403),
        (f"/enti/{scene.foreign.organisation_id}/modifica", 403),
        (f"/enti/{scene.foreign.organisation_id}/referenti", 403),
        (f"/persone/{scene.own.person_id}/accesso", 403),
        (f"/persone/{scene.own.person_id}/ruoli", 403),
    ):
        assert scene.client.get(path).status_code == status, path


def test_a_cycle_is_not_added_to_another_track(scene: Scene) -> None:
    typed = {"track": scene.foreign.cycle.track_id, "title": "Ciclo infilato", "code": "INF-1"}
    assert scene.client.post("/gestione/cicli/nuovo", typed).status_code == 422


def test_who_a_person_is_changes_only_who_has_them_alone(scene: Scene) -> None:
    """Known to another track, or with a role: whoever organises all tracks changes their data."""
    assert scene.client.get(f"/persone/{scene.own.person_id}/modifica").status_code == 200
    assert scene.client.get(f"/persone/{scene.shared.id}/modifica").status_code == 403
    assert "anche altrove" in scene.client.get(f"/persone/{scene.shared.id}").text
    factories.grant(scene.own.person, StaffRole.ADMINISTRATOR)
    assert scene.client.get(f"/persone/{scene.own.person_id}/modifica").status_code == 403


def test_who_is_added_stays_in_sight_and_gets_no_account(scene: Scene) -> None:
    page = scene.client.get("/persone/nuova").text
    assert "with_account" not in page
    typed = {
        "given_name": "Dora", "family_name": "Nuova", "emails": "dora@example.org",
        "with_account": "y", "password": "tre parole qualunque",
    }  # fmt: skip
    added = scene.client.post("/persone/nuova", typed)
    assert added.status_code == 303
    assert scene.client.get(added.location).status_code == 200
    assert "Nuova" in scene.client.get("/persone").text
    number = int(added.location.rsplit("/", 1)[1])
    assert db.session.scalar(select(Account).where(Account.person_id == number)) is None
    # A namesake of another track is not told of.
    twin = {"given_name": "Bruno", "family_name": "Lontano", "emails": ""}
    assert scene.client.post("/persone/nuova", twin).status_code == 303


def test_somebody_elsewhere_is_found_by_the_whole_address_only(scene: Scene) -> None:
    for place in ("iscritti/aggiungi", "docenti"):
        assert "Lontano" not in scene.client.get(f"{scene.own_cycle}/{place}?q=bruno@").text
        found = scene.client.get(f"{scene.own_cycle}/{place}?q=bruno@example.org").text
        assert "Lontano" in found
    foreign = scene.foreign.person_id
    add = f"{scene.own_cycle}/iscritti/aggiungi"
    assert scene.client.post(add, {"person": foreign}).status_code == 422
    assert scene.client.post(f"{add}?q=lontano", {"person": foreign}).status_code == 422
    train = f"{scene.own_cycle}/docenti/aggiungi"
    assert scene.client.post(train, {"person_id": foreign}).status_code == 422
    assert db.session.scalars(select(CycleTrainer)).all() == []
    assert scene.client.post(f"{add}?q=bruno@example.org", {"person": foreign}).status_code == 303
    assert scene.client.get(f"/persone/{foreign}").status_code == 200  # now enrolled here too


def test_a_pasted_name_alone_recognises_nobody_elsewhere(scene: Scene) -> None:
    paste = f"{scene.own_cycle}/iscritti/elenco"
    alone = scene.client.post(paste, {"people": "Lontano; Bruno; ; Comune di Altrove"}).text
    assert "Iscrivi 1 persona" in alone
    assert alone.count("Da aggiungere e iscrivere") == 2  # the count above, and the line
    known = scene.client.post(paste, {"people": "Lontano; Bruno; bruno@example.org; "}).text
    assert known.count("Da aggiungere e iscrivere") == 1  # the count, which is none
    assert "Iscrivi 1 persona" in known


def test_a_grant_that_ended_opens_nothing(scene: Scene) -> None:
    """ASVS 8.3.2."""
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.role == StaffRole.ORGANISER)).one()
    grant.ended_at = grant.granted_at
    db.session.commit()
    assert scene.client.get(f"{scene.own_cycle}/iscritti").status_code == 403
    assert scene.client.get("/persone").status_code == 403


def test_several_tracks_are_several_grants(scene: Scene) -> None:
    person = db.session.get_one(
        Person, db.session.scalars(select(RoleGrant.person_id)).first() or 0
    )
    factories.grant(person, StaffRole.ORGANISER, track=scene.foreign.cycle.track)
    page = scene.client.get("/gestione/cicli").text
    assert "Ciclo mio" in page
    assert "Ciclo altrui" in page
    third = factories.cycle(title="Ciclo terzo")
    assert scene.client.get(f"/cicli/{third.slug}/gestione").status_code == 403
    assert "Ciclo terzo" not in scene.client.get("/gestione/cicli").text


def test_a_trainer_who_organises_elsewhere_keeps_both(scene: Scene) -> None:
    person = db.session.scalars(select(RoleGrant.person_id)).one()
    db.session.add(CycleTrainer(cycle_id=scene.foreign.cycle_id, person_id=person))
    db.session.commit()
    assert "Ciclo altrui" in scene.client.get("/gestione/cicli").text
    far = scene.foreign.cycle.slug
    assert scene.client.get(f"/cicli/{far}/registri").status_code == 200
    assert scene.client.get(f"/cicli/{far}/modifica").status_code == 403


def test_mail_addresses_of_a_person_are_one_owner(scene: Scene) -> None:
    addresses = select(PersonEmail.address).where(PersonEmail.person_id == scene.own.person_id)
    [address] = db.session.scalars(addresses).all()
    typed = {"given_name": "Ada", "family_name": "Nostra", "emails": address}
    edit = f"/persone/{scene.own.person_id}/modifica"
    assert scene.client.post(edit, typed).status_code == 303
    assert scene.client.post(f"/persone/{scene.shared.id}/modifica", typed).status_code == 403
