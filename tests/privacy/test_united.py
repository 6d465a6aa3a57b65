"""Two records found to be one person: a hold or a wish on either of them counts for both."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.duplicates import actions as duplicates
from lms.errors import UserError
from lms.extensions import db
from lms.privacy import actions, queries
from lms.privacy.models import ErasureRequest, RequestStatus
from tests import factories


@pytest.fixture
def two(app: Flask) -> tuple[Person, Person, Person]:
    """The record that stays, the one that goes into it, and who decides."""
    boss = factories.organiser()
    kept, other = factories.person("Ada", "Rossi"), factories.person("Ada", "Rossi")
    db.session.commit()
    return kept, other, boss


def unite(two: tuple[Person, Person, Person]) -> None:
    kept, other, boss = two
    duplicates.merge(kept.id, other.id, by=boss.id)
    db.session.commit()


def on_hold(person: Person) -> bool:
    asked = select(Person.id).where(
        Person.id == person.id, Person.id.in_(queries.held().person_ids)
    )
    return db.session.scalar(asked) is not None


@pytest.mark.parametrize("held", [0, 1])
def test_a_hold_on_one_record_protects_both(
    app: Flask, two: tuple[Person, Person, Person], held: int
) -> None:
    stranger = factories.person("Bruno", "Verdi")
    with app.test_request_context():
        actions.set_hold("Contenzioso", by=two[2].id, person=two[held])
        db.session.commit()
    assert [on_hold(each) for each in two[:2]] == [held == 0, held == 1]
    unite(two)
    assert [on_hold(each) for each in two[:2]] == [True, True]
    assert not on_hold(stranger)
    assert [o.value for o in queries.obstacles_of(two[0])] == ["held"]


def test_a_wish_on_either_record_erases_the_person(
    app: Flask, two: tuple[Person, Person, Person]
) -> None:
    kept, other, boss = two
    with app.test_request_context():
        actions.ask_erasure(kept, "", by=kept.id)
        wish = actions.ask_erasure(other, "", by=boss.id)
        db.session.commit()
    unite(two)
    assert [each.id for each in queries.open_requests(kept.id)] == [wish.id - 1, wish.id]
    with app.test_request_context():
        actions.erase(wish, "", by=boss.id)
        db.session.commit()
    assert kept.erased_at is not None
    assert other.erased_at is not None
    assert set(db.session.scalars(select(ErasureRequest.status))) == {RequestStatus.ERASED}


def test_a_second_wish_on_the_other_record_is_refused(
    app: Flask, two: tuple[Person, Person, Person]
) -> None:
    kept, other, boss = two
    with app.test_request_context():
        actions.ask_erasure(other, "", by=boss.id)
        unite(two)
        with pytest.raises(UserError, match="già una richiesta"):
            actions.ask_erasure(kept, "", by=kept.id)
        actions.take_back(kept.id)
        db.session.commit()
    assert queries.open_requests(kept.id) == []
