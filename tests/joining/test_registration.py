"""Registering: a mailbox confirms, and only whoever reads it chooses the password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.accounts.models import Account, Person, PersonEmail
from lms.accounts.security_log import SecurityEntry, SecurityEvent
from lms.clock import frozen, now
from lms.config import OWN_NOTICE_VERSION
from lms.extensions import db
from lms.joining.models import MailedLink, NoticeAcceptance, Registration
from lms.joining.rules import FORGOTTEN_AFTER
from lms.organisations.models import Organisation
from tests import factories
from tests.accounts.people import is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.hostile import SHORT_POLYGLOT, assert_harmless
from tests.joining.scene import (
    EMAIL,
    PASSWORD,
    WISH,
    choose,
    letters_to,
    link,
    register,
    subjects_to,
    work,
)


def people() -> int:
    return db.session.scalar(select(func.count(Person.id))) or 0


def test_from_the_form_to_the_first_page(client: PercorsoClient) -> None:
    """ASVS 6.4.1: the link is random, works once, and the password is the person's own choice."""
    body = factories.organisation("Comune di Forlì")
    answer = register(client, organisation="comune di forli", language="en")
    assert (answer.status_code, answer.location) == (303, "/controlla-la-posta")
    assert people() == 0, "nobody yet"
    work()
    letter = letters_to(EMAIL)[0]
    assert letter.language == "en"
    assert "Confirm your registration" in letter.subject
    path = link(EMAIL)
    client.post("/lingua", {"language": "it", "next": "/"})
    assert "Bianca Nuova" in client.get(path).text
    assert choose(client, path).status_code == 303
    assert is_signed_in(client)
    account = db.session.scalars(select(Account)).one()
    assert (account.login, account.language) == (EMAIL, "en")
    assert account.login_confirmed_at is not None
    assert not account.must_change_password
    assert account.person.organisation_id == body.id
    assert db.session.scalars(select(PersonEmail.address)).all() == [EMAIL]
    read = db.session.scalars(select(NoticeAcceptance)).one()
    assert (read.person_id, read.version) == (account.person_id, OWN_NOTICE_VERSION)
    assert sign_in(PercorsoClient(client.app), EMAIL, PASSWORD).status_code == 303
    assert "Your profile" in client.get("/profilo").text, "pages speak the language chosen"


def test_opening_the_link_changes_nothing(client: PercorsoClient) -> None:
    """Mail scanners open every link: GET and HEAD show, only the button confirms."""
    register(client)
    work()
    path = link(EMAIL)
    for _time in range(3):
        assert PercorsoClient(client.app).get(path).status_code == 200
        PercorsoClient(client.app).head(path)
    assert people() == 0
    assert client.post(path, {"password": PASSWORD, "again": PASSWORD},
                       csrf=False).status_code == 400  # fmt: skip
    assert people() == 0
    assert choose(client, path).status_code == 303


def test_a_link_works_once_and_not_for_long(client: PercorsoClient) -> None:
    """ASVS 6.4.1, 7.2.3: used, expired, altered or another's: one answer, and nothing happens."""
    register(client)
    work()
    path = link(EMAIL)
    with frozen(now() + timedelta(hours=24, seconds=1)):
        assert client.get(path).status_code == 404
        assert choose(client, path).status_code == 404
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/registrati/x",
                  path.replace("/registrati/", "/invito/"),
                  path.replace("/registrati/", "/password-dimenticata/"),
                  path.replace("/registrati/", "/indirizzo/")):  # fmt: skip
        assert client.get(wrong).status_code == 404, wrong
        assert choose(client, wrong).status_code == 404, wrong
    assert people() == 0
    assert choose(client, path).status_code == 303
    again = PercorsoClient(client.app)
    assert again.get(path).status_code == 404
    assert "non è più valido" in again.get(path).text
    assert choose(again, path).status_code == 404
    assert people() == 1


def test_only_the_hash_of_a_token_is_kept(client: PercorsoClient) -> None:
    register(client)
    work()
    token = link(EMAIL).rpartition("/")[2]
    assert len(token) >= 43, "256 bits"
    row = db.session.scalars(select(MailedLink)).one()
    assert token not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"given_name": ""}, "Scrivi il tuo nome"),
        ({"family_name": " \0 "}, "Scrivi il tuo cognome"),
        ({"email": "ada"}, "non è un indirizzo e-mail"),
        ({"email": "ada@example.org\r\nBcc: x@example.org"}, "non è un indirizzo e-mail"),
        ({"email": ""}, "Scrivi un indirizzo e-mail"),
        ({"language": "xx"}, ""),
        ({"notice": ""}, "Leggi l’informativa"),
        ({"organisation": "Zzyzx Zzyzx"}, "Questo ente non è in elenco"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    client: PercorsoClient, fields: dict[str, str], complaint: str
) -> None:
    response = register(client, **fields)
    assert response.status_code == 422
    assert complaint in response.text
    if "family_name" not in fields:
        assert 'value="Nuova"' in response.text
    assert db.session.scalar(select(func.count(Registration.id))) == 0


