"""Interval algebra: examples with the answer worked out by hand, and what must always hold."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance import intervals as iv

ROME = ZoneInfo("Europe/Rome")
BASE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BASE + timedelta(minutes=minute)


def span(start: float, end: float) -> iv.Interval:
    return iv.Interval(at(start), at(end))


spans = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 90)).map(lambda p: span(p[0], p[0] + p[1])),
    max_size=12,
)


def minute_of(instant: datetime) -> int:
    return (instant - BASE) // timedelta(minutes=1)


def covered(found: tuple[iv.Interval, ...]) -> set[int]:
    """Every minute covered, counted the slow way."""
    return {m for start, end in found for m in range(minute_of(start), minute_of(end))}


def test_a_rejoin_and_a_second_device_count_once() -> None:
    laptop, phone, again = span(0, 60), span(30, 75), span(90, 100)
    assert iv.union([again, laptop, phone]) == (span(0, 75), span(90, 100))
    assert iv.minutes([again, laptop, phone]) == 85


def test_touching_intervals_become_one() -> None:
    assert iv.union([span(0, 10), span(10, 20)]) == (span(0, 20),)


def test_seconds_are_rounded_down_once_and_not_row_by_row() -> None:
    assert iv.minutes([(at(0), at(1.5)), (at(10), at(11.5))]) == 3
    assert iv.minutes([(at(0), at(0) + timedelta(seconds=59, microseconds=999999))]) == 0


def test_the_night_clocks_go_back_is_four_real_hours() -> None:
    start = datetime(2026, 10, 25, 1, 0, tzinfo=ROME)
    end = datetime(2026, 10, 25, 4, 0, tzinfo=ROME)
    assert iv.minutes([(start, end)]) == 240


def test_the_repeated_hour_keeps_its_order() -> None:
    first = datetime(2026, 10, 25, 2, 50, tzinfo=ROME, fold=0)
    second = datetime(2026, 10, 25, 2, 10, tzinfo=ROME, fold=1)
    assert iv.minutes([(first, second)]) == 20
    with pytest.raises(ValueError, match="ends before"):
        iv.interval(second, first)


def test_the_night_clocks_go_forward_is_two_real_hours() -> None:
    start = datetime(2026, 3, 29, 1, 0, tzinfo=ROME)
    end = datetime(2026, 3, 29, 4, 0, tzinfo=ROME)
    assert iv.minutes([(start, end)]) == 120


def test_clipped_to_the_lesson() -> None:
    lesson, stays = [span(0, 120)], [span(-20, 30), span(50, 140)]
    assert iv.intersection(stays, lesson) == (span(0, 30), span(50, 120))
    assert iv.intersection([span(-20, -5)], lesson) == ()


def test_breaks_are_taken_out() -> None:
    lesson = [span(0, 120)]
    assert iv.subtraction(lesson, [span(50, 60)]) == (span(0, 50), span(60, 120))
    assert iv.subtraction(lesson, [span(-10, 200)]) == ()
    assert iv.subtraction([span(0, 10), span(20, 30)], [span(5, 25)]) == (span(0, 5), span(25, 30))


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="zone is missing"):
        iv.union([(datetime(2026, 3, 2, 8, 0), at(10))])  # noqa: DTZ001


@given(spans)
def test_union_is_sorted_disjoint_and_says_the_same_time(some: list[iv.Interval]) -> None:
    united = iv.union(some)
    assert all(start < end for start, end in united)
    assert all(a.end < b.start for a, b in itertools.pairwise(united))
    assert covered(united) == covered(tuple(some))
    assert iv.minutes(some) == len(covered(united))
    assert iv.union(united) == united
    assert iv.union(reversed(some)) == united


@given(spans, spans)
def test_intersection_and_subtraction_part_the_time(
    one: list[iv.Interval], other: list[iv.Interval]
) -> None:
    common, rest = iv.intersection(one, other), iv.subtraction(one, other)
    assert common == iv.intersection(other, one)
    assert covered(common) == covered(tuple(one)) & covered(tuple(other))
    assert covered(rest) == covered(tuple(one)) - covered(tuple(other))
    assert iv.union([*common, *rest]) == iv.union(one)
    assert iv.minutes(common) + iv.minutes(rest) == iv.minutes(one)


@given(spans, st.integers(0, 300), st.integers(0, 120))
def test_clipped_time_never_exceeds_the_lesson(
    some: list[iv.Interval], start: int, length: int
) -> None:
    clipped = iv.intersection(some, [(at(start), at(start + length))])
    assert iv.minutes(clipped) <= min(length, iv.minutes(some))
    assert all(at(start) <= a and b <= at(start + length) for a, b in clipped)
