"""Tax codes: what is one, whose it is and on whose word, who sees how much of it."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from stdnum.it import codicefiscale

from lms.accounts import tax_code_rules as rules
from lms.accounts import tax_codes
from lms.accounts.models import Person
from lms.accounts.tax_codes import TaxCode, TaxCodeSource, TaxCodeTakenError, set_tax_code
from lms.audit import AuditEvent
from lms.errors import UserError
from lms.extensions import db
from tests import factories
from tests.accounts.codes import ROSSI, code_of
from tests.client import PercorsoClient

OMOCODIA = "LMNPQRSTUV"


def mario(**more: object) -> Person:
    return factories.person("Mario", "Rossi", **more)


# --- what is one ---------------------------------------------------------------------------------


@given(
    st.integers(0, 99), st.sampled_from("ABCDEHLMPRST"), st.integers(1, 28), st.integers(0, 999),
    st.sets(st.sampled_from([6, 7, 9, 10, 12, 13, 14])),
)  # fmt: skip
def test_every_code_is_one_with_omocodia_or_without(
    year: int, month: str, day: int, place: int, replaced: set[int]
) -> None:
    letters = list(f"RSSMRA{year:02}{month}{day:02}H{place:03}")
    for position in replaced:
        letters[position] = OMOCODIA[int(letters[position])]
    code = "".join(letters)
    code += codicefiscale.calc_check_digit(code)
    assert rules.fault(code) is None
    assert rules.looks_like_one(code)
    assert rules.fits_name(code, "Rossi", "Mario")
    typed = f" {code[:6].lower()} {code[6:11]}-{code[11:]}\u00a0"
    assert rules.normalise(typed) == code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert rules.fault(wrong) is rules.TaxCodeFault.CHECK


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("12345678901", rules.TaxCodeFault.ELEVEN_DIGITS),
        ("", rules.TaxCodeFault.SHAPE),
        ("RSSMRA80A01H501", rules.TaxCodeFault.SHAPE),
        ("RSSMRA80F01H501U", rules.TaxCodeFault.SHAPE),  # no month has this letter
        ("ＲＳＳMRA80A01H501U", rules.TaxCodeFault.SHAPE),  # letters that only look like ours
        ("RSSMRA80B30H501J", rules.TaxCodeFault.CHECK),
    ],
)
def test_what_is_none(typed: str, fault: rules.TaxCodeFault) -> None:
    assert rules.fault(rules.normalise(typed)) is fault


@pytest.mark.parametrize(
    ("family", "given_name", "letters"),
    [
        ("Rossi", "Mario", "RSSMRA"),
        ("Fo", "Dario", "FOXDRA"),
        ("D'Arco", "Niccolò", "DRCNCL"),
        ("De Rossi", "Anna Maria", "DRSNMR"),
        ("De Rossi", "Anna", "DRSNNA"),
        ("Bianchi", "Gianfranco", "BNCGFR"),
        ("Müller", "Ève", "MLLVEE"),
        ("Aiè", "Io", "AIEIOX"),
    ],
)
def test_the_letters_of_a_name(family: str, given_name: str, letters: str) -> None:
    assert rules.fits_name(f"{letters}80A01H501U", family, given_name)
    assert not rules.fits_name(f"{letters[:5]}Q80A01H501U", family, given_name)


def test_a_mask_hides_date_and_place_of_birth() -> None:
    assert rules.masked(ROSSI) == f"RSS************{ROSSI[-1]}"
    assert len(rules.masked(ROSSI)) == len(ROSSI)


# --- whose it is, on whose word ------------------------------------------------------------------


def test_a_code_is_kept_sealed_and_found_again(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = mario()
    set_tax_code(person, ROSSI.lower(), by=None, source=TaxCodeSource.PROVIDER)
    db.session.commit()
    assert tax_codes.person_by_tax_code(f" {ROSSI} ") is person
    assert tax_codes.person_by_tax_code(code_of("BNCDAA")) is None
    assert tax_codes.masked(person) == rules.masked(ROSSI)
    kept = repr(db.session.execute(text("SELECT * FROM tax_code")).all())
    noted = repr([(row.action, row.detail) for row in db.session.scalars(select(AuditEvent))])
    for place in (kept, noted, caplog.text):
        assert ROSSI not in place
    assert "tax_code.set" in noted


def test_who_declares_a_code_takes_nothing_from_its_owner(app: Flask) -> None:
    owner, other = mario(), mario()
    set_tax_code(other, ROSSI, by=other.id)
    assert tax_codes.person_by_tax_code(ROSSI) is None  # nobody signs in by it
    set_tax_code(owner, ROSSI, by=None, source=TaxCodeSource.PROVIDER)
    assert tax_codes.person_by_tax_code(ROSSI) is owner
    with pytest.raises(TaxCodeTakenError) as refused:
        set_tax_code(other, ROSSI, by=factories.organiser().id)
    assert refused.value.holder is owner


def test_the_database_lets_one_person_be_vouched_for(app: Flask) -> None:
    first, second = mario(), mario()
    row = set_tax_code(first, ROSSI, by=None)
    db.session.commit()
    db.session.add(
        TaxCode(
            person_id=second.id, sealed=b"", keyed_hash=row.keyed_hash, set_at=row.set_at,
            source=TaxCodeSource.ORGANISER,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_word_of_less_weight_changes_nothing(app: Flask) -> None:
    person = mario()
    row = set_tax_code(person, ROSSI, by=None, source=TaxCodeSource.PROVIDER)
    for by in (person.id, factories.organiser().id):
        assert set_tax_code(person, ROSSI, by=by).source is TaxCodeSource.PROVIDER
    with pytest.raises(UserError):
        set_tax_code(person, code_of("RSSMRA", "81A01"), by=person.id)
    with pytest.raises(UserError):
        tax_codes.remove_tax_code(person, by=person.id)
    other = code_of("RSSMRA", "81A01")
    assert set_tax_code(person, other, by=factories.organiser().id).source == "organiser"
    assert set_tax_code(person, ROSSI, by=person.id).source == "declared"
    assert row is tax_codes.tax_code_of(person.id)


def test_a_code_is_found_while_keys_change_and_after(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    person = mario()
    set_tax_code(person, ROSSI, by=None)
    db.session.commit()
    old = settings.encryption_keys
    try:
        app.config["SETTINGS"] = replace(settings, encryption_keys=("n" * 43, *old))
        assert tax_codes.person_by_tax_code(ROSSI) is person
        with pytest.raises(TaxCodeTakenError):
            set_tax_code(mario(), ROSSI, by=None)
        assert tax_codes.reseal() == 1
        assert tax_codes.reseal() == 0
        app.config["SETTINGS"] = replace(settings, encryption_keys=("n" * 43,))
        assert tax_codes.person_by_tax_code(ROSSI) is person
        assert tax_codes.masked(person) == rules.masked(ROSSI)
    finally:
        app.config["SETTINGS"] = settings


# --- the pages -----------------------------------------------------------------------------------


def test_ones_own_code_is_entered_seen_and_removed(client: PercorsoClient) -> None:
    person = mario()
    client.sign_in(person)
    response = client.post("/profilo/codice-fiscale", {"tax_code": "rssmra80a01h501x"})
    assert response.status_code == 422
    assert "RSSMRA80A01H501X" in response.text  # what was typed is kept
    assert client.post("/profilo/codice-fiscale", {"tax_code": ROSSI}).status_code == 303
    profile = client.get("/profilo").text
    assert rules.masked(ROSSI) in profile
    assert ROSSI not in profile
    assert ROSSI not in client.get("/profilo/codice-fiscale").text
    shown = client.post("/profilo/codice-fiscale/mostra", {})
    assert ROSSI in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    looks = select(AuditEvent).where(AuditEvent.action == "tax_code.shown")
    assert db.session.scalars(looks).one().actor_id == person.id
    assert client.post("/profilo/codice-fiscale/togli", {}).status_code == 303
    assert tax_codes.tax_code_of(person.id) is None


def test_letters_of_another_name_are_questioned_once(client: PercorsoClient) -> None:
    person = factories.person("Ada", "Bianchi")
    client.sign_in(person)
    response = client.post("/profilo/codice-fiscale", {"tax_code": ROSSI})
    assert response.status_code == 422
    assert 'name="sure"' in response.text
    response = client.post("/profilo/codice-fiscale", {"tax_code": ROSSI, "sure": "y"})
    assert response.status_code == 303


def test_organisers_vouch_for_a_code_and_never_see_it_whole(client: PercorsoClient) -> None:
    """ASVS 8.2.3."""
    person, other = mario(), mario()
    set_tax_code(person, ROSSI, by=person.id)
    client.sign_in(factories.organiser())
    path = f"/persone/{person.id}/codice-fiscale"
    assert ROSSI not in client.get(path).text + client.get(f"/persone/{person.id}").text
    assert client.post(path, {"tax_code": ROSSI}).status_code == 303
    row = tax_codes.tax_code_of(person.id)
    assert row is not None
    assert row.source is TaxCodeSource.ORGANISER
    response = client.post(f"/persone/{other.id}/codice-fiscale", {"tax_code": ROSSI})
    assert response.status_code == 422
    assert f'href="/doppioni/{person.id}/{other.id}"' in response.text
    assert client.post(f"{path}/togli", {}).status_code == 303
    assert tax_codes.tax_code_of(person.id) is None


def test_declaring_a_known_code_tells_nothing(client: PercorsoClient) -> None:
    set_tax_code(mario(), ROSSI, by=None)
    client.sign_in(mario())
    response = client.post("/profilo/codice-fiscale", {"tax_code": ROSSI})
    assert (response.status_code, response.location) == (303, "/profilo")
