"""What each room holds about people: how it is exported, erased, and how long it is kept.

Every table of the database is declared once, by its room (`ROOM/personal.py`). A table that nobody
declared fails a test, so none can be forgotten when somebody asks for their data or wants to go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select
from sqlalchemy.sql.dml import UpdateBase

from lms.extensions import db


@dataclass(frozen=True)
class Whose:
    """The person whose data are asked for."""

    person_id: int
    account_id: int | None
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Erasing(Whose):
    """The person who goes: what replaces their names, and the words that must not stay."""

    given_name: str
    family_name: str
    words: tuple[str, ...]
    own_words: tuple[str, ...]  # given and family name alone: others may bear the same
    at: datetime

    @property
    def label(self) -> str:
        """What stands where a name stood, family name first as in registers."""
        return f"{self.family_name} {self.given_name}"

    def without_names(self, value: Any) -> Any:
        """A text or JSON value in which the person's words are replaced by the label."""
        if isinstance(value, dict):
            return {key: self.without_names(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.without_names(each) for each in value]
        return self._replaced(value, self.words) if isinstance(value, str) else value

    def without_any_name(self, text: str) -> str:
        """A text written about this person, in which a single name means them too."""
        return self._replaced(text, (*self.words, *self.own_words))

    def _replaced(self, text: str, words: tuple[str, ...]) -> str:
        for word in words:
            start = text.casefold().find(word.casefold())
            while start >= 0:
                text = text[:start] + self.label + text[start + len(word) :]
                start = text.casefold().find(word.casefold(), start + len(self.label))
        return text

    def as_stored(self) -> list[str]:
        """The words as JSON columns hold them (ASCII escapes), beside as they are."""
        return sorted({form for word in self.words for form in (word, json.dumps(word)[1:-1])})


@dataclass(frozen=True)
class Export:
    """`rows` selects what is shown to the person: labelled columns, in a stable order.

    `shown` makes of a row what is written down, where that is not the row itself.
    """

    name: str
    rows: Callable[[Whose], Select[Any]]
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


@dataclass(frozen=True)
class Erase:
    """`carry_out` makes the person's rows anonymous or drops them, and tells how many."""

    carry_out: Callable[[Erasing], int]


@dataclass(frozen=True)
class Left:
    """Nothing is done, for a reason that a reader of the registry is told."""

    reason: str


@dataclass(frozen=True)
class Holding:
    """One table, with what was decided about it."""

    table: str
    export: Export | Left
    erase: Erase | Left


@dataclass(frozen=True)
class Held:
    """Who and what a legal hold protects: selects of ids."""

    person_ids: Select[tuple[int]]
    cycle_ids: Select[tuple[int]]


@dataclass(frozen=True)
class Period:
    """A class of data, how long it is kept after what, and the function that forgets it.

    `forget` takes the instant before which things are old, and what is on hold; it counts.
    """

    name: str
    keeps: timedelta
    since: str
    what: str
    forget: Callable[[datetime, Held], int]


@dataclass
class _Registry:
    holdings: dict[str, Holding] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)


_registry = _Registry()
NOBODY = Left("tells nothing of a person")


def declare(table: str, export: Export | Left, erase: Erase | Left) -> None:
    """Say what is done with `table`."""
    _registry.holdings[table] = Holding(table, export, erase)


def declare_impersonal(tables: Iterable[str]) -> None:
    """Say of several tables that nothing in them tells of a person."""
    for table in tables:
        declare(table, NOBODY, NOBODY)


def keep_for(period: Period) -> None:
    """Declare a class of data that the retention command forgets."""
    _registry.periods[period.name] = period


def holdings() -> dict[str, Holding]:
    """Every declaration, by table."""
    return dict(_registry.holdings)


def periods() -> list[Period]:
    """Every class of data, by name."""
    return [_registry.periods[name] for name in sorted(_registry.periods)]


def run(statement: UpdateBase) -> int:
    """Carry out an UPDATE or DELETE in the current transaction; how many rows."""
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount
