"""The rules by themselves: two presences become one, who may be one, what stands against it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.intervals import Interval, minutes
from lms.attendance.rules import COUNTED, Mark, Outcome, RecordSource, mark_for
from lms.attendance.uniting import Side, Why, unite
from lms.attendance.window import Window
from lms.duplicates.rules import Clue, Hindrance, Known, Party, hindrances, proposals

START = datetime(2026, 10, 24, 23, tzinfo=UTC)  # the night in which the clock is put back
END = START + timedelta(hours=3)
WINDOW = Window(START, END)


def stay(start: int, length: int) -> Interval:
    begin = START + timedelta(minutes=start)
    return Interval(begin, begin + timedelta(minutes=length))


stays = st.lists(st.builds(stay, st.integers(-60, 200), st.integers(1, 120)), max_size=4)


@st.composite
def sides(draw: st.DrawFn) -> Side:
    found = draw(stays)
    source = draw(st.sampled_from([*RecordSource, None]))
    if source is None:
        return Side(None, found)
    if source in COUNTED:
        counted = minutes(WINDOW.inside(found))
        came = source is RecordSource.CHECKIN  # present, whatever the minutes
        return Side(Outcome(Mark.PRESENT if came else mark_for(counted), counted, source), found)
    mark = draw(st.sampled_from(Mark))
    credited = draw(st.integers(1, 180)) if mark is Mark.PRESENT else 0
    return Side(Outcome(mark, credited, source), found)


def seen(side: Side) -> int:
    return side.outcome.minutes if side.outcome else 0


@given(sides(), sides())
def test_no_minute_is_lost_or_counted_twice(one: Side, two: Side) -> None:
    outcome = unite(one, two, WINDOW).outcome
    total = outcome.minutes if outcome else 0
    assert max(seen(one), seen(two)) <= total <= min(180, seen(one) + seen(two))
    assert (outcome is None) == (one.outcome is None and two.outcome is None)
    if outcome:
        assert (outcome.mark is Mark.PRESENT) or outcome.minutes == 0


@given(sides(), sides())
def test_which_record_comes_first_does_not_matter(one: Side, two: Side) -> None:
    forth, back = unite(one, two, WINDOW), unite(two, one, WINDOW)
    assert forth.why is back.why
    assert (forth.outcome is None) == (back.outcome is None)
    if forth.outcome and back.outcome:
        assert (forth.outcome.mark, forth.outcome.minutes) == (
            back.outcome.mark,
            back.outcome.minutes,
        )


@given(sides())
def test_a_record_united_with_itself_or_with_none_stays(side: Side) -> None:
    for other in (side, Side(None)):
        outcome = unite(side, other, WINDOW).outcome
        assert (outcome and (outcome.mark, outcome.minutes)) == (
            side.outcome and (side.outcome.mark, side.outcome.minutes)
        )


@given(stays, stays)
def test_reports_of_both_are_one_time(one: list[Interval], two: list[Interval]) -> None:
    def side(found: list[Interval]) -> Side:
        counted = minutes(WINDOW.inside(found))
        return Side(Outcome(mark_for(counted), counted, RecordSource.REPORT), found)

    united = unite(side(one), side(two), WINDOW)
    assert united.why is Why.STAYS
    assert united.outcome is not None
    assert united.outcome.minutes == minutes(WINDOW.inside([*one, *two]))


@pytest.mark.parametrize(
    ("one", "two", "mark", "credited"),
    [
        (("absent", 0, "trainer"), ("present", 50, "report"), "present", 50),
        (("absent", 0, "report"), ("excused", 0, "trainer"), "excused", 0),
        (("present", 60, "trainer"), ("present", 90, "report"), "present", 90),
        (("present", 60, "trainer"), ("present", 45, "rectification"), "present", 60),
        (("absent", 0, "trainer"), ("absent", 0, "report"), "absent", 0),
    ],
)
def test_who_was_seen_under_one_name_was_there(
    one: tuple[str, int, str], two: tuple[str, int, str], mark: str, credited: int
) -> None:
    def side(given_: tuple[str, int, str]) -> Side:
        return Side(Outcome(Mark(given_[0]), given_[1], RecordSource(given_[2])), [stay(0, 90)])

    outcome = unite(side(one), side(two), WINDOW).outcome
    assert outcome is not None
    assert (outcome.mark, outcome.minutes) == (mark, credited)


# --- who may be one ------------------------------------------------------------------------------


def clues(one: Known, two: Known) -> tuple[Clue, ...]:
    found = proposals([one, two])
    return found[0].clues if found else ()


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (Known(1, "Rossi Mario", 1), Known(2, "Mario Rossi", 1), (Clue.NAME_AND_BODY,)),
        (Known(1, "De Santis Ada", 1), Known(2, "Desantis Ada", None), (Clue.NAME,)),
        (Known(1, "Rossi Mario", 1), Known(2, "Rosi Mario", 1), (Clue.SIMILAR_NAME,)),
        (Known(1, "Rossi Mario", 1), Known(2, "Rossi Marta", 1), ()),
        (Known(1, "Rossi Mario", 1), Known(2, "Rossi Mario", 2), ()),
        (Known(1, "Rossi Mario", 1), Known(2, "Bianchi Ada", 1), ()),
        (
            Known(1, "Rossi Mario", 1, frozenset({"ufficio@example.org"})),
            Known(2, "Bianchi Ada", 1, frozenset({"ufficio@example.org"})),
            (),  # an office's mailbox
        ),
        (
            Known(1, "Rossi Mario", 1, frozenset({"m@example.org"})),
            Known(2, "Rossi M.", 2, frozenset({"m@example.org"})),
            (Clue.MAIL,),
        ),
        (
            Known(1, "Rossi Mario", 1, tax_code="h"),
            Known(2, "Bianchi Ada", 2, tax_code="h"),
            (Clue.TAX_CODE,),
        ),
    ],
)
def test_clues(one: Known, two: Known, expected: tuple[Clue, ...]) -> None:
    assert clues(one, two) == clues(two, one) == expected


names = st.text(alphabet="abcdè' ", min_size=1, max_size=12)


@given(st.lists(st.tuples(names, st.sampled_from([None, 1, 2])), max_size=12))
def test_pairs_are_told_once_in_order_and_never_of_oneself(people: list[tuple[str, int]]) -> None:
    known = [Known(number, name, body) for number, (name, body) in enumerate(people, 1)]
    found = proposals(known)
    pairs = [each.pair for each in found]
    assert len(set(pairs)) == len(pairs)
    assert all(first < second for first, second in pairs)
    assert proposals(known, set(pairs)) == []
    assert all(each.clues for each in found)


def test_a_name_that_a_crowd_shares_floods_nobody() -> None:
    crowd = [Known(number, "Rossi Mario") for number in range(50)]
    assert proposals(crowd) == []


# --- what stands against it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "other", "administrator", "expected"),
    [
        (Party(1), Party(2), False, []),
        (Party(1), Party(1), True, [Hindrance.SAME_ROW]),
        (Party(1), Party(2, united=True), True, [Hindrance.UNITED_ALREADY]),
        (Party(1, staff=True), Party(2), False, [Hindrance.STAFF]),
        (Party(1), Party(2, staff=True), False, [Hindrance.STAFF]),
        (Party(1), Party(2, staff=True), True, []),
        (Party(1, signs_in=True), Party(9, signs_in=True), False, [Hindrance.OWN_SIGN_IN]),
        (Party(9, signs_in=True), Party(1, signs_in=True), False, []),
        (Party(1, signs_in=False), Party(2, signs_in=True), False, [Hindrance.DEAD_SIGN_IN]),
        (Party(1), Party(2, signs_in=True), False, []),
        (Party(1, tax_code="a"), Party(2, tax_code="b"), False, [Hindrance.TWO_TAX_CODES]),
        (Party(1, tax_code="a"), Party(2, tax_code="a"), False, []),
    ],
)
def test_hindrances(
    kept: Party, other: Party, administrator: bool, expected: list[Hindrance]
) -> None:
    assert hindrances(kept, other, by=9, by_administrator=administrator) == expected
