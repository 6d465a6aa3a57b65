"""A report against a lesson, values only: who is credited with what, and who is doubtful."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lms.attendance.crediting import How, Known, Window, assess
from lms.attendance.intervals import Interval
from lms.attendance.matching import Candidate
from lms.attendance.readers import Meeting, ReportedPerson
from lms.attendance.rules import EvidenceKind, Mark, Outcome, Proof, RecordSource

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 5, 12, 10, tzinfo=ROME)
WINDOW = Window(START, START + timedelta(hours=2))
ROSTER = (
    Candidate(1, "Ada", "Rossi", ("ada@example.org",)),
    Candidate(2, "Bruno", "Bianchi"),
    Candidate(3, "Carla", "Verdi"),
)


def stay(first: int, last: int) -> Interval:
    return Interval(START + timedelta(minutes=first), START + timedelta(minutes=last))


def person(name: str, *stays: Interval, email: str | None = None) -> ReportedPerson:
    return ReportedPerson(name, email, tuple(stays) or None, None, None, (2,))


def meeting(*people: ReportedPerson) -> Meeting:
    return Meeting("Incontro", None, None, people)


def known(decisions: dict[str, int | None] | None = None, **proofs: list[Proof]) -> Known:
    return Known(ROSTER, decisions or {}, {int(key[1:]): each for key, each in proofs.items()})


def test_certain_doubtful_and_missing():
    report = meeting(
        person("Ada R.", stay(-10, 50), email="ADA@example.org"),
        person("qualcuno", stay(0, 10)),
        person("Carla Verdi", stay(-60, -5)),
    )
    found = assess([report], WINDOW, known())
    ada, somebody, carla = found.lines
    assert (ada.how, ada.enrolment_id, ada.minutes) == (How.EMAIL, 1, 50)
    assert (somebody.how, somebody.enrolment_id, somebody.outcome) == (How.QUEUE, None, None)
    assert carla.outcome == Outcome(Mark.ABSENT, 0, RecordSource.REPORT)
    assert found.missing == (2,)
    assert found.inside == 2
    assert not found.elsewhere


def test_evidence_of_before_is_united():
    before = [Proof(EvidenceKind.REPORT, entry_id=9, intervals=(stay(0, 30),))]
    (line,) = assess([meeting(person("Ada Rossi", stay(20, 60)))], WINDOW, known(e1=before)).lines
    assert line.minutes == 40
    assert line.outcome == Outcome(Mark.PRESENT, 60, RecordSource.REPORT)


def test_a_word_by_hand_stays_and_counts_as_conflict_only_if_it_says_otherwise():
    by_hand = [Proof(EvidenceKind.TRAINER_MARK, Mark.PRESENT, 60)]
    same = assess([meeting(person("Ada Rossi", stay(0, 60)))], WINDOW, known(e1=by_hand))
    other = assess([meeting(person("Ada Rossi", stay(0, 30)))], WINDOW, known(e1=by_hand))
    assert same.lines[0].kept
    assert same.conflicts == []
    assert [line.enrolment_id for line in other.conflicts] == [1]
    assert other.lines[0].outcome == Outcome(Mark.PRESENT, 60, RecordSource.TRAINER)


def test_totals_without_times_mark_nobody():
    (line,) = assess([meeting(person("Ada Rossi"))], WINDOW, known()).lines
    assert line.minutes is None
    assert line.outcome is None
    assert line.enrolment_id == 1


def test_the_same_person_in_two_meetings_of_a_file_is_no_doubt():
    halves = [meeting(person("Ada Rossi", stay(0, 50))), meeting(person("Ada Rossi", stay(60, 90)))]
    found = assess(halves, WINDOW, known())
    assert {line.enrolment_id for line in found.lines} == {1}
    assert found.lines[0].outcome == Outcome(Mark.PRESENT, 80, RecordSource.REPORT)
    assert [line.position for line in found.lines] == [1, 2]


def test_twice_the_same_name_in_one_meeting_is_a_doubt():
    report = meeting(person("Bruno Bianchi", stay(0, 50)), person("bianchi bruno", stay(0, 90)))
    assert [line.how for line in assess([report], WINDOW, known()).lines] == [How.QUEUE, How.QUEUE]


def test_decisions_are_remembered_by_address_or_name_but_not_for_devices():
    decisions = {"name:qualcuno": 2, "name:iphone di ada": 1, "email:studio@example.org": None}
    report = meeting(
        person("Qualcuno", stay(0, 10)),
        person("iPhone di Ada", stay(0, 10)),
        person("Chiunque", stay(0, 10), email="studio@example.org"),
    )
    lines = assess([report], WINDOW, known(decisions)).lines
    assert [line.how for line in lines] == [How.REMEMBERED, How.QUEUE, How.DISMISSED]
    assert lines[0].enrolment_id == 2


def test_somebody_dismissed_does_not_make_a_namesake_doubtful():
    report = meeting(
        person("Ada Rossi", stay(0, 10), email="another@example.org"),
        person("Ada Rossi", stay(0, 20)),
    )
    lines = assess([report], WINDOW, known({"email:another@example.org": None})).lines
    assert [line.how for line in lines] == [How.DISMISSED, How.NAME]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ada Rossi", "Bruno Bianchi", "Carla Verdi", "nessuno", "iPhone"]),
            st.lists(st.tuples(st.integers(-90, 200), st.integers(0, 90)), max_size=3),
        ),
        max_size=8,
    )
)
def test_nobody_is_lost_and_nobody_gets_more_than_the_lesson(rows):
    people = [
        person(name, *(stay(first, first + length) for first, length in stays if length))
        for name, stays in rows
    ]
    found = assess([meeting(*people)], WINDOW, known())
    assert [line.position for line in found.lines] == list(range(1, len(people) + 1))
    assert all(line.minutes is None or 0 <= line.minutes <= 120 for line in found.lines)
    matched = [line.enrolment_id for line in found.lines if line.enrolment_id is not None]
    assert len(matched) == len(set(matched)), "one meeting never credits somebody twice"
    assert set(found.missing) == {1, 2, 3} - set(matched)
    assert found.fingerprint == assess([meeting(*people)], WINDOW, known()).fingerprint
