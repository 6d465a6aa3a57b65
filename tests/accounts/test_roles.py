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
from tests import factories
from tests.accounts.people import with_account
from tests.client import PercorsoClient


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
    assert boss.post(f"{base}/organiser/assegna").location == base
    assert boss.post(f"{base}/organiser/assegna").status_code == 303  # twice is once
    assert browser.get("/persone").status_code == 200
    assert boss.post(f"{base}/organiser/togli").status_code == 303
    assert browser.get("/persone").status_code == 403
    page = boss.get(base).text
    assert page.count("(Carla Capo)") == 2
    lines = queries.history_of_roles(person.id)
    assert [(line.role, line.granted_by, line.ended_by) for line in lines] == [
        (StaffRole.ORGANISER, "Carla Capo", "Carla Capo")
    ]


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
    own = db.session.scalars(select(RoleGrant.person_id)).one()
    response = boss.post(f"/persone/{own}/ruoli/administrator/togli")
    assert response.status_code == 409
    assert "ultimo amministratore" in response.text


@pytest.mark.parametrize("hindrance", ["no account", "no password", "disabled"])
def test_an_administrator_who_cannot_sign_in_does_not_count(
    boss: PercorsoClient, hindrance: str
) -> None:
    own = db.session.scalars(select(RoleGrant.person_id)).one()
    other = factories.administrator()
    if hindrance != "no account":
        account = with_account("altra@example.org", other)
        if hindrance == "disabled":
            account.is_active = False
        else:
            account.password_hash = None
    assert boss.post(f"/persone/{own}/ruoli/administrator/togli").status_code == 409


def test_one_of_two_may_go(boss: PercorsoClient) -> None:
    own = db.session.scalars(select(RoleGrant.person_id)).one()
    with_account("altra@example.org", factories.administrator())
    assert boss.post(f"/persone/{own}/ruoli/administrator/togli").status_code == 303
    assert boss.get(f"/persone/{own}/ruoli").status_code == 403


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
                roles.end_role(db.session.get_one(factories.Person, target),
                               StaffRole.ADMINISTRATOR, by=by)  # fmt: skip
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
