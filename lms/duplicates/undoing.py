"""Parting two people again: every row as it was, or a refusal that says why not."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit
from lms.accounts import queries as people
from lms.accounts.models import Account, Person, StaffRole
from lms.accounts.writing import owner_of, write
from lms.attendance.actions_uniting import hold_registers, part_presences
from lms.attendance.rules import Cell, Mark
from lms.clock import now
from lms.duplicates import journal, letters, queries
from lms.duplicates.actions import hold
from lms.duplicates.journal import Change
from lms.duplicates.models import PersonMerge
from lms.duplicates.words import tables_in_words
from lms.enrolment.actions import note_event
from lms.enrolment.models import Enrolment
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.reviewing import ask_about

# Evidence that a union, and its undoing, had to write.
_WRITTEN = ("written", "parted")


def undo(merge_id: int, *, by: int) -> None:
    """Part the two again. UserError (409) where what happened since forbids it."""
    found = db.session.get_one(PersonMerge, merge_id)
    kept, other = hold(found.kept_id, found.other_id)
    db.session.refresh(found)
    if kept.erased_at is not None or other.erased_at is not None:
        raise UserError(_("The person's data were erased: nothing can be parted any more."), 409)
    changes = [Change(*row) for row in found.changes["rows"]]
    united = sorted(journal.united(changes))
    for cycle_id in queries.cycles_of(united):
        hold_registers(cycle_id)
    reason = _refusal(found, changes) or _staff_refusal(kept, other, by)
    if reason:
        raise UserError(reason, 409)
    parted = part_presences(found.changes["written"], _cells(changes), by)
    journal.put_back(changes)
    for enrolment_id in united:
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        note_event(enrolment, by=by, note=_("The union with a second record was undone."))
    found.undone_at, found.undone_by_id = now(), by
    found.changes = {**found.changes, "parted": parted}
    db.session.flush()
    for change in changes:
        if change.table == "account" and (change.before or {}).get("is_active"):
            opened = db.session.get_one(Account, change.key, populate_existing=True)
            write(f"merge:{found.id}:parted", owner_of(opened), letters.parted)
    audit.record("person.merge_undone", found, actor_id=by)
    for person in (kept, other):
        ask_about(person.id)


def _refusal(found: PersonMerge, changes: list[Change]) -> str | None:
    """What happened since the union that parting would destroy, in words; None if nothing."""
    if found.undone_at is not None:
        return str(_("This union is already undone."))
    unions = queries.unions_of(found.kept, found.other)
    if any(each.id > found.id and each.undone_at is None for each in unions):
        return str(_("One of the two was united with a third record since: undo that first."))
    moved = journal.moved_on(changes)
    if moved:
        what = tables_in_words(moved)
        return str(_("Changed since, and parting would overwrite it: %(what)s.", what=what))
    united = journal.united(changes)
    if queries.statuses_of(united) != found.changes["statuses"]:
        return str(_("Their enrolment was withdrawn or confirmed since."))
    own = [key for each in unions for name in _WRITTEN for key in each.changes.get(name, ())]
    if queries.news(united, found.changes["last_evidence"], own):
        return str(_("Attendance was recorded since that belongs to the two together."))
    if queries.sealed_since(united, found.at):
        return str(_("A register with their united presences was sealed since."))
    if queries.certified_since(united, found.at):
        return str(_("A certificate was issued since on their united presences."))
    return None


def _staff_refusal(kept: Person, other: Person, by: int) -> str | None:
    roles = people.open_roles([kept.id, other.id, by])
    if (roles[kept.id] or roles[other.id]) and StaffRole.ADMINISTRATOR not in roles[by]:
        return str(_("Only an administrator may unite or part the records of staff."))
    return None


def _cells(changes: list[Change]) -> dict[tuple[int, int], Cell]:
    """What stood in each register for each enrolment, where a record was changed or taken off."""
    rows = [c.before for c in changes if c.table == "attendance_record" and c.before]
    return {
        (row["register_id"], row["enrolment_id"]): Cell(Mark(row["mark"]), row["minutes"])
        for row in rows
    }
