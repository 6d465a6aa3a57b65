"""Two organisers at once, somebody who enrols meanwhile: one outcome, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Person
from lms.duplicates import actions, undoing
from lms.duplicates.models import PersonMerge
from lms.enrolment.actions import enrol_people
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db
from tests import factories
from tests.duplicates.twins import Twins, everything
from tests.issuance.test_races import together

ROUNDS = 4


def refusals(outcomes: list[Any]) -> int:
    faults = [
        one for one in outcomes if one and not isinstance(one, PersonMerge | UserError | list)
    ]
    assert faults == []
    return sum(isinstance(one, UserError) for one in outcomes)


def test_two_organisers_unite_the_same_pair_once(app: Flask) -> None:
    for _ in range(ROUNDS):
        twins = Twins()
        twins.stays(twins.lesson(), twins.theirs, (0, 60))
        one, two, by = twins.one.id, twins.two.id, twins.boss.id

        def forth(one: int = one, two: int = two, by: int = by) -> PersonMerge:
            return actions.merge(one, two, by=by)

        def back(one: int = one, two: int = two, by: int = by) -> PersonMerge:
            return actions.merge(two, one, by=by)

        assert refusals(together(app, [forth, back, forth, back])) == 3
        united = [db.session.get_one(Person, key).merged_into_id for key in (one, two)]
        assert sorted(united, key=lambda key: key or 0) in ([None, one], [None, two])


def test_an_enrolment_made_meanwhile_is_kept_or_told(app: Flask) -> None:
    for _ in range(ROUNDS):
        twins, cycle = Twins(), factories.cycle()
        one, two, by, cycle_id = twins.one.id, twins.two.id, twins.boss.id, cycle.id

        def unite(one: int = one, two: int = two, by: int = by) -> PersonMerge:
            return actions.merge(one, two, by=by)

        def enrol(cycle_id: int = cycle_id, two: int = two, by: int = by) -> list[Enrolment]:
            return enrol_people(cycle_id, [db.session.get_one(Person, two)], by=by)

        refused = refusals(together(app, [enrol, unite]))
        holders = list(
            db.session.scalars(select(Enrolment.person_id).where(Enrolment.cycle_id == cycle_id))
        )
        assert holders == ([] if refused else [one])


def test_a_union_is_undone_once(app: Flask) -> None:
    twins = Twins()
    twins.stays(twins.lesson(), twins.theirs, (0, 60))
    before, by = everything(), twins.boss.id
    merge_id = actions.merge(twins.one.id, twins.two.id, by=by).id
    db.session.commit()
    deed: Callable[[], None] = lambda: undoing.undo(merge_id, by=by)  # noqa: E731
    assert refusals(together(app, [deed] * 3)) == 2
    assert everything() == before
