"""What is done to enrolments; the only writer of this room.

A place is given in one transaction that has locked the cycle's row first, so the last one is
given once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts.actions import add_person
from lms.accounts.models import Person
from lms.accounts.tax_codes import TaxCodeSource, people_with_tax_code, set_tax_code
from lms.catalogue.models import Cycle, TaxCodePolicy
from lms.catalogue.queries import last_end
from lms.clock import now
from lms.enrolment import queries
from lms.enrolment.models import Enrolment, EnrolmentEvent, EnrolmentStatus
from lms.enrolment.pasted import Line
from lms.enrolment.planning import ANYBODY, Among, Outcome, Plan, PlannedLine, plan
from lms.enrolment.rules import Refusal, against_withdrawing, refusals
from lms.enrolment.words import refusal_in_words, stay_in_words
from lms.errors import UserError
from lms.extensions import db
from lms.organisations.actions import add_organisation
from lms.organisations.models import Organisation, OrganisationKind
from lms.organisations.rules import guess_kind
from lms.text import clean_line, search_key

NOTE_LENGTH = 300


def enrol_self(cycle_id: int, person: Person, tax_code: str = "") -> Enrolment:
    """Enrol a person at their own wish. UserError (409) with the reason where it cannot be.

    `tax_code`: what they declare where the cycle asks for it and it is not known yet.
    """
    cycle = lock(cycle_id)
    _hold_people([person])
    known = queries.enrolments_of_people(cycle_id, [person.id])
    facts = queries.facts_of(cycle)
    enrolled = person.id in _confirmed(known)
    against = refusals(facts, enrolled=enrolled, at=now(), by_organiser=False)
    if against:
        raise UserError(refusal_in_words(against[0], facts), 409)
    _take_tax_code(cycle, person, tax_code)
    return confirm(cycle, [person], known, by=person.id)[0]


def enrol_people(cycle_id: int, people: Sequence[Person], *, by: int | None) -> list[Enrolment]:
    """Enrol several people, all or none; who is enrolled already is passed over.

    UserError (409) if the cycle is over or has not places enough.
    """
    cycle = lock(cycle_id)
    _hold_people(people)
    known = queries.enrolments_of_people(cycle_id, [person.id for person in people])
    confirmed = _confirmed(known)
    wanting = [person for person in dict.fromkeys(people) if person.id not in confirmed]
    demand_places(cycle, len(wanting))
    return confirm(cycle, wanting, known, by=by)


def enrol_list(
    cycle_id: int, lines: list[Line], *, shown: str, by: int | None, among: Among = ANYBODY
) -> list[Enrolment] | None:
    """Enrol the people of a pasted list, adding those who are new and their organisations.

    `shown` is the digest of the plan somebody has looked at: if it is another by now, nothing is
    done and None comes back.
    """
    lock(cycle_id)
    planned = plan(cycle_id, lines, among)
    if planned.digest != shown:
        return None
    return enrol_people(cycle_id, people_of(planned, by=by), by=by)


def people_of(planned: Plan, *, by: int | None) -> list[Person]:
    """The people of a list that has been looked at; those who are new are added."""
    bodies: dict[str, Organisation] = {}
    wanted = [one for one in planned.lines if one.outcome in {Outcome.KNOWN, Outcome.NEW}]
    people = [one.person or _add_planned(one, bodies, by=by) for one in wanted]
    with_code = people_with_tax_code([person.id for person in people])
    for one, person in zip(wanted, people, strict=True):
        if one.line.tax_code and person.id not in with_code:
            set_tax_code(person, one.line.tax_code, by=by, source=TaxCodeSource.ORGANISER)
    return people


def withdraw(enrolment: Enrolment, *, reason: str, by: int, by_organiser: bool) -> None:
    """End an enrolment; its history and attendance stay. UserError (409) if it cannot be."""
    cycle = lock(enrolment.cycle_id)
    db.session.refresh(enrolment)
    demand_withdrawable(enrolment, cycle, by_organiser=by_organiser)
    enrolment.status = EnrolmentStatus.WITHDRAWN
    note_event(enrolment, by=by, note=reason)
    audit.record("enrolment.withdrawn", enrolment, actor_id=by)


def demand_withdrawable(enrolment: Enrolment, cycle: Cycle, *, by_organiser: bool) -> None:
    """UserError (409) with the reason where the enrolment cannot be ended now."""
    against = against_withdrawing(
        active=enrolment.status in {EnrolmentStatus.CONFIRMED, EnrolmentStatus.REQUESTED},
        status=cycle.status,
        last_end=last_end(cycle.id),
        at=now(),
        by_organiser=by_organiser,
    )
    if against is not None:
        raise UserError(stay_in_words(against), 409)


def update_copies(enrolment: Enrolment, *, by: int) -> None:
    """Take over the person's present name and organisation (after a correction, say)."""
    before = {"name": enrolment.full_name, "organisation": enrolment.organisation_name}
    copy_person(enrolment.person, enrolment)
    db.session.flush()
    audit.record("enrolment.copies_updated", enrolment, actor_id=by, detail={"before": before})


