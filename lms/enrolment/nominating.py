"""Nominations: an organisation names its people, the organisers say yes or no. A part of actions.

A nomination takes no place: places are given when it is approved, in the order the organisers
choose, under the same lock as every other enrolment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import gettext as _

from lms import audit
from lms.accounts.models import Person
from lms.clock import now
from lms.enrolment import queries
from lms.enrolment.actions import (
    confirm,
    copy_person,
    demand_places,
    lock,
    note_event,
    people_of,
)
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.pasted import Line
from lms.enrolment.planning import Among, plan
from lms.enrolment.rules import against_nominating
from lms.enrolment.telling import Decision, tell
from lms.enrolment.words import refusal_in_words
from lms.errors import UserError
from lms.extensions import db
from lms.organisations.models import Organisation

STANDING = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.REQUESTED})


def nominate(
    cycle_id: int, people: Sequence[Person], body: Organisation, *, by: int, note: str = ""
) -> list[Enrolment]:
    """Nominate people of `body` for a cycle; who is enrolled or nominated is passed over.

    UserError: 409 when the cycle takes no nominations now, 403 for people of other bodies.
    """
    cycle = lock(cycle_id)
    facts = queries.facts_of(cycle)
    against = against_nominating(facts, now())
    if against:
        raise UserError(refusal_in_words(against[0], facts), 409)
    if any(person.organisation_id != body.id for person in people):
        raise UserError(_("You nominate the people of your own organisation only."), 403)
    known = queries.enrolments_of_people(cycle_id, [person.id for person in people])
    nominated = []
    for person in dict.fromkeys(people):
        enrolment = known.get(person.id)
        if enrolment is not None and enrolment.status in STANDING:
            continue
        if enrolment is None:
            enrolment = Enrolment(cycle_id=cycle.id, person_id=person.id, enrolled_at=now())
        enrolment.status = EnrolmentStatus.REQUESTED
        copy_person(person, enrolment)
        nominated.append(enrolment)
    db.session.add_all(nominated)
    db.session.flush()
    for enrolment in nominated:
        note_event(enrolment, by=by, note=note)
        audit.record("enrolment.nominated", enrolment, actor_id=by)
    return nominated


def nominate_list(
    cycle_id: int, lines: list[Line], body: Organisation, *, shown: str, by: int
) -> list[Enrolment] | None:
    """Nominate the people of a pasted list, adding those who are new to `body`.

    `shown` is the digest of the plan somebody has looked at: if it is another by now, nothing is
    done and None comes back.
    """
    lock(cycle_id)
    planned = plan(cycle_id, lines, Among(body))
    if planned.digest != shown:
        return None
    return nominate(cycle_id, people_of(planned, by=by), body, by=by)


def take_back(enrolment: Enrolment, *, reason: str, by: int) -> None:
    """Take a nomination back. UserError (409) when it has been decided meanwhile."""
    lock(enrolment.cycle_id)
    db.session.refresh(enrolment)
    if enrolment.status is not EnrolmentStatus.REQUESTED:
        raise UserError(_("This nomination has been decided already."), 409)
    enrolment.status = EnrolmentStatus.WITHDRAWN
    note_event(enrolment, by=by, note=reason)
    audit.record("enrolment.nomination_taken_back", enrolment, actor_id=by)


def approve(cycle_id: int, enrolment_ids: Collection[int], *, by: int) -> list[Enrolment]:
    """Enrol these nominated people, all or none; who was decided meanwhile is passed over.

    UserError (409) if the cycle is over or has not places enough.
    """
    cycle = lock(cycle_id)
    waiting = queries.requested(cycle_id, enrolment_ids)
    demand_places(cycle, len(waiting))
    people = [enrolment.person for enrolment in waiting]
    nominated = queries.last_notes([enrolment.id for enrolment in waiting])
    confirmed = confirm(cycle, people, {each.person_id: each for each in waiting}, by=by)
    tell(Decision(cycle, accepted=True), confirmed, nominated)
    return confirmed


def refuse(
    cycle_id: int, enrolment_ids: Collection[int], *, reason: str, by: int
) -> list[Enrolment]:
    """Refuse these nominations, with a reason that the organisation reads."""
    cycle = lock(cycle_id)
    waiting = queries.requested(cycle_id, enrolment_ids)
    nominated = queries.last_notes([enrolment.id for enrolment in waiting])
    for enrolment in waiting:
        enrolment.status = EnrolmentStatus.REFUSED
        note_event(enrolment, by=by, note=reason)
        audit.record("enrolment.refused", enrolment, actor_id=by)
    tell(Decision(cycle, accepted=False, reason=reason), waiting, nominated)
    return waiting
