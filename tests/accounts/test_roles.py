"""Roles are given and ended by administrators, with a history, and never the last one's."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import queries, roles
from lms.accounts.models import RoleGrant, StaffRole
from lms.errors import UserError
from lms.extensions import db
from lms.roles.queries import history
from tests import factories
from tests.accounts.people import with_account
from tests.client import PercorsoClient

WHY = {"reason": "Fine dell’incarico"}


@pytest.fixture
def boss(client: PercorsoClient) -> PercorsoClient:
    admin = factories.administrator(given_name="Carla", family_name="Capo")
    with_account("capo@example.org", admin)
    return client.sign_in(admin)


def test_giving_and_ending_leave_a_history(app: Flask, boss: PercorsoClient) -> None:
    person = factories.person("Ada", "Prova")
    base = f"/persone/{person.id}/ruoli"
    browser = PercorsoClient(app).sign_in(person)
    assert browser.get("/persone").status_code == 403
    assert "Ada Prova: assegnare il ruolo" in boss.get(f"{base}/organiser/assegna").text
    everywhere = {"reach": "all", "reason": "Ordine di servizio 12"}
    assert boss.post(f"{base}/organiser/assegna", everywhere).location == base
    assert boss.post(f"{base}/organiser/assegna", everywhere).status_code == 303  # twice is once
    assert browser.get("/persone").status_code == 200
    [grant] = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id))
    assert boss.post(f"{base}/{grant.id}/togli", {"reason": "Altro ufficio"}).status_code == 303
    assert browser.get("/persone").status_code == 403
    page = boss.get(base).text
    assert page.count("(Carla Capo)") == 2
    assert "Ordine di servizio 12" in page
    assert "Altro ufficio" in page
    lines = history(person.id)
    assert [(line.grant.role, line.scope, line.granted_by, line.ended_by) for line in lines] == [
        (StaffRole.ORGANISER, None, "Carla Capo", "Carla Capo")
    ]


def test_a_role_says_what_it_is_for_and_why(boss: PercorsoClient) -> None:
    """Nothing typed gives nothing: least of all everything."""
    person, track = factories.person(), factories.track()
    address = f"/persone/{person.id}/ruoli/%s/assegna"
    for role, typed in (
        ("organiser", {"reason": "perché"}),
        ("organiser", {"reach": "some", "reason": "perché"}),
        ("organiser", {"reach": "all"}),
        ("organiser", {"reach": "some", "tracks": "999999", "reason": "perché"}),
        ("auditor", {"reason": "perché"}),
        ("auditor", {"reach": "all", "reason": "perché"}),
        ("administrator", {}),
    ):
        assert boss.post(address % role, typed).status_code == 422, (role, typed)
    assert history(person.id) == []
    chosen = {"reach": "some", "tracks": [track.id, factories.track().id], "reason": "Incarico"}
    assert boss.post(address % "organiser", chosen).status_code == 303
    assert boss.post(address % "auditor", {"tracks": track.id, "reason": "x"}).status_code == 303
    held = [(line.grant.role.value, line.scope) for line in history(person.id)]
    assert len(held) == 3
    assert ("auditor", track.title) in held
    assert ("organiser", track.title) in held


def test_a_grant_of_another_person_is_not_ended_here(boss: PercorsoClient) -> None:
    one, other = factories.organiser(), factories.organiser()
    [grant] = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == other.id))
    typed = {"reason": "prova"}
    assert boss.post(f"/persone/{one.id}/ruoli/{grant.id}/togli", typed).status_code == 404
    assert queries.holds_role(other.id, StaffRole.ORGANISER)


@pytest.mark.parametrize("role", ["trainer", "root", "ORGANISER", "organiser'", "%00"])
def test_other_roles_do_not_exist(boss: PercorsoClient, role: str) -> None:
    person = factories.person()
    assert boss.post(f"/persone/{person.id}/ruoli/{role}/assegna").status_code == 404


def test_organisers_change_no_roles(client: PercorsoClient) -> None:
    organiser = factories.organiser()
    client.sign_in(organiser)
    assert client.get(f"/persone/{organiser.id}/ruoli").status_code == 403
    for role in StaffRole:
        assert client.post(f"/persone/{organiser.id}/ruoli/{role}/assegna").status_code == 403
    assert not queries.holds_role(organiser.id, StaffRole.ADMINISTRATOR)


def test_the_last_administrator_stays(boss: PercorsoClient) -> None:
    own = db.session.scalars(select(RoleGrant)).one()
    response = boss.post(f"/persone/{own.person_id}/ruoli/{own.id}/togli", WHY)
    assert response.status_code == 409
    assert "ultimo amministratore" in response.text


@pytest.mark.parametrize("hindrance", ["no account", "no password", "disabled"])
def test_an_administrator_who_cannot_sign_in_does_not_count(
    boss: PercorsoClient, hindrance: str
) -> None:
    own = db.session.scalars(select(RoleGrant)).one()
    other = factories.administrator()
    if hindrance != "no account":
        account = with_account("altra@example.org", other)
        if hindrance == "disabled":
            account.is_active = False
        else:
            account.password_hash = None
    assert boss.post(f"/persone/{own.person_id}/ruoli/{own.id}/togli", WHY).status_code == 409


def test_one_of_two_may_go(boss: PercorsoClient) -> None:
    own = db.session.scalars(select(RoleGrant)).one()
    with_account("altra@example.org", factories.administrator())
    assert boss.post(f"/persone/{own.person_id}/ruoli/{own.id}/togli", WHY).status_code == 303
    assert boss.get(f"/persone/{own.person_id}/ruoli").status_code == 403


def test_two_administrators_do_not_end_each_other(app: Flask) -> None:
    people = [factories.administrator().id for _each in range(2)]
    for number, person_id in enumerate(people):
        person = db.session.get_one(factories.Person, person_id)
        with_account(f"capo{number}@example.org", person)
    db.session.commit()
    gate, refused = threading.Barrier(2), []

    def end(target: int, by: int) -> None:
        with app.app_context():
            gate.wait(20)
            try:
                held = select(RoleGrant).where(RoleGrant.person_id == target)
                roles.end_grant(db.session.scalars(held).one(), by=by)
                db.session.commit()
            except UserError:
                db.session.rollback()
                refused.append(target)

    threads = [threading.Thread(target=end, args=pair) for pair in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    held = select(func.count(RoleGrant.id)).where(RoleGrant.ended_at.is_(None))
    assert db.session.scalar(held) == 1
    assert len(refused) == 1
