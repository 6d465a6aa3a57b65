"""The organisers' pages about people: finding, adding, editing, letting in and keeping out."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts import queries
from lms.accounts.models import Account, Person
from lms.audit import AuditEvent
from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationKind
from tests import factories
from tests.accounts.people import PASSWORD, is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT, assert_harmless


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    """A browser in which an organiser is signed in."""
    return client.sign_in(factories.organiser(given_name="Olga", family_name="Segreteria"))


def the_person(family_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.family_name == family_name)).one()


def actions_noted() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.mark.parametrize(
    "text",
    ["rossi", "ROSSI nicolo", "Nicolò Rossi", "forli", "FORLÌ rossi", "nico@example", "d arco",
     "d’arco"],
)  # fmt: skip
def test_people_are_found_by_name_mail_and_organisation(office: PercorsoClient, text: str) -> None:
    body = factories.organisation("Comune di Forlì")
    factories.person("Nicolò", "Rossi", organisation=body, email="nico@example.org")
    factories.person("Ada", "D'Arco", email="altra@example.org", organisation=body)
    page = office.get("/persone", query_string={"q": text}).text
    assert ("Rossi Nicolò" in page) is ("arco" not in text)
    assert ("D&#39;Arco Ada" in page) is ("arco" in text or text == "forli")


@pytest.mark.parametrize(
    "text", ["%", "_", "/%", "'", '"', "\\", "' OR 1=1 --", "\0", "rossi x" * 30]
)
def test_signs_of_sql_are_plain_text(office: PercorsoClient, text: str) -> None:
    """Weakness 16."""
    factories.person("Nicolò", "Rossi", email="nico@example.org")
    response = office.get("/persone", query_string={"q": text})
    assert response.status_code == 200
    shown_all = not text.strip("\0")
    assert ("Rossi Nicolò" in response.text) is shown_all


def test_the_list_has_pages_and_an_empty_state(office: PercorsoClient) -> None:
    for number in range(30):
        factories.person("Ada", f"Prova {number:02}")
    first, second = office.get("/persone").text, office.get("/persone?page=2").text
    assert "Prova 00 Ada" in first
    assert "Prova 29 Ada" not in first
    assert "Prova 29 Ada" in second
    assert office.get("/persone?page=99").text.count("Prova 29 Ada") == 1
    assert "Nessuna persona corrisponde" in office.get("/persone?q=zzz").text


def test_the_list_costs_the_same_for_one_and_for_many(office: PercorsoClient) -> None:
    with statements() as few:
        office.get("/persone")
    for number in range(40):
        person = factories.person(organisation=factories.organisation())
        with_account(f"account{number}@example.org", person)
    with statements() as many:
        office.get("/persone?q=prova")
    assert len(many) <= len(few) <= 8


def test_adding_a_person_with_an_account(app: Flask, office: PercorsoClient) -> None:
    body = factories.organisation("Comune di Forlì")
    response = office.post(
        "/persone/nuova",
        {"given_name": "  Nicolò ", "family_name": "De  Rossi", "organisation": "comune di forli",
         "emails": "Nico@example.org\nufficio@example.org", "with_account": "y",
         "password": PASSWORD},
    )  # fmt: skip
    person = the_person("De Rossi")
    assert response.location == f"/persone/{person.id}"
    assert person.full_name == "Nicolò De Rossi"
    assert person.organisation_id == body.id
    emails = queries.emails_of([person.id])[person.id]
    assert emails == ["nico@example.org", "ufficio@example.org"]
    assert sign_in(PercorsoClient(app), "nico@example.org").status_code == 303
    assert {"person.added", "account.opened"} <= set(actions_noted())


def test_adding_a_person_without_an_account_or_anything(office: PercorsoClient) -> None:
    response = office.post("/persone/nuova", {"given_name": "Ada", "family_name": "Sola"})
    assert response.status_code == 303
    assert queries.account_of(the_person("Sola").id) is None


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"given_name": "", "family_name": ""}, "Scrivi il cognome"),
        ({"given_name": "\0\u202e"}, "Scrivi il nome"),
        ({"given_name": "A" * 121}, "120"),
        ({"emails": "non un indirizzo"}, "non è un indirizzo e-mail"),
        ({"emails": "a@example.org\r\nBcc:b@example.org"}, "non è un indirizzo e-mail"),
        ({"emails": "\n".join(f"a{n}@example.org" for n in range(11))}, "Al massimo 10"),
        ({"with_account": "y", "emails": "", "password": PASSWORD}, "serve un indirizzo"),
        ({"with_account": "y", "password": "corta"}, "almeno 12 caratteri"),
        ({"with_account": "y", "password": "Password1234"}, "Troppo facile"),
        ({"organisation": "X" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    office: PercorsoClient, fields: dict[str, str], complaint: str
) -> None:
    typed = {"given_name": "Ada", "family_name": "Tenuta", "emails": "ada@example.org", **fields}
    response = office.post("/persone/nuova", typed)
    assert response.status_code == 422
    assert complaint in response.text
    if fields.get("family_name") != "":
        assert 'value="Tenuta"' in response.text
    assert PASSWORD not in response.text
    assert db.session.scalar(select(func.count(Person.id))) == 1  # the organiser


def test_a_twin_is_shown_before_one_is_made(office: PercorsoClient) -> None:
    known = factories.person("Ada", "Gemelli", email="ada@example.org")
    fields = {"given_name": "ADA", "family_name": "Gèmelli"}
    response = office.post("/persone/nuova", fields)
    assert response.status_code == 422
    assert f'href="/persone/{known.id}"' in response.text
    by_mail = office.post(
        "/persone/nuova", {"given_name": "X", "family_name": "Y", "emails": "ADA@example.org"}
    )
    assert f'href="/persone/{known.id}"' in by_mail.text
    assert office.post("/persone/nuova", {**fields, "really_new": "y"}).status_code == 303


def test_an_address_signs_in_one_person_only(office: PercorsoClient) -> None:
    with_account("ada@example.org")
    response = office.post(
        "/persone/nuova",
        {"given_name": "Nuova", "family_name": "Persona", "emails": "ada@example.org",
         "really_new": "y", "with_account": "y", "password": PASSWORD},
    )  # fmt: skip
    assert response.status_code == 422
    assert "accede un’altra persona" in response.text
    assert db.session.scalar(select(func.count(Person.id))) == 2, "half a deed is none"


def test_namesakes_among_organisations_are_asked(office: PercorsoClient) -> None:
    in_turin = factories.organisation("Comune di Samone", province_code="TO")
    factories.organisation("Comune di Samone", province_code="TN")
    fields = {"given_name": "Ada", "family_name": "Samone", "organisation": "Comune di Samone"}
    asked = office.post("/persone/nuova", fields)
    assert asked.status_code == 422
    assert "Comune di Samone (TO)" in asked.text
    assert "Comune di Samone (TN)" in asked.text
    answer = {**fields, "organisation_choice": str(in_turin.id)}
    assert office.post("/persone/nuova", answer).status_code == 303
    assert the_person("Samone").organisation_id == in_turin.id


def test_the_answer_stays_when_another_field_sends_the_page_back(office: PercorsoClient) -> None:
    factories.organisation("Comune di Samone", province_code="TO")
    chosen = factories.organisation("Comune di Samone", province_code="TN")
    factories.person("Ada", "Gemelli")
    fields = {"given_name": "Ada", "family_name": "Gemelli", "organisation": "Comune di Samone",
              "organisation_choice": str(chosen.id)}  # fmt: skip
    page = office.post("/persone/nuova", fields).text
    assert f'value="{chosen.id}" checked' in page
    assert "Scegli l’ente" not in page
    assert office.post("/persone/nuova", {**fields, "really_new": "y"}).status_code == 303


def test_part_of_a_name_is_asked_and_a_new_organisation_can_be_added(
    office: PercorsoClient,
) -> None:
    factories.organisation("Comune di Forlì")
    fields = {"given_name": "Ada", "family_name": "Nuova", "organisation": "Associazione Ponte"}
    asked = office.post("/persone/nuova", fields)
    assert asked.status_code == 422
    assert 'value="third_sector" selected' in asked.text.replace("selected ", "selected ") or (
        'selected value="third_sector"' in asked.text
    )
    part = office.post("/persone/nuova", {**fields, "organisation": "forli"})
    assert "Comune di Forlì" in part.text
    new = {**fields, "organisation_choice": "new", "organisation_kind": "third_sector"}
    assert office.post("/persone/nuova", new).status_code == 303
    body = the_person("Nuova").organisation
    assert body is not None
    assert (body.name, body.kind) == ("Associazione Ponte", OrganisationKind.THIRD_SECTOR)


@pytest.mark.parametrize("choice", ["999999", "x", "-1", "new"])
def test_a_forged_choice_of_organisation_is_asked_again(
    office: PercorsoClient, choice: str
) -> None:
    other = factories.organisation("Regione Altrove")
    forged = str(other.id) if choice == "-1" else choice
    fields = {"given_name": "Ada", "family_name": "Forgia", "organisation": "Comune di Nulla",
              "organisation_choice": forged, "organisation_kind": "pirates"}  # fmt: skip
    assert office.post("/persone/nuova", fields).status_code == 422
    assert db.session.scalar(select(func.count(Organisation.id))) == 1


def test_editing_keeps_what_is_not_touched(office: PercorsoClient) -> None:
    first = factories.organisation("Comune di Samone", province_code="TO")
    factories.organisation("Comune di Samone", province_code="TN")
    person = factories.person("Ada", "Vecchia", organisation=first, email="ada@example.org")
    page = office.get(f"/persone/{person.id}/modifica").text
    assert 'value="Vecchia"' in page
    assert "ada@example.org</textarea>" in page
    response = office.post(
        f"/persone/{person.id}/modifica",
        {"given_name": "Ada", "family_name": "Nùova", "emails": "ada@example.org b@example.org",
         "organisation": "Comune di Samone"},
    )  # fmt: skip
    assert response.status_code == 303
    db.session.expire_all()
    assert person.organisation_id == first.id, "an unchanged name asks nothing"
    assert person.search_key == "nuova ada"
    assert queries.emails_of([person.id])[person.id] == ["ada@example.org", "b@example.org"]
    emptied = {"given_name": "Ada", "family_name": "Nùova", "emails": "", "organisation": ""}
    office.post(f"/persone/{person.id}/modifica", emptied)
    db.session.expire_all()
    assert person.organisation_id is None
    assert queries.emails_of([person.id])[person.id] == []


def test_opening_an_account_and_setting_a_password(app: Flask, office: PercorsoClient) -> None:
    person = factories.person(email="ada@example.org")
    path = f"/persone/{person.id}/accesso"
    assert 'value="ada@example.org"' in office.get(path).text
    assert office.post(path, {"login": "ada@example.org", "password": ""}).status_code == 422
    fields = {"login": "Ada@example.org", "password": PASSWORD}
    assert office.post(path, fields).status_code == 303
    browser = PercorsoClient(app)
    sign_in(browser, "ada@example.org")
    assert browser.get("/profilo").location == "/profilo/password", "the first is replaced"
    own = {"current": PASSWORD, "password": "il vento di maggio", "again": "il vento di maggio"}
    assert browser.post("/profilo/password", own).status_code == 303
    assert is_signed_in(browser)
    office.post(path, {"login": "nuovo@example.org", "password": ""})
    assert is_signed_in(browser), "another address signs nobody out"
    office.post(path, {"login": "nuovo@example.org", "password": "la neve di aprile"})
    assert not is_signed_in(browser)
    assert sign_in(browser, "nuovo@example.org", "la neve di aprile").status_code == 303
    noted = [deed for deed in actions_noted() if deed != "account.password_changed"]
    assert noted[-3:] == ["account.opened", "account.login_changed", "account.password_set"]


def test_disabling_asks_first_and_enabling_lets_in_again(
    app: Flask, office: PercorsoClient
) -> None:
    account = with_account("ada@example.org")
    base = f"/persone/{account.person_id}/accesso"
    assert "Sospendere" in office.get(f"{base}/sospendi").text
    assert office.post(f"{base}/sospendi").status_code == 303
    assert sign_in(PercorsoClient(app), "ada@example.org").status_code == 422
    assert office.post(f"{base}/riattiva").status_code == 303
    assert sign_in(PercorsoClient(app), "ada@example.org").status_code == 303
    assert office.post(f"{base}/sospendi", csrf=False).status_code == 400


def test_organisers_do_not_touch_the_accounts_of_staff(app: Flask, office: PercorsoClient) -> None:
    """Or one could become administrator by setting an administrator's password."""
    admin = factories.administrator()
    with_account("capo@example.org", admin)
    base = f"/persone/{admin.id}/accesso"
    fields = {"login": "capo@example.org", "password": "la neve di aprile"}
    for path, data in ((base, fields), (f"{base}/sospendi", {}), (f"{base}/riattiva", {})):
        assert office.post(path, data).status_code == 403
    assert sign_in(PercorsoClient(app), "capo@example.org").status_code == 303
    boss = PercorsoClient(app).sign_in(factories.administrator())
    assert boss.post(base, fields).status_code == 303


