"""What check-ins and check-outs mean for minutes: pure, from values only."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.intervals import interval
from lms.attendance.rules import (
    Checks,
    EvidenceKind,
    Mark,
    Outcome,
    Proof,
    RecordSource,
    checked,
    derive,
    stays_of,
)
from lms.attendance.uniting import Side, Why, unite
from lms.attendance.window import Window
from tests.attendance.scene import END, START

LESSON = Window(START, END)
CHECKIN, CHECKOUT = EvidenceKind.CHECKIN, EvidenceKind.CHECKOUT


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def came(minute: float, *, out: bool = False) -> Proof:
    """A check-in; with `out` one that waits for a check-out."""
    return Proof(CHECKIN, Mark.PRESENT, None if out else 120, at=at(minute))


def left(minute: float) -> Proof:
    return Proof(CHECKOUT, at=at(minute))


def report(start: float, end: float) -> Proof:
    return Proof(EvidenceKind.REPORT, entry_id=1, intervals=(interval(at(start), at(end)),))


@pytest.mark.parametrize(
    ("proofs", "minutes"),
    [
        ([came(0)], 120),
        ([came(-20)], 120),  # early: clipped to the lesson
        ([came(30)], 90),
        ([came(30), came(60)], 90),  # a second check-in changes nothing
        ([came(0), left(50)], 50),
        ([came(0), left(50), left(70)], 50),
        ([came(0), left(50), came(60)], 110),  # back from lunch
        ([came(0, out=True)], 0),  # waits for its check-out
        ([came(0, out=True), left(119.99)], 119),
        ([came(0, out=True), left(140)], 120),
        ([came(100), left(90)], 0),  # clocks of two servers: never negative
        ([left(10), came(60)], 60),  # a check-out alone says nothing
        ([came(125)], 0),
        ([came(60), report(0, 30)], 90),  # united with what a report says
        ([came(20), report(0, 30)], 120),
    ],
)
def test_minutes_of_check_ins(proofs: list[Proof], minutes: int) -> None:
    outcome = derive(proofs, LESSON)
    assert outcome is not None
    assert (outcome.mark, outcome.minutes) == (Mark.PRESENT, minutes)
    reported = any(each.kind is EvidenceKind.REPORT for each in proofs)
    assert outcome.source is (RecordSource.REPORT if reported else RecordSource.CHECKIN)


def test_a_word_outweighs_a_check_in_until_it_is_taken_back() -> None:
    word = Proof(EvidenceKind.TRAINER_MARK, Mark.ABSENT, 0)
    assert derive([word, came(0)], LESSON) == Outcome(Mark.ABSENT, 0, RecordSource.TRAINER)
    back = Proof(EvidenceKind.TRAINER_MARK)
    again = derive([word, came(0), back], LESSON)
    assert again == Outcome(Mark.PRESENT, 120, RecordSource.CHECKIN)


def test_a_followed_link_is_no_mark_and_no_word() -> None:
    clicked = Proof(EvidenceKind.JOINED_LINK, at=at(1))
    assert derive([clicked], LESSON) is None
    word = Proof(EvidenceKind.TRAINER_MARK, Mark.EXCUSED, 0)
    assert derive([word, clicked], LESSON) == Outcome(Mark.EXCUSED, 0, RecordSource.TRAINER)


def test_who_waits_for_a_check_out_is_told_since_when() -> None:
    assert checked([came(5, out=True)], END) == Checks((), at(5))
    assert checked([came(5, out=True), left(9)], END) == Checks((interval(at(5), at(9)),))
    assert checked([left(9)], END) is None


def test_two_records_with_check_ins_are_united_by_their_stays() -> None:
    one = Side(Outcome(Mark.PRESENT, 60, RecordSource.CHECKIN), stays_of([came(60)], END))
    other = Side(Outcome(Mark.PRESENT, 30, RecordSource.REPORT), stays_of([report(0, 30)], END))
    united = unite(one, other, LESSON)
    assert united.outcome == Outcome(Mark.PRESENT, 90, RecordSource.REPORT)
    assert united.why is Why.STAYS
    waiting = Side(Outcome(Mark.PRESENT, 0, RecordSource.CHECKIN))
    assert unite(waiting, waiting, LESSON).outcome == waiting.outcome


@given(
    st.lists(st.tuples(st.sampled_from([CHECKIN, CHECKOUT]), st.integers(-60, 180)), max_size=12),
    st.booleans(),
)
def test_stays_never_overlap_and_never_leave_the_lesson(
    events: list[tuple[EvidenceKind, int]], out: bool
) -> None:
    ordered = sorted(events, key=lambda event: event[1])
    proofs = [
        came(minute, out=out) if kind is CHECKIN else left(minute) for kind, minute in ordered
    ]
    found = checked(proofs, END)
    assert (found is None) == all(kind is CHECKOUT for kind, _minute in ordered)
    stays = found.stays if found else ()
    assert all(one.end <= two.start for one, two in pairwise(stays))
    outcome = derive(proofs, LESSON)
    assert (outcome.minutes if outcome else 0) <= 120
