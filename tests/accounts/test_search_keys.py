"""Search keys: made for every row, however it is written, and made again by the migration."""

from __future__ import annotations

import flask_migrate
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from lms.accounts.models import Person
from lms.clock import now
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.organisations.models import Organisation
from lms.text import SEARCH_KEY_LENGTH, search_key
from tests.conftest import Template
from tests.world import World


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  Forlì-Cesena ", "forli cesena"),
        ("D’Apollo", "d apollo"),
        ("D'Apollo", "d apollo"),
        ("STRASSE straße", "strasse strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("Ἀθῆναι 北京", "αθηναι 北京"),
        ("--- ''", ""),
        ("ﬁne", "fine"),
    ],
)
def test_what_a_key_is(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text(max_size=300))
def test_a_key_is_its_own_key_and_bounded(text: str) -> None:
    key = search_key(text)
    assert len(key) <= SEARCH_KEY_LENGTH
    assert search_key(key) == key


def test_the_longest_names_fit(app: Flask) -> None:
    ligature = "\ufdfa"  # unfolds into eighteen letters
    person = Person(given_name=ligature * 120, family_name=ligature * 120, created_at=now())
    db.session.add_all([person, Organisation(name=ligature * 200, kind="other")])
    db.session.commit()
    assert len(person.search_key) <= SEARCH_KEY_LENGTH


def test_rows_written_in_bulk_have_keys_too(app: Flask) -> None:
    rows = [
        {"given_name": "Nicolò", "family_name": f"Rossi {n}", "created_at": now()} for n in range(3)
    ]
    db.session.execute(insert(Person), rows)
    db.session.commit()
    keys = set(db.session.scalars(select(Person.search_key)))
    assert keys == {f"rossi {n} nicolo" for n in range(3)}


def test_the_migration_makes_the_same_keys(template: Template, app: Flask) -> None:
    World()
    db.session.add(Person(given_name="Nicolò", family_name="D'Ørsted", created_at=now()))
    db.session.commit()

    def keys() -> list[list[tuple[int, str]]]:
        return [
            [tuple(row) for row in db.session.execute(select(table.id, table.search_key))]
            for table in (Person, Organisation, Enrolment)
        ]

    before = keys()
    assert all(key for rows in before for _id, key in rows)
    db.session.remove()
    try:
        flask_migrate.downgrade(revision="0002")
    finally:
        flask_migrate.upgrade()
    assert [sorted(rows) for rows in keys()] == [sorted(rows) for rows in before]
