"""What saving a pasted list would do, line by line; shown first, and done only if unchanged."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from lms.accounts import queries as people
from lms.accounts import tax_codes
from lms.accounts.models import Person
from lms.enrolment.matching import Decision, Doubt, Known, decide
from lms.enrolment.models import EnrolmentStatus
from lms.enrolment.pasted import Line, LineFault
from lms.enrolment.queries import enrolments_of_people
from lms.organisations import queries as organisations
from lms.organisations.models import Organisation
from lms.text import search_key


class Outcome(enum.StrEnum):
    """What becomes of a line."""

    KNOWN = "known"
    NEW = "new"
    ENROLLED = "enrolled"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class PlannedLine:
    """One line and what saving does with it. Without `organisation`, a named one is made."""

    line: Line
    outcome: Outcome
    person: Person | None = None
    organisation: Organisation | None = None
    doubt: Doubt | LineFault | None = None


@dataclass(frozen=True)
class Plan:
    """All lines, in order."""

    lines: tuple[PlannedLine, ...]

    def count(self, outcome: Outcome) -> int:
        """How many lines have this outcome."""
        return sum(planned.outcome is outcome for planned in self.lines)

    @property
    def enrols(self) -> int:
        """How many people saving would enrol."""
        return self.count(Outcome.KNOWN) + self.count(Outcome.NEW)

    @property
    def digest(self) -> str:
        """Equal for equal plans: what was shown is what is saved."""
        facts = [
            (
                planned.line,
                planned.line.tax_code,
                planned.outcome,
                planned.person.id if planned.person else None,
                planned.organisation.id if planned.organisation else None,
            )
            for planned in self.lines
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()


class _Known:
    """What the database knows of a list's names, addresses, codes and bodies; six queries."""

    def __init__(self, cycle_id: int, lines: list[Line]) -> None:
        self.by_mail = people.by_addresses({line.email for line in lines} - {""})
        self.by_name = people.by_names({line.name_key for line in lines} - {""})
        self.bodies = organisations.by_names({line.organisation for line in lines})
        self.by_code = tax_codes.people_by_tax_codes({line.tax_code for line in lines} - {""})
        rows = [row for found in (self.by_mail, self.by_name) for row in found.values()]
        self.people = {person.id: person for row in rows for person in row}
        self.people |= {person.id: person for person in self.by_code.values()}
        asked = self.people if any(line.tax_code for line in lines) else ()
        self.codes = tax_codes.rows_of(asked)
        self.enrolments = enrolments_of_people(cycle_id, self.people.keys())

    def decision(self, line: Line) -> Decision:
        owner = self.by_code.get(line.tax_code)
        decision = decide(
            line,
            [_as_known(person) for person in self.by_mail.get(line.email, [])],
            [_as_known(person) for person in self.by_name.get(line.name_key, [])],
            _as_known(owner) if owner else None,
        )
        code = self.codes.get(decision.person_id or 0)
        if line.tax_code and code and not tax_codes.is_same_code(code, line.tax_code):
            return Decision(doubt=Doubt.OTHER_CODE)
        return decision

    def is_enrolled(self, person_id: int) -> bool:
        enrolment = self.enrolments.get(person_id)
        return enrolment is not None and enrolment.status is EnrolmentStatus.CONFIRMED


def _as_known(person: Person) -> Known:
    body = person.organisation.search_key if person.organisation else ""
    return Known(person.id, person.search_key, body)


def plan(cycle_id: int, lines: list[Line]) -> Plan:
    """What enrolling these lines in the cycle would do now; the same few queries for any length."""
    known = _Known(cycle_id, lines)
    planned: list[PlannedLine] = []
    taken: set[object] = set()
    for line in lines:
        result = _planned(line, known)
        who = result.person.id if result.person else (line.name_key, search_key(line.organisation))
        if result.outcome is not Outcome.LEFT_OUT and who in taken:
            result = PlannedLine(line, Outcome.LEFT_OUT, doubt=LineFault.REPEATED)
        taken.add(who)
        planned.append(result)
    return Plan(tuple(planned))


def _planned(line: Line, known: _Known) -> PlannedLine:
    if line.fault:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=line.fault)
    decision = known.decision(line)
    if decision.doubt:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=decision.doubt)
    if decision.person_id is not None:
        enrolled = known.is_enrolled(decision.person_id)
        outcome = Outcome.ENROLLED if enrolled else Outcome.KNOWN
        return PlannedLine(line, outcome, person=known.people[decision.person_id])
    bodies = known.bodies.get(search_key(line.organisation), [])
    if len(bodies) > 1:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=Doubt.SEVERAL)
    return PlannedLine(line, Outcome.NEW, organisation=bodies[0] if bodies else None)