def _take_tax_code(cycle: Cycle, person: Person, tax_code: str) -> None:
    if cycle.tax_code_policy is TaxCodePolicy.NOT_ASKED or people_with_tax_code([person.id]):
        return
    if tax_code:
        set_tax_code(person, tax_code, by=person.id)
    elif cycle.tax_code_policy is TaxCodePolicy.REQUIRED:
        raise UserError(_("This cycle requires your tax code: enter it to enrol."))


def lock(cycle_id: int) -> Cycle:
    """The cycle as it is now, held until the transaction ends: places are given one at a time."""
    locked = (
        select(Cycle)
        .where(Cycle.id == cycle_id)
        .with_for_update(of=Cycle)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(locked).one()


def _hold_people(people: Sequence[Person]) -> None:
    """Hold these people as they are until the commit: a merge must not overtake an enrolment.

    UserError (409) for one whose record was united with another.
    """
    held = (
        select(Person)
        .where(Person.id.in_([person.id for person in people]))
        .order_by(Person.id)
        .with_for_update(read=True, of=Person)
        .execution_options(populate_existing=True)
    )
    for person in db.session.scalars(held).unique():
        if person.merged_into_id is not None:
            raise UserError(
                _(
                    "%(name)s is united with another record: choose that.",
                    name=person.full_name,
                ),
                409,
            )


def demand_places(cycle: Cycle, wanted: int) -> None:
    """UserError (409) if the cycle is over or so many people do not fit."""
    facts = queries.facts_of(cycle)
    against = refusals(facts, enrolled=False, at=now(), by_organiser=True)
    if wanted and against and against != (Refusal.FULL,):
        raise UserError(refusal_in_words(against[0], facts), 409)
    left = facts.places_left
    if left is not None and wanted > left:
        raise UserError(
            _("%(wanted)s people do not fit: %(left)s places are left.", wanted=wanted, left=left),
            409,
        )


def _confirmed(known: dict[int, Enrolment]) -> set[int]:
    return {row.person_id for row in known.values() if row.status is EnrolmentStatus.CONFIRMED}


def confirm(
    cycle: Cycle, people: Sequence[Person], known: dict[int, Enrolment], *, by: int | None
) -> list[Enrolment]:
    """Enrol these people, whatever stood before; the cycle is locked and has places."""
    # Who comes back keeps the date of the first enrolment: withdrawing for a day must not shorten
    # what is due to those who are measured since they enrolled. Who was only nominated until now
    # is enrolled from now on.
    back = queries.once_confirmed([known[person.id].id for person in people if person.id in known])
    enrolments = []
    for person in people:
        enrolment = known.get(person.id) or Enrolment(cycle_id=cycle.id, person_id=person.id)
        if enrolment.id not in back:
            enrolment.enrolled_at = now()
        enrolment.status = EnrolmentStatus.CONFIRMED
        copy_person(person, enrolment)
        enrolments.append(enrolment)
    db.session.add_all(enrolments)
    db.session.flush()
    for enrolment in enrolments:
        note_event(enrolment, by=by)
        audit.record("enrolment.confirmed", enrolment, actor_id=by)
    return enrolments


def copy_person(person: Person, enrolment: Enrolment) -> None:
    """Copy a person's present name and organisation."""
    given, family, organisation_id, organisation_name = queries.copies_of(person)
    enrolment.given_name, enrolment.family_name = given, family
    enrolment.organisation_id, enrolment.organisation_name = organisation_id, organisation_name
    enrolment.search_key = search_key(f"{family} {given} {organisation_name}")


def note_event(enrolment: Enrolment, *, by: int | None, note: str = "") -> None:
    """Write the enrolment's status into its history."""
    event = EnrolmentEvent(
        enrolment_id=enrolment.id, status=enrolment.status, at=now(), actor_id=by,
        note=clean_line(note)[:NOTE_LENGTH],
    )  # fmt: skip
    db.session.add(event)


def _add_planned(
    planned: PlannedLine, bodies: dict[str, Organisation], *, by: int | None
) -> Person:
    line = planned.line
    body = planned.organisation
    if body is None and search_key(line.organisation):
        key = search_key(line.organisation)
        if key not in bodies:
            kind = OrganisationKind(guess_kind(line.organisation))
            bodies[key] = add_organisation(line.organisation, kind, by=by)
        body = bodies[key]
    emails: Iterable[str] = [line.email] if line.email else []
    return add_person(
        line.given_name, line.family_name, organisation_id=body.id if body else None,
        emails=emails, by=by,
    )  # fmt: skip
