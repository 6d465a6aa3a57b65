"""An invitation: the organisers open the door, the person chooses the key."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Account
from lms.clock import frozen, now
from lms.extensions import db
from lms.joining.models import NoticeAcceptance
from tests import factories
from tests.accounts.people import is_signed_in, sign_in, with_account
from tests.client import PercorsoClient
from tests.joining.scene import PASSWORD, choose, letters_to, link, office


def test_added_without_a_password_one_is_invited(app: Flask) -> None:
    desk = office(app)
    fields = {"given_name": "Bea", "family_name": "Ospite", "emails": "bea@example.org",
              "with_account": "y", "password": ""}  # fmt: skip
    answer = desk.post("/persone/nuova", fields)
    assert answer.location.endswith("/invito")
    assert 'value="bea@example.org"' in desk.get(answer.location).text
    assert desk.post(answer.location, {"email": "bea@example.org"}).status_code == 303
    path = link("bea@example.org")
    guest = PercorsoClient(app)
    assert "Bea Ospite" in guest.get(path).text
    assert choose(guest, path).status_code == 422, "the notice is to be read"
    assert choose(guest, path, notice="y").status_code == 303
    assert is_signed_in(guest)
    assert guest.get("/profilo").status_code == 200, "nothing to replace: it is their own"
    assert choose(PercorsoClient(app), path, notice="y").status_code == 404
    account = db.session.scalars(select(Account).where(Account.login == "bea@example.org")).one()
    assert account.login_confirmed_at is not None
    assert db.session.scalars(select(NoticeAcceptance.person_id)).all() == [account.person_id]


def test_a_second_invitation_replaces_the_first(app: Flask) -> None:
    desk, person = office(app), factories.person(email="bea@example.org")
    path = f"/persone/{person.id}/invito"
    desk.post(path, {"email": "bea@example.org"})
    first = link("bea@example.org")
    desk.post(path, {"email": "bea@example.org"})
    assert PercorsoClient(app).get(first).status_code == 404
    with frozen(now() + timedelta(days=13)):
        assert PercorsoClient(app).get(link("bea@example.org")).status_code == 200
    with frozen(now() + timedelta(days=15)):
        assert PercorsoClient(app).get(link("bea@example.org")).status_code == 404


def test_who_signs_in_already_is_not_invited(app: Flask) -> None:
    account = with_account("ada@example.org")
    path = f"/persone/{account.person_id}/invito"
    refused = office(app).post(path, {"email": "ada@example.org"})
    assert refused.status_code == 422
    assert "accede già" in refused.text
    assert "/invito" not in office(app).get(f"/persone/{account.person_id}").text
    assert letters_to("ada@example.org") == []


def test_organisers_do_not_invite_staff_elsewhere(app: Flask) -> None:
    """Or one could become administrator by inviting an administrator at one's own address."""
    admin = factories.administrator()
    path = f"/persone/{admin.id}/invito"
    assert office(app).post(path, {"email": "mia@example.org"}).status_code == 403
    assert letters_to("mia@example.org") == []


def test_a_password_given_by_staff_is_replaced_first(app: Flask) -> None:
    """ASVS 6.4.1: a first password that others know opens one page only."""
    person = factories.person()
    fields = {"login": "bea@example.org", "password": PASSWORD}
    office(app).post(f"/persone/{person.id}/accesso", fields)
    bea = PercorsoClient(app)
    assert sign_in(bea, "bea@example.org", PASSWORD).status_code == 303
    for path in ("/", "/profilo", "/profilo/indirizzo", "/i-miei-attestati"):
        answer = bea.get(path)
        assert answer.status_code == 404 or answer.location == "/profilo/password", path
    page = bea.get("/profilo/password").text
    assert "Scegli una password tua" in page
    same = {"current": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert "È la password attuale" in bea.post("/profilo/password", same).text
    own = {**same, "password": "il vento di maggio", "again": "il vento di maggio"}
    assert bea.post("/profilo/password", own).status_code == 303
    assert bea.get("/profilo").status_code == 200