def test_a_body_not_known_is_proposed_once_the_mailbox_confirms(client: PercorsoClient) -> None:
    fields = {"organisation": "Associazione mai vista", "organisation_choice": "new",
              "organisation_kind": "third_sector"}  # fmt: skip
    assert register(client, **fields).status_code == 303
    work()
    assert bodies() == {}, "strangers do not fill the organisers' queue"
    choose(client, link(EMAIL))
    assert bodies() == {"Associazione mai vista": "proposed"}
    person = db.session.scalars(select(Person)).one()
    assert person.organisation is not None


def bodies() -> dict[str, str]:
    db.session.commit()
    return {row.name: row.status.value for row in db.session.scalars(select(Organisation))}


def test_passwords_behind_a_link_follow_the_rules(client: PercorsoClient) -> None:
    """ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.9: twelve characters or more, uncommon, of any kind."""
    register(client)
    work()
    path = link(EMAIL)
    for refused, complaint in (
        ("corta", "almeno 12"), ("passwordpassword", "Troppo facile"),
        ("Bianca Nuova 26", "poco più del tuo nome"), ("percorso-percorso", "Troppo facile"),
    ):  # fmt: skip
        response = choose(client, path, refused)
        assert response.status_code == 422
        assert complaint in response.text
        assert refused not in response.text
    response = client.post(path, {"password": PASSWORD, "again": PASSWORD + "x"})
    assert "sono diverse" in response.text
    assert choose(client, path, "però 🌧 " * 10).status_code == 303


def test_a_known_address_is_told_to_its_owner_alone(client: PercorsoClient) -> None:
    """ASVS 6.3.8: page, status and rows are the same; the mailbox learns the difference."""
    account = with_account(EMAIL)
    answer = register(client, email=EMAIL.upper())
    assert (answer.status_code, answer.location) == (303, "/controlla-la-posta")
    work()
    assert subjects_to(EMAIL) == ["Hai già un accesso · Percorso"]
    assert link(EMAIL) == "/password-dimenticata"
    assert people() == 1
    assert account.person.given_name == "Ada"


def test_two_registrations_of_one_address_make_one_account(client: PercorsoClient) -> None:
    register(client)
    register(client, given_name="Altra")
    work()
    first, second = (
        str(row.letter["button"]["url"]).partition("localhost")[2]
        for row in letters_to(EMAIL) if row.letter
    )  # fmt: skip
    assert choose(client, first).status_code == 303
    late = choose(PercorsoClient(client.app), second)
    assert late.status_code == 409
    assert "esiste già un accesso" in late.text
    assert people() == 1


def test_somebody_put_on_a_list_before_is_the_same_person(client: PercorsoClient) -> None:
    known = factories.person("BIANCA", "Nùova", email=EMAIL)
    register(client)
    work()
    choose(client, link(EMAIL))
    account = db.session.scalars(select(Account)).one()
    assert account.person_id == known.id
    assert account.person.family_name == "Nùova", "as the organisers wrote it"


@pytest.mark.parametrize("name", ["Collega", "Nuova"])
def test_an_office_mailbox_proves_no_colleague(client: PercorsoClient, name: str) -> None:
    """Another name, or two of the same: somebody new, for people to compare."""
    factories.person("Bianca", name, email=EMAIL)
    factories.person("Bianca", name, email=EMAIL)
    register(client)
    work()
    choose(client, link(EMAIL))
    assert people() == 3


def test_nothing_a_stranger_typed_is_mailed_on(client: PercorsoClient) -> None:
    register(client, given_name="visit evil.example now", family_name=SHORT_POLYGLOT)
    work()
    letter = letters_to(EMAIL)[0]
    assert "evil" not in str(letter.letter)
    assert_harmless(client.get(link(EMAIL)).text)


def test_what_was_never_confirmed_is_forgotten(client: PercorsoClient) -> None:
    register(client)
    work()
    with frozen(now() + FORGOTTEN_AFTER + timedelta(days=1)):
        register(client, email="altra@example.org")
        work()
    assert db.session.scalars(select(Registration.email)).all() == ["altra@example.org"]
    assert db.session.scalar(select(func.count(MailedLink.id))) == 1


def test_who_is_signed_in_does_not_register(app: Flask) -> None:
    client = PercorsoClient(app).sign_in(factories.person())
    assert client.get("/registrati").location == "/"


def test_the_first_sign_in_is_noted(client: PercorsoClient) -> None:
    register(client)
    work()
    choose(client, link(EMAIL))
    noted = db.session.scalars(select(SecurityEntry.event).order_by(SecurityEntry.id)).all()
    assert noted == [SecurityEvent.ACCOUNT_OPENED, SecurityEvent.SIGNED_IN]


def test_five_a_day_for_an_address_whoever_it_is(client: PercorsoClient) -> None:
    """ASVS 6.3.1: a mailbox is not flooded; known or unknown, the sixth gets the same answer.

    ASVS 2.4.1.
    """
    with_account("ada@example.org")
    for address in (EMAIL, "ada@example.org"):
        for _time in range(5):
            assert register(client, email=address).status_code == 303
        sixth = register(client, email=address)
        assert sixth.status_code == 429
        assert "riprova domani" in sixth.text
        assert f'value="{WISH["family_name"]}"' in sixth.text
    with frozen(now() + timedelta(days=1, seconds=1)):
        assert register(client).status_code == 303
