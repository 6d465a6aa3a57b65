"""Uniting two people, and remembering that two are not the same.

Each in one transaction that has locked both people first, the lower id before the higher: two
organisers queue up, and an enrolment made meanwhile waits and is told.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts import queries as people
from lms.accounts.models import Person, StaffRole
from lms.accounts.tax_codes import hand_over
from lms.accounts.writing import owner_of, write
from lms.clock import now
from lms.duplicates import journal, letters, moving, queries
from lms.duplicates.models import NotDuplicate, PersonMerge
from lms.duplicates.rules import hindrances
from lms.duplicates.words import hindrance_in_words
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.reviewing import ask_about


def hold(first_id: int, second_id: int) -> tuple[Person, Person]:
    """Both people as they stand now, locked until the commit."""
    held = (
        select(Person)
        .where(Person.id.in_([first_id, second_id]))
        .order_by(Person.id)
        .with_for_update(key_share=True, of=Person)
        .execution_options(populate_existing=True)
    )
    found = {person.id: person for person in db.session.scalars(held).unique()}
    return found[first_id], found[second_id]


def merge(kept_id: int, other_id: int, *, by: int) -> PersonMerge:
    """Let all that is `other`'s be `kept`'s. UserError (409) with the reason if it cannot be."""
    kept, other = hold(kept_id, other_id)
    _demand_mergeable(kept, other, by)
    before = journal.snapshot((kept.id, other.id))
    written = moving.unite_enrolments(kept, other, by)
    moving.move_belongings(kept, other)
    shut = moving.move_account(kept, other)
    hand_over(other, kept)
    other.merged_into_id = kept.id
    changes = journal.changes_between(before, journal.snapshot((kept.id, other.id)))
    merged = PersonMerge(
        kept_id=kept.id,
        other_id=other.id,
        at=now(),
        by_id=by,
        changes={
            "rows": [change.plain() for change in changes],
            "written": written,
            "last_evidence": queries.last_evidence(journal.united(changes)),
            "statuses": queries.statuses_of(journal.united(changes)),
        },
    )
    db.session.add(merged)
    db.session.flush()
    if shut is not None:
        write(f"merge:{merged.id}:united", owner_of(shut), letters.united)
    audit.record("person.merged", merged, actor_id=by, detail={"kept": kept.id, "other": other.id})
    ask_about(kept.id)
    return merged


def _demand_mergeable(kept: Person, other: Person, by: int) -> None:
    administers = people.holds_role(by, StaffRole.ADMINISTRATOR)
    against = hindrances(*queries.parties(kept, other), by=by, by_administrator=administers)
    if against:
        raise UserError(hindrance_in_words(against[0]), 409)


def tell_apart(first_id: int, second_id: int, *, by: int) -> None:
    """Remember that these are two people; harmless when it is known, 409 when they are united."""
    first, second = hold(*sorted((first_id, second_id)))
    if first.merged_into_id is not None or second.merged_into_id is not None:
        raise UserError(_("One of the two is united with another record already."), 409)
    if db.session.get(NotDuplicate, (first.id, second.id)) is None:
        db.session.add(NotDuplicate(first_id=first.id, second_id=second.id, at=now(), by_id=by))
        db.session.flush()
        audit.record("person.told_apart", first, actor_id=by, detail={"from": second.id})


def propose_again(first_id: int, second_id: int, *, by: int) -> None:
    """Forget that these are two people; harmless when nobody said so."""
    first, second = hold(*sorted((first_id, second_id)))
    known = db.session.get(NotDuplicate, (first.id, second.id))
    if known is not None:
        db.session.delete(known)
        audit.record("person.proposed_again", first, actor_id=by, detail={"with": second.id})
