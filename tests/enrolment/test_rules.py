"""Who may enrol, and when: pure facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import CycleStatus, EnrolmentMode
from lms.enrolment.rules import CycleFacts, Refusal, Stay, against_withdrawing, refusals

NOON = datetime(2027, 1, 12, 12, tzinfo=UTC)
OPEN = CycleFacts(CycleStatus.PUBLISHED, EnrolmentMode.OPEN, None, None, None, 0)
SECOND = timedelta(seconds=1)


def self_service(facts: CycleFacts, enrolled: bool = False) -> tuple[Refusal, ...]:
    return refusals(facts, enrolled=enrolled, at=NOON, by_organiser=False)


def by_organiser(facts: CycleFacts, enrolled: bool = False) -> tuple[Refusal, ...]:
    return refusals(facts, enrolled=enrolled, at=NOON, by_organiser=True)


@pytest.mark.parametrize(
    ("change", "alone", "organiser"),
    [
        ({}, (), ()),
        ({"status": CycleStatus.DRAFT}, (Refusal.NOT_PUBLISHED,), ()),
        ({"status": CycleStatus.CLOSED}, (Refusal.OVER,), (Refusal.OVER,)),
        ({"status": CycleStatus.ARCHIVED}, (Refusal.OVER,), (Refusal.OVER,)),
        ({"mode": EnrolmentMode.BY_ORGANISER}, (Refusal.BY_ORGANISER,), ()),
        ({"opens_at": NOON}, (), ()),
        ({"opens_at": NOON + SECOND}, (Refusal.NOT_YET_OPEN,), ()),
        ({"closes_at": NOON}, (Refusal.NO_LONGER_OPEN,), ()),
        ({"closes_at": NOON + SECOND}, (), ()),
        ({"places": 3, "taken": 2}, (), ()),
        ({"places": 3, "taken": 3}, (Refusal.FULL,), (Refusal.FULL,)),
        ({"places": 3, "taken": 9}, (Refusal.FULL,), (Refusal.FULL,)),
        ({"places": 1, "taken": 1, "closes_at": NOON},
         (Refusal.NO_LONGER_OPEN, Refusal.FULL), (Refusal.FULL,)),
    ],
)  # fmt: skip
def test_each_hindrance(
    change: dict[str, object], alone: tuple[Refusal, ...], organiser: tuple[Refusal, ...]
) -> None:
    facts = replace(OPEN, **change)  # type: ignore[arg-type]
    assert self_service(facts) == alone
    assert by_organiser(facts) == organiser
    assert self_service(facts, enrolled=True) == (Refusal.ALREADY_ENROLLED,)


instants = st.none() | st.datetimes(
    datetime(2026, 12, 1),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2027, 3, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
facts_of_any_cycle = st.builds(
    CycleFacts,
    st.sampled_from(CycleStatus),
    st.sampled_from(EnrolmentMode),
    instants,
    instants,
    st.none() | st.integers(1, 5),
    st.integers(0, 7),
)


@given(facts_of_any_cycle, st.booleans())
def test_an_organiser_is_never_refused_what_a_person_may_do(
    facts: CycleFacts, enrolled: bool
) -> None:
    alone = self_service(facts, enrolled)
    assert set(by_organiser(facts, enrolled)) <= set(alone) | {Refusal.FULL}
    if not alone:
        assert by_organiser(facts, enrolled) == ()
        assert facts.status is CycleStatus.PUBLISHED
        assert facts.places_left != 0


@given(facts_of_any_cycle)
def test_places_left_are_never_negative(facts: CycleFacts) -> None:
    assert facts.places_left is None or facts.places_left >= 0
    assert (Refusal.FULL in by_organiser(facts)) <= (facts.places_left == 0)


@pytest.mark.parametrize("status", list(CycleStatus))
def test_who_may_leave(status: CycleStatus) -> None:
    facts: dict[str, Any] = {"status": status, "last_end": NOON + SECOND, "at": NOON}
    over = Stay.OVER if status in {CycleStatus.CLOSED, CycleStatus.ARCHIVED} else None
    assert against_withdrawing(active=True, by_organiser=False, **facts) is over
    assert against_withdrawing(active=True, by_organiser=True, **facts) is None
    gone = against_withdrawing(active=False, by_organiser=True, **facts)
    assert gone is Stay.ALREADY_WITHDRAWN


@pytest.mark.parametrize(
    ("last_end", "reason"),
    [
        (NOON - SECOND, Stay.LESSONS_HELD),
        (NOON, Stay.LESSONS_HELD),
        (NOON + SECOND, None),
        (None, None),
    ],
)
def test_nobody_leaves_what_has_been_held_to_the_end(
    last_end: datetime | None, reason: Stay | None
) -> None:
    def asked(*, by_organiser: bool) -> Stay | None:
        return against_withdrawing(
            active=True, status=CycleStatus.PUBLISHED, last_end=last_end, at=NOON,
            by_organiser=by_organiser,
        )  # fmt: skip

    assert asked(by_organiser=False) is reason
    assert asked(by_organiser=True) is None
