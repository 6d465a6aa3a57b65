"""Local dates and clock times against instants, through the changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import minutes_between
from lms.catalogue.times import (
    Clock,
    Occurrence,
    TimeFault,
    TimeProblem,
    hours_from_utc,
    instant_of,
    instants_of,
    lesson_times,
    moved,
    occurrence_of,
)

ROME = "Europe/Rome"
BACK = date(2026, 10, 25)  # 03:00 becomes 02:00
FORTH = date(2026, 3, 29)  # 02:00 becomes 03:00
# Half-hour offsets, half-hour clock changes, both hemispheres, none at all.
ZONES = st.sampled_from(
    [ROME, "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)
FIRST_MINUTE = datetime(2001, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 98 * 365 * 24 * 60).map(lambda n: FIRST_MINUTE + timedelta(minutes=n))


@given(INSTANTS, ZONES)
def test_every_instant_comes_back_from_its_own_clock(instant: datetime, zone: str) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    assert instant in instants_of(local.date(), local.time(), zone)
    which = occurrence_of(instant, zone)
    assert instant_of(local.date(), local.time(), zone, which, Clock.START) == instant


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.times(), ZONES)
def test_a_clock_time_is_never_more_than_two_instants(day: date, clock: time, zone: str) -> None:
    instants = instants_of(day, clock, zone)
    assert list(instants) == sorted(set(instants))
    assert len(instants) <= 2
    for instant in instants:
        shown = instant.astimezone(ZoneInfo(zone))
        assert (shown.date(), shown.time()) == (day, clock)


@given(INSTANTS, ZONES, st.integers(-700, 700))
def test_moving_keeps_the_clock_or_says_that_it_cannot(
    instant: datetime, zone: str, days: int
) -> None:
    local = instant.astimezone(ZoneInfo(zone))
    target = local.date() + timedelta(days)
    if 2000 <= target.year <= 2100 and len(instants_of(target, local.time(), zone)) == 1:
        later = moved(instant, zone, days).astimezone(ZoneInfo(zone))
        assert (later.date(), later.time()) == (target, local.time())
    else:
        with pytest.raises(TimeFault):
            moved(instant, zone, days)


def test_a_time_that_spring_leaps_over_is_refused() -> None:
    assert instants_of(FORTH, time(2, 30), ROME) == ()
    with pytest.raises(TimeFault) as caught:
        lesson_times(FORTH, time(2, 30), time(4), ROME)
    assert (caught.value.problem, caught.value.clock) == (TimeProblem.NONEXISTENT, Clock.START)


def test_a_time_that_autumn_repeats_is_asked() -> None:
    first, second = instants_of(BACK, time(2, 30), ROME)
    assert second - first == timedelta(hours=1)
    with pytest.raises(TimeFault) as caught:
        lesson_times(BACK, time(1), time(2, 30), ROME)
    assert (caught.value.problem, caught.value.clock) == (TimeProblem.AMBIGUOUS, Clock.END)
    assert caught.value.instants == (first, second)
    starts_at, ends_at = lesson_times(BACK, time(1), time(2, 30), ROME, end_which=Occurrence.SECOND)
    assert minutes_between(starts_at, ends_at) == 150


def test_the_clock_may_go_back_within_a_lesson() -> None:
    """From the first 02:30 to the second 02:15 are 45 minutes."""
    starts_at, ends_at = lesson_times(
        BACK, time(2, 30), time(2, 15), ROME,
        start_which=Occurrence.FIRST, end_which=Occurrence.SECOND,
    )  # fmt: skip
    assert minutes_between(starts_at, ends_at) == 45


@pytest.mark.parametrize(("day", "minutes"), [(BACK, 240), (FORTH, 120), (date(2026, 5, 5), 180)])
def test_minutes_are_real_across_the_change(day: date, minutes: int) -> None:
    assert minutes_between(*lesson_times(day, time(1), time(4), ROME)) == minutes


@pytest.mark.parametrize(
    ("day", "start", "end", "problem"),
    [
        (date(2026, 5, 5), time(10), time(10), TimeProblem.ENDS_FIRST),
        (date(2026, 5, 5), time(22), time(1), TimeProblem.ENDS_FIRST),
        (BACK, time(0), time(23, 59), TimeProblem.TOO_LONG),  # that day has 25 hours
        (date(1, 1, 1), time(10), time(11), TimeProblem.FAR_AWAY),
        (date(9999, 12, 31), time(10), time(11), TimeProblem.FAR_AWAY),
    ],
)
def test_what_is_no_lesson_is_refused(
    day: date, start: time, end: time, problem: TimeProblem
) -> None:
    with pytest.raises(TimeFault) as caught:
        lesson_times(day, start, end, ROME)
    assert caught.value.problem is problem


def test_the_offset_in_words() -> None:
    first, second = instants_of(BACK, time(2, 30), ROME)
    assert (hours_from_utc(first, ROME), hours_from_utc(second, ROME)) == ("UTC+2", "UTC+1")
    assert hours_from_utc(first, "Asia/Kathmandu") == "UTC+5:45"
    assert hours_from_utc(first, "America/St_Johns") == "UTC-2:30"
