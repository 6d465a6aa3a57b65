"""What a register says, from evidence and from typed cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.intervals import Interval
from lms.attendance.rules import (
    UNMARKED,
    BadCellError,
    Cell,
    CellFault,
    EvidenceKind,
    Mark,
    Outcome,
    Proof,
    RecordSource,
    Typed,
    Verdict,
    derive,
    judge,
    read_cell,
    too_early,
)
from lms.attendance.window import Window

START = datetime(2026, 5, 12, 8, tzinfo=UTC)
END = START + timedelta(hours=2)
WINDOW = Window(START, END)


def stay(first: int, last: int) -> Interval:
    return Interval(START + timedelta(minutes=first), START + timedelta(minutes=last))


def reported(entry: int, *stays: Interval, undone: bool = False) -> Proof:
    return Proof(EvidenceKind.REPORT, entry_id=entry, intervals=stays, undone=undone)


def said(mark: Mark | None, minutes: int = 0) -> Proof:
    return Proof(EvidenceKind.TRAINER_MARK, mark, minutes)


def test_no_evidence_is_unmarked_not_absent():
    assert derive([], WINDOW) is None


def test_two_reports_count_as_their_union_clipped_to_the_lesson():
    both = [reported(1, stay(-20, 40)), reported(2, stay(30, 60), stay(100, 400))]
    assert derive(both, WINDOW) == Outcome(Mark.PRESENT, 80, RecordSource.REPORT)


def test_nothing_inside_the_lesson_is_an_absence():
    assert derive([reported(1, stay(-90, 0))], WINDOW) == Outcome(
        Mark.ABSENT, 0, RecordSource.REPORT
    )


def test_fifty_nine_seconds_are_not_a_presence():
    brief = Interval(START, START + timedelta(seconds=59))
    assert derive([reported(1, brief)], WINDOW).mark is Mark.ABSENT


def test_the_latest_human_word_wins_over_a_report_that_comes_later():
    evidence = [said(Mark.ABSENT), said(Mark.EXCUSED), reported(1, stay(0, 120))]
    assert derive(evidence, WINDOW) == Outcome(Mark.EXCUSED, 0, RecordSource.TRAINER)


def test_a_word_taken_back_gives_the_floor_to_the_report():
    evidence = [reported(1, stay(0, 87)), said(Mark.ABSENT), said(None)]
    assert derive(evidence, WINDOW) == Outcome(Mark.PRESENT, 87, RecordSource.REPORT)
    assert derive([said(Mark.ABSENT), said(None)], WINDOW) is None


def test_an_entry_taken_off_no_longer_counts_and_may_come_back():
    evidence = [reported(1, stay(0, 60)), reported(1, undone=True)]
    assert derive(evidence, WINDOW) is None
    assert derive([*evidence, reported(1, stay(0, 60))], WINDOW).minutes == 60


def test_a_report_that_does_not_say_when_marks_nobody():
    assert derive([reported(1)], WINDOW) is None
    assert derive([reported(1), reported(2, stay(0, 30))], WINDOW).minutes == 30


def test_a_rectification_says_so():
    corrected = Proof(EvidenceKind.RECTIFICATION, Mark.PRESENT, 30)
    assert derive([said(Mark.ABSENT), corrected], WINDOW) == Outcome(
        Mark.PRESENT, 30, RecordSource.RECTIFICATION
    )


def test_the_clock_change_counts_real_minutes():
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)  # 01:00 in Rome, the night has 25 hours
    end = datetime(2026, 10, 25, 3, tzinfo=UTC)  # 04:00 in Rome
    assert derive([reported(1, Interval(start, end))], Window(start, end)).minutes == 240


stays = st.lists(
    st.tuples(st.integers(-200, 400), st.integers(0, 200)).map(lambda p: stay(p[0], p[0] + p[1])),
    max_size=6,
)


@given(st.lists(stays, min_size=1, max_size=5))
def test_reports_never_credit_more_than_the_lesson_and_order_does_not_matter(entries):
    evidence = [reported(number, *each) for number, each in enumerate(entries)]
    outcome = derive(evidence, WINDOW)
    if outcome is None:
        assert not any(entries)
        return
    assert 0 <= outcome.minutes <= 120
    assert (outcome.mark is Mark.PRESENT) == (outcome.minutes >= 1)
    assert derive(reversed(evidence), WINDOW) == outcome


@given(st.lists(stays, min_size=1, max_size=4), stays)
def test_another_report_never_takes_minutes_away(entries, more):
    evidence = [reported(number, *each) for number, each in enumerate(entries)]
    before = derive(evidence, WINDOW)
    after = derive([*evidence, reported(99, *more)], WINDOW)
    assert before is None or after.minutes >= before.minutes


@pytest.mark.parametrize(
    ("mark", "minutes", "shown", "cell"),
    [
        ("", "", None, UNMARKED),
        ("present", "", None, Cell(Mark.PRESENT, 120)),
        ("present", " 45 ", None, Cell(Mark.PRESENT, 45)),
        ("present", "120", None, Cell(Mark.PRESENT, 120)),
        ("absent", "", Cell(Mark.PRESENT, 87), Cell(Mark.ABSENT)),
        ("absent", "87", Cell(Mark.PRESENT, 87), Cell(Mark.ABSENT)),
        ("", "87", Cell(Mark.PRESENT, 87), UNMARKED),
        ("excused", "0", Cell(Mark.ABSENT), Cell(Mark.EXCUSED)),
        ("present", "150", Cell(Mark.PRESENT, 150), Cell(Mark.PRESENT, 150)),
    ],
)
def test_typed_cells(mark, minutes, shown, cell):
    assert read_cell(mark, minutes, shown, 120) == cell


@pytest.mark.parametrize(
    ("mark", "minutes", "fault"),
    [
        ("late", "", CellFault.UNKNOWN_MARK),
        ("present", "121", CellFault.TOO_LONG),
        ("present", "9" * 5000, CellFault.TOO_LONG),
        ("present", "0", CellFault.NO_MINUTES),
        ("present", "-5", CellFault.NOT_A_NUMBER),
        ("present", "٤٥", CellFault.NOT_A_NUMBER),
        ("present", "1h", CellFault.NOT_A_NUMBER),
        ("absent", "60", CellFault.MINUTES_WITHOUT_PRESENCE),
        ("", "60", CellFault.MINUTES_WITHOUT_PRESENCE),
    ],
)
def test_slips_are_named(mark, minutes, fault):
    with pytest.raises(BadCellError) as refused:
        read_cell(mark, minutes, None, 120)
    assert refused.value.fault is fault


cells = st.one_of(
    st.just(UNMARKED),
    st.just(Cell(Mark.ABSENT)),
    st.integers(1, 120).map(lambda minutes: Cell(Mark.PRESENT, minutes)),
)


@given(
    typed=cells, shown=cells, current=cells, version=st.integers(0, 3), made_on=st.integers(0, 3)
)
def test_nothing_unseen_is_ever_overwritten(typed, shown, current, version, made_on):
    verdict = judge(Typed(1, typed, made_on, shown), current, version)
    if verdict is Verdict.SAVE:
        assert made_on == version
        assert typed not in {shown, current}
    if verdict is Verdict.CONFLICT:
        assert made_on != version
        assert typed not in {shown, current}


def test_a_decision_holds_for_the_version_that_was_seen_only():
    typed = Typed(1, Cell(Mark.ABSENT), 1, Cell(Mark.PRESENT, 120), over=2)
    assert judge(typed, Cell(Mark.EXCUSED), 2) is Verdict.SAVE
    assert judge(typed, Cell(Mark.PRESENT, 60), 3) is Verdict.CONFLICT


def test_presence_is_not_known_before_the_lesson_an_excuse_is():
    day_before = START - timedelta(days=1)
    assert too_early(Mark.PRESENT, START, day_before)
    assert not too_early(Mark.EXCUSED, START, day_before)
    assert not too_early(None, START, day_before)
    assert not too_early(Mark.ABSENT, START, START - timedelta(minutes=30))
