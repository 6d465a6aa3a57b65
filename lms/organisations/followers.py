"""What rooms above tell about a body: how many of their rows name it, and how they move along.

This room imports none of them: they declare themselves here, as they do to `lms.access`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask_babel import LazyString
from sqlalchemy import func, literal, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from lms.extensions import db

Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True)
class Follower:
    """One kind of row that names a body: its word, the column that names it, how it moves.

    `before`: what is settled first where the body it moves to may be named only once.
    """

    label: LazyString
    column: Column
    before: Callable[[int, int], None] | None = None


_followers: dict[str, Follower] = {}


def declare(name: str, follower: Follower) -> None:
    """Let merging a body written twice take these rows along, and its page count them."""
    _followers[name] = follower


def counts(organisation_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By body: how many rows of each follower name it, under the follower's name; one query."""
    asked = [
        select(literal(name), each.column, func.count())
        .where(each.column.in_(organisation_ids))
        .group_by(each.column)
        for name, each in sorted(_followers.items())
    ]
    told = {number: dict.fromkeys(sorted(_followers), 0) for number in organisation_ids}
    for name, number, many in db.session.execute(union_all(*asked)):
        told[number][name] = many
    return told


def labels() -> dict[str, LazyString]:
    """How each follower's rows are called on pages."""
    return {name: each.label for name, each in sorted(_followers.items())}


def move(old_id: int, new_id: int) -> None:
    """Let every row that names the one body name the other."""
    for _name, follower in sorted(_followers.items()):
        if follower.before:
            follower.before(old_id, new_id)
        column = follower.column
        db.session.execute(update(column.class_).where(column == old_id).values({column: new_id}))
