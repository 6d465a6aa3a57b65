"""What saving a pasted list would do, line by line; shown first, and done only if unchanged."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
    WAITING = "waiting"
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
class Among:
    """Whom a list may recognise: of one `body` only (a referent's), or anybody.

    `seen` picks those whom who looks may see: only they are recognised by name alone.
    """

    body: Organisation | None = None
    seen: Callable[[Sequence[Person]], list[Person]] | None = None


ANYBODY = Among()


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

    def __init__(self, cycle_id: int, lines: list[Line], among: Among) -> None:
        self.body = among.body
        self.by_mail = people.by_addresses({line.email for line in lines} - {""})
        self.by_name = people.by_names({line.name_key for line in lines} - {""})
        self._keep(among)
        self.bodies = organisations.by_names({line.organisation for line in lines})
        self.by_code = tax_codes.people_by_tax_codes({line.tax_code for line in lines} - {""})
        rows = [row for found in (self.by_mail, self.by_name) for row in found.values()]
        self.people = {person.id: person for row in rows for person in row}
        self.people |= {person.id: person for person in self.by_code.values()}
        asked = self.people if any(line.tax_code for line in lines) else ()
        self.codes = tax_codes.rows_of(asked)
        self.enrolments = enrolments_of_people(cycle_id, self.people.keys())

    def _keep(self, among: Among) -> None:
        """Forget the people whom who looks is not to learn of."""
        if among.body is not None:
            own = among.body.id
            for found in (self.by_mail, self.by_name):
                for key, rows in found.items():
                    found[key] = [person for person in rows if person.organisation_id == own]
            return
        if among.seen is None:
            return
        named = {person.id: person for rows in self.by_name.values() for person in rows}
        seen = {person.id for person in among.seen(list(named.values()))}
        for key, rows in self.by_name.items():
            self.by_name[key] = [person for person in rows if person.id in seen]

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

    def outcome(self, person_id: int) -> Outcome:
        enrolment = self.enrolments.get(person_id)
        if enrolment is None:
            return Outcome.KNOWN
        if enrolment.status is EnrolmentStatus.CONFIRMED:
            return Outcome.ENROLLED
        # For a referent, who is nominated waits for the answer; an organiser's list is the answer.
        waiting = self.body is not None and enrolment.status is EnrolmentStatus.REQUESTED
        return Outcome.WAITING if waiting else Outcome.KNOWN


def _as_known(person: Person) -> Known:
    body = person.organisation.search_key if person.organisation else ""
    return Known(person.id, person.search_key, body)


def plan(cycle_id: int, lines: list[Line], among: Among = ANYBODY) -> Plan:
    """What enrolling these lines in the cycle would do now; the same few queries for any length.

    `among` says whom a line may turn out to be; by mail address an organiser's list meets anybody.
    """
    known = _Known(cycle_id, lines, among)
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
    named = search_key(line.organisation)
    if known.body is not None and named and named != known.body.search_key:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=Doubt.OTHER_BODY)
    # A referent's people are all of one body: an empty cell says so too.
    decision = known.decision(replace(line, organisation=known.body.name) if known.body else line)
    if decision.doubt:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=decision.doubt)
    if decision.person_id is not None:
        outcome = known.outcome(decision.person_id)
        return PlannedLine(line, outcome, person=known.people[decision.person_id])
    if known.body is not None:
        return PlannedLine(line, Outcome.NEW, organisation=known.body)
    bodies = known.bodies.get(search_key(line.organisation), [])
    if len(bodies) > 1:
        return PlannedLine(line, Outcome.LEFT_OUT, doubt=Doubt.SEVERAL)
    return PlannedLine(line, Outcome.NEW, organisation=bodies[0] if bodies else None)
