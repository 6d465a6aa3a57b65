"""What rooms above tell about a body: how many of their rows name it, and how they move along.

This room imports none of them: they declare themselves here, as they do to `lms.access`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flask_babel import LazyString


@dataclass(frozen=True)
class Follower:
    """One kind of row that names a body: its word, how many there are, and how they move."""

    label: LazyString
    count: Callable[[Collection[int]], dict[int, int]]
    move: Callable[[int, int], None]


_followers: dict[str, Follower] = {}


def declare(name: str, follower: Follower) -> None:
    """Let merging a body written twice take these rows along, and its page count them."""
    _followers[name] = follower


def counts(organisation_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """By body: how many rows of each follower name it, under the follower's name."""
    told = {name: each.count(organisation_ids) for name, each in sorted(_followers.items())}
    return {
        number: {name: found.get(number, 0) for name, found in told.items()}
        for number in organisation_ids
    }


def labels() -> dict[str, LazyString]:
    """How each follower's rows are called on pages."""
    return {name: each.label for name, each in sorted(_followers.items())}


def move(old_id: int, new_id: int) -> None:
    """Let every row that names the one body name the other."""
    for _name, follower in sorted(_followers.items()):
        follower.move(old_id, new_id)
