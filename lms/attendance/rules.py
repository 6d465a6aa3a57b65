"""What a register says, decided from values only: marks, evidence in, outcome out.

A person's word outweighs a platform's report and a check-in; a word taken back gives the floor to
these again; no word at all is *unmarked*, which is not absent.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.attendance.intervals import Interval, interval
from lms.attendance.window import Window
from lms.catalogue.rules import MARKED_BEFORE

ROLL_CALL_BEFORE = MARKED_BEFORE  # an excuse may be noted at any time


class Mark(enum.StrEnum):
    """What a register says of a person."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class RecordSource(enum.StrEnum):
    """Where the current mark comes from; a person's word outweighs a platform's report."""

    TRAINER = "trainer"
    REPORT = "report"
    CHECKIN = "checkin"
    RECTIFICATION = "rectification"


class EvidenceKind(enum.StrEnum):
    """What a piece of evidence is."""

    TRAINER_MARK = "trainer_mark"
    REPORT = "report"
    CLOSING = "closing"
    RECTIFICATION = "rectification"
    CHECKIN = "checkin"
    CHECKOUT = "checkout"
    JOINED_LINK = "joined_link"


# What was seen, not said: no word about the mark.
SEEN = frozenset(
    {
        EvidenceKind.REPORT,
        EvidenceKind.CHECKIN,
        EvidenceKind.CHECKOUT,
        EvidenceKind.JOINED_LINK,
    }
)
# Outcomes that are counted from stays.
COUNTED = frozenset({RecordSource.REPORT, RecordSource.CHECKIN})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a register: a mark (None: unmarked) and its credited minutes."""

    mark: Mark | None = None
    minutes: int = 0


UNMARKED = Cell()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the evidence amounts to."""

    mark: Mark
    minutes: int
    source: RecordSource


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as the rule sees it.

    REPORT: `entry_id` and its `intervals`, or `undone` when the entry was taken off this person.
    CHECKIN and CHECKOUT: `at`; a check-in with `minutes` holds to the end of the lesson, one
    without waits for a check-out. JOINED_LINK says only that a link was followed.
    The other kinds carry `mark` (None: an earlier mark taken back) and `minutes`.
    """

    kind: EvidenceKind
    mark: Mark | None = None
    minutes: int | None = None
    entry_id: int | None = None
    intervals: tuple[Interval, ...] = ()
    undone: bool = False
    at: datetime | None = None


def derive(proofs: Iterable[Proof], window: Window) -> Outcome | None:
    """The outcome of one person's evidence, oldest first; None is unmarked.

    The latest human word wins. Otherwise every entry of a report that still stands counts, and
    every check-in: the union of their intervals inside the lesson, in whole minutes; reports with
    none inside are an absence. Who checked in is present, even while no minute counts yet.
    """
    word: Proof | None = None
    for proof in (proofs := list(proofs)):
        if proof.kind not in SEEN:
            word = proof
    if word is not None and word.mark is not None:
        rectified = word.kind is EvidenceKind.RECTIFICATION
        source = RecordSource.RECTIFICATION if rectified else RecordSource.TRAINER
        return Outcome(word.mark, word.minutes or 0, source)
    entries = [each.intervals for each in standing(proofs) if each.intervals]
    checks = checked(proofs, window.ends_at)
    if not entries and checks is None:
        return None  # no evidence, or reports that do not say when: neither is an absence
    credited = credit([*entries, checks.stays if checks else ()], window)
    source = RecordSource.REPORT if entries else RecordSource.CHECKIN
    return Outcome(Mark.PRESENT if checks else mark_for(credited), credited, source)


@dataclass(frozen=True, slots=True)
class Checks:
    """What somebody's check-ins amount to: stays, and since when one waits for its check-out."""

    stays: tuple[Interval, ...]
    open_since: datetime | None = None


def checked(proofs: Iterable[Proof], ends_at: datetime) -> Checks | None:
    """The stays of somebody's check-ins and check-outs, oldest first; None: never checked in.

    A stay lasts from a check-in to the next check-out. Where none follows it lasts to the end of
    the lesson, if the check-in says so; if a check-out was asked for, it counts nothing yet. A
    second check-in without a check-out between, and a check-out alone, change nothing.
    """
    stays: list[Interval] = []
    came: Proof | None = None
    seen = False
    for proof in proofs:
        if proof.kind is EvidenceKind.CHECKIN and came is None:
            came, seen = proof, True
        elif proof.kind is EvidenceKind.CHECKOUT and came and came.at and proof.at:
            stays.append(interval(came.at, max(came.at, proof.at)))
            came = None
    if came and came.at and came.minutes is not None and came.at < ends_at:
        stays.append(interval(came.at, ends_at))
    waits = came is not None and came.minutes is None
    return Checks(tuple(stays), came.at if came and waits else None) if seen else None


