"""A cycle that asks for the tax code: at enrolment, in a pasted list, in the organisers' lists."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from lms.accounts import tax_code_rules, tax_codes
from lms.accounts.models import Person
from lms.accounts.tax_codes import TaxCodeSource, set_tax_code
from lms.catalogue.models import Cycle, TaxCodePolicy
from lms.enrolment.models import Enrolment
from lms.extensions import db
from tests import factories
from tests.accounts.codes import ROSSI, code_of
from tests.client import PercorsoClient
from tests.counting import statements

PATH = "/cicli/c/iscrizione"
LIST = "/cicli/c/iscritti/elenco"


def asking(policy: TaxCodePolicy) -> Cycle:
    return factories.cycle(slug="c", tax_code_policy=policy)


def enrolled() -> int:
    return db.session.scalar(select(func.count(Enrolment.id))) or 0


def paste(office: PercorsoClient, people: str) -> str:
    """Look at the list, save it as it was shown; returns the first page."""
    page = office.post(LIST, {"people": people}).text
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page)
    assert found
    response = office.post(LIST, {"people": people, "shown": found.group(1)})
    assert response.status_code == 303
    return page


@pytest.mark.parametrize("policy", list(TaxCodePolicy))
def test_enrolling_without_a_code(client: PercorsoClient, policy: TaxCodePolicy) -> None:
    cycle = asking(policy)
    client.sign_in(factories.read_notice(factories.person("Mario", "Rossi")))
    asks = policy is not TaxCodePolicy.NOT_ASKED
    # Where it is asked, the cycle's page leads to the form instead of enrolling with a click.
    assert (f'action="{PATH}"' in client.get(f"/cicli/{cycle.slug}").text) is not asks
    assert ('name="tax_code"' in client.get(PATH).text) is asks
    response = client.post(PATH, {"notice": "y"})
    required = policy is TaxCodePolicy.REQUIRED
    assert response.status_code == (422 if required else 303)
    assert enrolled() == (0 if required else 1)


def test_a_code_given_at_enrolment_is_kept_and_asked_no_more(client: PercorsoClient) -> None:
    asking(TaxCodePolicy.REQUIRED)
    person = factories.person("Mario", "Rossi")
    client.sign_in(person)
    response = client.post(PATH, {"tax_code": ROSSI[:-1] + "?", "notice": "y"})
    assert response.status_code == 422
    assert (enrolled(), tax_codes.tax_code_of(person.id)) == (0, None)
    assert client.post(PATH, {"tax_code": ROSSI, "notice": "y"}).status_code == 303
    row = tax_codes.tax_code_of(person.id)
    assert row is not None
    assert row.source is TaxCodeSource.DECLARED
    factories.cycle(slug="d", tax_code_policy=TaxCodePolicy.REQUIRED)
    page = client.get("/cicli/d/iscrizione").text
    assert tax_code_rules.masked(ROSSI) in page
    assert 'name="tax_code"' not in page
    assert client.post("/cicli/d/iscrizione", {"notice": "y"}).status_code == 303


def test_organisers_set_the_policy_and_see_who_lacks_a_code(client: PercorsoClient) -> None:
    cycle = asking(TaxCodePolicy.REQUIRED)
    with_code, without = factories.person("Mario", "Rossi"), factories.person("Ada", "Bianchi")
    set_tax_code(with_code, ROSSI, by=None)
    for person in (with_code, without):
        factories.enrolment(cycle, person)
    client.sign_in(factories.organiser())
    page = client.get("/cicli/c/iscritti").text
    assert page.count("Codice fiscale mancante") == 1
    assert 'value="required" checked' in client.get("/cicli/c/modifica").text


def test_a_pasted_code_finds_its_person_whatever_the_mail(client: PercorsoClient) -> None:
    asking(TaxCodePolicy.OPTIONAL)
    known = factories.person("Mario", "Rossi", email="vecchia@example.org")
    factories.person("Mario", "Rossi", email="altro@example.org")
    set_tax_code(known, ROSSI, by=None)
    client.sign_in(factories.organiser())
    new = code_of("BNCDAA")
    page = paste(client, f"Rossi;Mario;nuova@example.org;;{ROSSI}\nBianchi;Ada;;;{new}\n")
    assert tax_code_rules.masked(new) in page
    rows = db.session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
    assert [row.full_name for row in rows] == ["Mario Rossi", "Ada Bianchi"]
    assert rows[0].person_id == known.id
    found = tax_codes.person_by_tax_code(new)
    assert found is not None
    assert found.id == rows[1].person_id


def test_a_doubtful_code_is_left_to_a_human(client: PercorsoClient) -> None:
    asking(TaxCodePolicy.OPTIONAL)
    person = factories.person("Mario", "Rossi", email="mario@example.org")
    declared = factories.person("Ada", "Bianchi", email="ada@example.org")
    set_tax_code(person, ROSSI, by=None)
    set_tax_code(declared, code_of("BNCDAA"), by=declared.id)
    client.sign_in(factories.organiser())
    other = code_of("RSSMRA", "81A01")
    page = client.post(
        LIST,
        {
            "people": f"Rossi;Mario;mario@example.org;;{other}\n"
            f"Verdi;Leo;;;{ROSSI}\n"
            f"Bianchi;Ada;ada@example.org;;{code_of('BNCDAA')}\n"
        },
    ).text
    for words in ("con un altro codice fiscale", "appartiene a una persona con un altro nome",
                  "Iscrivi 1 persona"):  # fmt: skip
        assert words in page
    # A list does not turn what somebody only declared into what sign-in may trust.
    paste(client, f"Bianchi;Ada;ada@example.org;;{code_of('BNCDAA')}\n")
    assert tax_codes.person_by_tax_code(code_of("BNCDAA")) is None


def test_codes_cost_the_same_questions_for_one_line_and_for_many(client: PercorsoClient) -> None:
    asking(TaxCodePolicy.OPTIONAL)
    client.sign_in(factories.organiser())
    client.token()
    lines = [f"Rossi;Mario {n};;;{code_of('RSSMRA', place=f'H{n:03}')}" for n in range(40)]
    with statements() as few:
        client.post(LIST, {"people": lines[0]})
    with statements() as many:
        client.post(LIST, {"people": "\n".join(lines)})
    assert len(many) == len(few)
    assert db.session.scalar(select(func.count(Person.id))) == 1
