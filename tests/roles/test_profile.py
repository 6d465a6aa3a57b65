"""One's own profile names each role with what it is for."""

from __future__ import annotations

import re

from lms.accounts.models import StaffRole
from lms.accounts.roles import end_grant, grant_role
from lms.catalogue.models import CycleTrainer
from lms.extensions import db
from lms.roles.queries import CYCLES_NAMED
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements


def shown(client: PercorsoClient) -> str:
    page = client.get("/profilo").text
    found = re.search(r'<section[^>]*aria-labelledby="roles">(.*?)</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


def test_each_role_with_its_scope(client: PercorsoClient) -> None:
    person, track = factories.person(), factories.cycle().track
    body = factories.organisation("Comune di Prova Bassa")
    client.sign_in(person)
    assert shown(client) == ""
    grant_role(person, StaffRole.REFERENT, by=None, organisation_id=body.id)
    grant_role(person, StaffRole.AUDITOR, by=None, track_id=track.id)
    everywhere = grant_role(person, StaffRole.ORGANISER, by=None)
    db.session.add(
        CycleTrainer(cycle_id=factories.cycle(title="Il mio ciclo").id, person_id=person.id)
    )
    db.session.commit()
    page = shown(client)
    for role, scope in (
        ("Referente dell’ente", "Comune di Prova Bassa"), ("Revisore", track.title),
        ("Segreteria", "tutti i percorsi"), ("Docente", "Il mio ciclo"),
    ):  # fmt: skip
        assert re.search(f"{role} {scope}", page), (role, page)
    end_grant(everywhere, by=None)
    db.session.commit()
    assert "Segreteria" not in shown(client)


def test_many_cycles_cost_no_more_and_do_not_fill_the_page(client: PercorsoClient) -> None:
    person = factories.person()
    client.sign_in(person)
    for _number in range(CYCLES_NAMED + 2):
        db.session.add(CycleTrainer(cycle_id=factories.cycle().id, person_id=person.id))
    db.session.commit()
    with statements() as asked:
        assert "e 2 altri cicli" in shown(client)
    assert len(asked) <= 8
