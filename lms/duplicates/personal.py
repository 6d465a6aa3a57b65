"""What this room holds about a person: that two records were found to be theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select, update

from lms.duplicates.models import PersonMerge
from lms.personal import Erase, Erasing, Export, Left, Whose, declare, run


def _merges(who: Whose) -> Select[Any]:
    row = PersonMerge
    rows = select(row.at, row.undone_at).where(_theirs(who))
    return rows.order_by(row.id)


def _theirs(who: Whose) -> Any:
    return or_(PersonMerge.kept_id == who.person_id, PersonMerge.other_id == who.person_id)


def _erase_changes(who: Erasing) -> int:
    """The rows of before go: a union of somebody erased is never parted again."""
    return run(update(PersonMerge).where(_theirs(who)).values(changes={"rows": []}))


declare("person_merge", Export("records_united", _merges), Erase(_erase_changes))
declare(
    "not_duplicate",
    Left("two ids, and that somebody said they are different people"),
    Left("two ids, and that somebody said they are different people"),
)
