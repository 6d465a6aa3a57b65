"""What a report would change in a register: each of its people against the lesson and the roster.

Pure: the preview shows it, the import writes it, and both are the same computation.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from lms.attendance.intervals import Interval, minutes
from lms.attendance.matching import Ambiguous, Candidate, Certain, match_all, memory_key
from lms.attendance.matching import Person as NamedPerson
from lms.attendance.names import DEVICES, readings
from lms.attendance.readers import Meeting, ReportedPerson
from lms.attendance.rules import (
    COUNTED,
    ROLL_CALL_BEFORE,
    EvidenceKind,
    Outcome,
    Proof,
    derive,
)
from lms.attendance.window import Window

NAME_LENGTH = 300
EMAIL_LENGTH = 254


class How(enum.StrEnum):
    """How a person of a report is known, or why not."""

    EMAIL = "email"
    TAX_CODE = "tax_code"
    NAME = "name"
    PART_OF_NAME = "part_of_name"
    INITIALS = "initials"
    REMEMBERED = "remembered"  # somebody decided so for an earlier report of the cycle
    DISMISSED = "dismissed"  # somebody said: not one of ours
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows before the import, by enrolment id or `memory_key`.

    `decisions`: what people decided before (None: not one of ours). `proofs`: evidence so far.
    """

    roster: Sequence[Candidate]
    decisions: Mapping[str, int | None]
    proofs: Mapping[int, list[Proof]]


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the report.

    `minutes`: of this line alone, inside the lesson; None when the report does not say when.
    `outcome`: what the register would say of the matched person after the import.
    `kept`: somebody marked the person by hand, and that mark stays.
    `seen`: the report says of an instant of the lesson that they were there, and nothing more.
    """

    position: int
    person: ReportedPerson
    inside: tuple[Interval, ...]
    minutes: int | None
    how: How
    enrolment_id: int | None
    candidates: tuple[int, ...]
    outcome: Outcome | None
    kept: bool
    seen: bool = False

    @property
    def name(self) -> str:
        """As the report writes it, cut to what is stored."""
        return self.person.name[:NAME_LENGTH]

    @property
    def email(self) -> str:
        """As the report writes it; empty when it gives none."""
        return (self.person.email or "")[:EMAIL_LENGTH]

    @property
    def differs(self) -> bool:
        """Whether the platform states another time than is counted: a minute is rounding."""
        stated = self.person.stated_minutes
        told = stated is not None and self.minutes is not None
        return told and abs((stated or 0) - (self.minutes or 0)) > 1

    @property
    def memory(self) -> str:
        """The key under which a decision about this person is remembered."""
        return memory_key(NamedPerson(self.name, self.email or None))


@dataclass(frozen=True, slots=True)
class Assessment:
    """A report against a lesson. `missing`: enrolled people it does not name."""

    lines: tuple[Line, ...]
    missing: tuple[int, ...]

    @property
    def inside(self) -> int:
        """People with at least a minute inside the lesson."""
        return sum(1 for line in self.lines if line.minutes)

    @property
    def elsewhere(self) -> bool:
        """Nobody was there during the lesson: most likely it is the report of another one."""
        return self.inside == 0 and not any(line.seen for line in self.lines)

    def having(self, how: How) -> list[Line]:
        """The lines known in this way."""
        return [line for line in self.lines if line.how is how]

    @property
    def queue(self) -> list[Line]:
        """The lines that a person has to match."""
        return self.having(How.QUEUE)

    @property
    def conflicts(self) -> list[Line]:
        """The lines whose person has a mark by hand that says otherwise."""
        return [line for line in self.lines if line.kept and _disagrees(line)]

    @property
    def fingerprint(self) -> str:
        """A short name for all of this: the same before and after, nothing moved meanwhile."""
        facts = [
            f"{line.position}:{line.minutes}:{line.how}:{line.enrolment_id}:{line.outcome}"
            for line in self.lines
        ]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _disagrees(line: Line) -> bool:
    if line.outcome is None or line.minutes is None:
        return False
    return line.outcome.minutes != line.minutes


def assess(meetings: Sequence[Meeting], window: Window, known: Known) -> Assessment:
    """Match and credit everybody of these meetings of one report.

    Each meeting is matched by itself: the same person in the morning and in the afternoon is no
    doubt. A decision about somebody without an address is not carried to the next report when the
    name is a device's: the next "iPhone" may be another person's.
    """
    found: list[tuple[ReportedPerson, How, int | None, tuple[int, ...]]] = []
    for meeting in meetings:
        found += _matched(meeting.people, known)
    additions: dict[int, list[Proof]] = {}
    for position, (person, _how, enrolment_id, _candidates) in enumerate(found, start=1):
        if enrolment_id is not None:
            stays = tuple(person.intervals or ())
            additions.setdefault(enrolment_id, []).append(
                Proof(EvidenceKind.REPORT, entry_id=-position, intervals=stays)
            )
    outcomes = {
        key: derive([*known.proofs.get(key, ()), *proofs], window)
        for key, proofs in additions.items()
    }
    lines = tuple(
        _line(position, person, how, enrolment_id, candidates, window, outcomes)
        for position, (person, how, enrolment_id, candidates) in enumerate(found, start=1)
    )
    named = {line.enrolment_id for line in lines}
    missing = tuple(int(str(each.key)) for each in known.roster if each.key not in named)
    return Assessment(lines, missing)


def _line(
    position: int,
    person: ReportedPerson,
    how: How,
    enrolment_id: int | None,
    candidates: tuple[int, ...],
    window: Window,
    outcomes: Mapping[int, Outcome | None],
) -> Line:
    inside = window.credited(person.intervals or ())
    outcome = outcomes.get(enrolment_id) if enrolment_id is not None else None
    return Line(
        position=position,
        person=person,
        inside=inside,
        minutes=minutes(inside) if person.intervals else None,
        how=how,
        enrolment_id=enrolment_id,
        candidates=candidates,
        outcome=outcome,
        kept=outcome is not None and outcome.source not in COUNTED,
        seen=person.seen_at is not None
        and window.starts_at - ROLL_CALL_BEFORE <= person.seen_at <= window.ends_at,
    )


def _matched(
    people: Sequence[ReportedPerson], known: Known
) -> list[tuple[ReportedPerson, How, int | None, tuple[int, ...]]]:
    named = [
        NamedPerson(
            person.name[:NAME_LENGTH], person.email, person.registered_name, person.tax_code
        )
        for person in people
    ]
    coded = {code for candidate in known.roster for code in candidate.tax_codes}
    decided = {
        key: known.decisions[key]
        for each in named
        if (key := memory_key(each)) in known.decisions and _lasting(each, coded)
    }
    ours = [each for each in named if decided.get(memory_key(each), 0) is not None]
    remembered = {key: value for key, value in decided.items() if value is not None}
    matches = iter(match_all(ours, known.roster, remembered))
    found: list[tuple[ReportedPerson, How, int | None, tuple[int, ...]]] = []
    for person, each in zip(people, named, strict=True):
        if decided.get(memory_key(each), 0) is None:
            found.append((person, How.DISMISSED, None, ()))
            continue
        match = next(matches)
        if isinstance(match, Certain):
            found.append((person, How(match.how), int(str(match.key)), ()))
        else:
            likely = match.candidates if isinstance(match, Ambiguous) else match.suggestions
            found.append((person, How.QUEUE, None, tuple(int(str(key)) for key in likely)))
    return found


def _lasting(person: NamedPerson, coded: Set[str]) -> bool:
    """Whether a decision about this name holds for another report; a known code outweighs it."""
    if not person.email and person.tax_code in coded:
        return False
    return bool(person.email) or not readings(person.name).everything & DEVICES