def stays_of(proofs: Iterable[Proof], ends_at: datetime) -> list[Interval]:
    """Every stay behind somebody's evidence: of reports that stand, and of check-ins."""
    proofs = list(proofs)
    checks = checked(proofs, ends_at)
    reported = [stay for each in standing(proofs) for stay in each.intervals]
    return [*reported, *(checks.stays if checks else ())]


def standing(proofs: Iterable[Proof]) -> list[Proof]:
    """The entries of reports that still count for a person, of their evidence, oldest first."""
    found: dict[int, Proof] = {}
    for proof in proofs:
        if proof.entry_id is not None and proof.undone:
            found.pop(proof.entry_id, None)
        elif proof.entry_id is not None:
            found[proof.entry_id] = proof
    return list(found.values())


def credit(intervals: Iterable[Iterable[tuple[datetime, datetime]]], window: Window) -> int:
    """Whole minutes that several entries of one person are worth together."""
    return window.credit(each for entry in intervals for each in entry)


def mark_for(credited: int) -> Mark:
    """A minute inside the lesson is presence."""
    return Mark.PRESENT if credited >= 1 else Mark.ABSENT


class CellFault(enum.StrEnum):
    """Why a typed cell cannot be taken."""

    UNKNOWN_MARK = "unknown_mark"
    NOT_A_NUMBER = "not_a_number"
    NO_MINUTES = "no_minutes"
    TOO_LONG = "too_long"
    MINUTES_WITHOUT_PRESENCE = "minutes_without_presence"


class BadCellError(ValueError):
    """A typed cell that cannot be taken; `fault` says why."""

    def __init__(self, fault: CellFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


def read_cell(mark: str, minutes_typed: str, shown: Cell | None, lesson_minutes: int) -> Cell:
    """The cell somebody typed; `shown` is what stood there before (None: not known).

    Present without minutes is the whole lesson. Minutes left standing beside another mark are
    ignored; minutes typed beside one are a slip. Raises BadCellError.
    """
    if mark and mark not in {each.value for each in Mark}:
        raise BadCellError(CellFault.UNKNOWN_MARK)
    chosen = Mark(mark) if mark else None
    text = minutes_typed.strip()
    if shown is not None and chosen is shown.mark and text == str(shown.minutes):
        return shown  # untouched, even where the lesson was shortened since
    if chosen is not Mark.PRESENT:
        left_standing = shown is not None and text == str(shown.minutes)
        if text and not left_standing and text.lstrip("0"):
            raise BadCellError(CellFault.MINUTES_WITHOUT_PRESENCE)
        return Cell(chosen, 0)
    if not text:
        return Cell(chosen, lesson_minutes)
    return Cell(chosen, read_minutes(text, lesson_minutes))


def read_minutes(text: str, lesson_minutes: int) -> int:
    """Minutes of a presence, from 1 to the lesson's length. Raises BadCellError."""
    if not (text.isascii() and text.isdecimal()):
        raise BadCellError(CellFault.NOT_A_NUMBER)
    if len(text) > 5 or int(text) > lesson_minutes:
        raise BadCellError(CellFault.TOO_LONG)
    if int(text) == 0:
        raise BadCellError(CellFault.NO_MINUTES)
    return int(text)


class Verdict(enum.StrEnum):
    """What becomes of a typed cell."""

    LEAVE = "leave"
    SAVE = "save"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as a form sends it back.

    `version` and `shown` are what the form was made on (version 0: unmarked; `shown` None: only the
    version is known). `over` is the version somebody decided to overwrite after seeing both values.
    """

    enrolment_id: int
    cell: Cell
    version: int
    shown: Cell | None = None
    over: int | None = None


def judge(typed: Typed, current: Cell, version: int) -> Verdict:
    """Save only what was changed by who typed it, and nothing over what they have not seen."""
    if typed.cell == (typed.shown if typed.shown is not None else current):
        return Verdict.LEAVE
    if typed.cell == current:
        return Verdict.LEAVE  # both people say the same
    if version in {typed.version, typed.over}:
        return Verdict.SAVE
    return Verdict.CONFLICT


def too_early(mark: Mark | None, starts_at: datetime, instant: datetime) -> bool:
    """Whether nobody can know this mark yet: the lesson is still to come."""
    return mark in {Mark.PRESENT, Mark.ABSENT} and instant < starts_at - ROLL_CALL_BEFORE
