"""The time of a lesson with breaks and grace: what holds whatever the stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance.accounting import account
from lms.attendance.curve import moments, people_at, picture, steps_of
from lms.attendance.intervals import Interval, minutes, subtraction
from lms.attendance.window import Window, without_short_gaps

START = datetime(2026, 5, 12, 7, tzinfo=UTC)
LENGTH = 480


def span(first: int, last: int) -> Interval:
    return Interval(START + timedelta(minutes=first), START + timedelta(minutes=last))


LUNCH = span(240, 300)
DAY = Window(START, START + timedelta(minutes=LENGTH), (LUNCH,), 5)
few = settings(max_examples=60)


@st.composite
def stays_of(draw: st.DrawFn, most: int = 6) -> list[Interval]:
    """Some stays around the lesson, in seconds, so that rounding is tried too."""
    found = []
    for _number in range(draw(st.integers(0, most))):
        first = draw(st.integers(-3600, LENGTH * 60 + 3600))
        begin = START + timedelta(seconds=first)
        found.append(Interval(begin, begin + timedelta(seconds=draw(st.integers(0, 9000)))))
    return found


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """The lesson with up to three breaks that do not overlap, and any grace."""
    edges = sorted(draw(st.sets(st.integers(0, LENGTH), max_size=6)))
    breaks = tuple(span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))
    return Window(START, START + timedelta(minutes=LENGTH), breaks, draw(st.integers(0, 60)))


def within(some: object, other: object) -> bool:
    return not subtraction(some, other)  # type: ignore[arg-type]


@few
@given(stays_of(), windows())
def test_what_is_credited_lies_in_the_lesson_and_outside_its_breaks(
    stays: list[Interval], window: Window
) -> None:
    credited = window.credited(stays)
    assert within(credited, window.time)
    assert not any(start < end_b and start_b < end for start, end in credited
                   for start_b, end_b in window.breaks)  # fmt: skip
    assert 0 <= window.credit(stays) <= window.minutes
    assert within(window.inside(stays), credited)


@few
@given(stays_of(), stays_of(2), windows())
def test_more_stays_are_never_less_time(
    stays: list[Interval], more: list[Interval], window: Window
) -> None:
    assert within(window.credited(stays), window.credited([*stays, *more]))


@few
@given(stays_of(), windows(), st.integers(0, 60))
def test_more_grace_is_never_less_time(stays: list[Interval], window: Window, grace: int) -> None:
    low, high = sorted((window.grace, grace))
    stricter = Window(window.starts_at, window.ends_at, window.breaks, low)
    milder = Window(window.starts_at, window.ends_at, window.breaks, high)
    assert within(stricter.credited(stays), milder.credited(stays))


@few
@given(st.data(), windows())
def test_order_and_repetition_do_not_matter(data: st.DataObject, window: Window) -> None:
    stays = data.draw(stays_of())
    again = data.draw(st.permutations([*stays, *stays]))
    assert window.credited(again) == window.credited(stays)


@few
@given(stays_of(), windows())
def test_crediting_what_was_credited_changes_nothing(stays: list[Interval], window: Window) -> None:
    once = window.credited(stays)
    assert window.credited(once) == once
    assert without_short_gaps(without_short_gaps(stays, 7), 7) == without_short_gaps(stays, 7)


@few
@given(stays_of(), windows())
def test_the_steps_of_the_account_add_up(stays: list[Interval], window: Window) -> None:
    told = account(stays, window)
    assert told.credited == window.credit(stays)
    assert told.inside <= told.connected
    assert abs(told.inside - told.in_breaks + told.by_grace - told.credited) <= 2  # rounding
    assert (told.by_grace == 0) or window.grace > 0


@pytest.mark.parametrize(
    ("stays", "credited"),
    [
        ([span(0, 480)], 420),  # the whole day is the day without lunch
        ([span(0, 100), span(105, 200)], 200),  # five minutes are a short drop
        ([span(0, 100), span(106, 200)], 194),  # six are not
        ([span(0, 238), span(302, 480)], 416),  # lunch is no drop, nor are its edges filled
        ([span(0, 238), span(242, 480)], 420),  # back at once: present up to lunch
        ([span(-60, -2), span(3, 60)], 60),  # a drop over the start counts from the start on
        ([span(250, 290)], 0),
        ([], 0),
    ],
)
def test_grace_and_breaks_by_example(stays: list[Interval], credited: int) -> None:
    assert DAY.credit(stays) == credited


def test_platform_and_credit_differ_in_words() -> None:
    told = account([span(0, 480)], DAY, [480, None])
    assert (told.stated, told.credited, told.differs) == (480, 420, True)
    assert not account([span(0, 60)], DAY, [61]).differs  # platforms round up
    assert account([span(0, 60)], DAY, [None]).stated is None


def test_people_over_time() -> None:
    steps = steps_of([DAY.credited([span(0, 480)]), DAY.credited([span(60, 120)])], DAY)
    minutes_in = (0, 60, 119, 120, 270, 300)
    there = [people_at(steps, START + timedelta(minutes=at)) for at in minutes_in]
    assert there == [1, 2, 2, 1, 0, 1]
    drawn = picture(steps, DAY, 3, DAY.ends_at)
    assert (drawn.most, len(drawn.breaks), drawn.now) == (2, 1, None)
    assert drawn.line.startswith("M")
    assert drawn.line.endswith("Z")
    assert picture(steps, DAY, 3, START + timedelta(minutes=30)).now is not None
    assert len(moments(DAY)) <= 13


@few
@given(st.lists(stays_of(3), max_size=5), windows())
def test_the_area_is_the_time_of_everybody(people: list[list[Interval]], window: Window) -> None:
    credited = [window.credited(stays) for stays in people]
    steps = steps_of(credited, window)
    ends = [step.at for step in steps[1:]] + [window.ends_at]
    area = sum(
        (step.people * (end - step.at) for step, end in zip(steps, ends, strict=True)), timedelta()
    )
    assert area == sum((end - start for stays in credited for start, end in stays), timedelta())
    assert minutes(window.time) == window.minutes