def test_nobody_locks_themselves_out(office: PercorsoClient, app: Flask) -> None:
    admin = factories.administrator()
    with_account("capo@example.org", admin)
    boss = PercorsoClient(app).sign_in(admin)
    assert boss.post(f"/persone/{admin.id}/accesso/sospendi").status_code == 409


def test_names_are_text_wherever_they_stand(office: PercorsoClient) -> None:
    body = factories.organisation(POLYGLOT)
    person = factories.person(POLYGLOT[:110], POLYGLOT[:110], organisation=body)
    for path in ("/persone", f"/persone/{person.id}", f"/persone/{person.id}/modifica",
                 f"/persone/{person.id}/accesso", f"/persone?q={POLYGLOT}"):  # fmt: skip
        assert_harmless(office.get(path).text)
    again = {"given_name": POLYGLOT[:110], "family_name": POLYGLOT[:110], "emails": POLYGLOT,
             "organisation": POLYGLOT}  # fmt: skip
    assert_harmless(office.post("/persone/nuova", again).text)


def test_fields_that_are_not_the_forms_are_not_assigned(office: PercorsoClient) -> None:
    """ASVS 15.3.3."""
    person = factories.person("Ada", "Massa")
    office.post(
        f"/persone/{person.id}/modifica",
        {"given_name": "Ada", "family_name": "Massa", "id": "1", "created_at": "2000-01-01",
         "organisation_id": "1", "is_active": "0", "role": "administrator"},
    )  # fmt: skip
    db.session.expire_all()
    assert person.organisation_id is None
    assert queries.open_roles([person.id]) == {person.id: set()}
    assert db.session.scalar(select(func.count(Account.id))) == 1
