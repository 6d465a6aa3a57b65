"""What this room holds about a person: enrolments with names, and their history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, update

from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment, EnrolmentEvent
from lms.personal import Erase, Erasing, Export, Whose, declare, run
from lms.text import search_key


def enrolments_of(who: Whose) -> Select[tuple[int]]:
    """The ids of the person's enrolments."""
    return select(Enrolment.id).where(Enrolment.person_id == who.person_id)


def _enrolments(who: Whose) -> Select[Any]:
    row = Enrolment
    return (
        select(
            Cycle.code.label("cycle_code"),
            Cycle.title.label("cycle"),
            row.status,
            row.enrolled_at,
            row.given_name,
            row.family_name,
            row.organisation_name.label("organisation"),
        )
        .join(Cycle, Cycle.id == row.cycle_id)
        .where(row.person_id == who.person_id)
        .order_by(row.id)
    )


def _erase_enrolments(who: Erasing) -> int:
    """Cycle, status, date and organisation stay: they are the counts."""
    return run(
        update(Enrolment)
        .where(Enrolment.person_id == who.person_id)
        .values(
            given_name=who.given_name,
            family_name=who.family_name,
            search_key=search_key(who.label),
        )
    )


def _history(who: Whose) -> Select[Any]:
    row = EnrolmentEvent
    return (
        select(Cycle.title.label("cycle"), row.status, row.at, row.note)
        .join(Enrolment, Enrolment.id == row.enrolment_id)
        .join(Cycle, Cycle.id == Enrolment.cycle_id)
        .where(Enrolment.person_id == who.person_id)
        .order_by(row.id)
    )


def _erase_notes(who: Erasing) -> int:
    row = EnrolmentEvent
    theirs = row.enrolment_id.in_(enrolments_of(who))
    return run(update(row).where(theirs, row.note != "").values(note=""))


declare("enrolment", Export("enrolments", _enrolments), Erase(_erase_enrolments))
declare("enrolment_event", Export("history_of_enrolments", _history), Erase(_erase_notes))
