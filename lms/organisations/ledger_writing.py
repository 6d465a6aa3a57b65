"""Bodies written in bulk: a few thousand changes as a few statements (see `ledger`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from lms.extensions import db
from lms.organisations.models import (
    CODES,
    NameReason,
    Organisation,
    OrganisationName,
    OrganisationStatus,
    OrganisationWord,
)
from lms.organisations.rules import words_of
from lms.text import search_key

COLUMNS = (
    "name", "kind", "status", "successor_id", "closed_on", "province_code", "region", *CODES,
)  # fmt: skip
BATCH = 500


@dataclass(eq=False)
class Body:
    """One body as it is to be; `before` is how the database has it (empty: not yet there)."""

    values: dict[str, Any]
    id: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    successor: Body | None = None
    names: dict[str, Alias] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether the database has it otherwise."""
        return self.values != self.before or self.successor is not None

    def __getattr__(self, column: str) -> Any:
        try:
            return self.__dict__["values"][column]
        except KeyError:
            raise AttributeError(column) from None


@dataclass(frozen=True)
class Alias:
    """Another name of a body; `known`: the database has it."""

    name: str
    reason: NameReason
    until: date | None
    known: bool = False


def write(bodies: list[Body]) -> None:
    """Write what is new or changed among `bodies`; `commit` is the caller's."""
    new = [body for body in bodies if body.id is None]
    old = [body for body in bodies if body.id is not None and body.changed]
    _free_codes(old)
    _insert(new)
    for body in bodies:
        if body.successor is not None:
            body.values["successor_id"] = body.successor.id
    _update([*old, *(body for body in new if body.successor is not None)])
    aliased = [body for body in bodies if not all(a.known for a in body.names.values())]
    _insert_names(aliased)
    _index({body.id: body for body in (*new, *old, *aliased)}.values())


def _batches(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def _free_codes(bodies: list[Body]) -> None:
    """Codes that change hands are let go first: they are unique at every moment."""
    rows = [
        {"row": body.id} | {c: None if body.before[c] != body.values[c] else body.before[c]
                            for c in CODES}
        for body in bodies
        if any(body.before[c] and body.before[c] != body.values[c] for c in CODES)
    ]  # fmt: skip
    _execute_update(rows, CODES)


def _insert(bodies: list[Body]) -> None:
    for start in range(0, len(bodies), BATCH):
        part = bodies[start : start + BATCH]
        rows = [
            body.values | {"search_key": search_key(body.name), "status": _status_at_birth(body)}
            for body in part
        ]
        found = db.session.execute(
            insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True), rows
        )
        for body, number in zip(part, found.scalars(), strict=True):
            body.id = number


def _status_at_birth(body: Body) -> OrganisationStatus:
    """A merged body needs its successor's number, which comes after all are inserted."""
    return OrganisationStatus.CONFIRMED if body.successor is not None else body.status


def _update(bodies: list[Body]) -> None:
    rows = [{"row": body.id, "search_key": search_key(body.name), **body.values} for body in bodies]
    _execute_update(rows, (*COLUMNS, "search_key"))


def _execute_update(rows: list[dict[str, Any]], columns: Iterable[str]) -> None:
    if not rows:
        return
    table: Any = Organisation.__table__
    change = (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({column: bindparam(f"new_{column}", type_=table.c[column].type)
                 for column in columns})
    )  # fmt: skip
    prepared = [
        {"row": row["row"], **{f"new_{column}": row[column] for column in columns}} for row in rows
    ]
    db.session.connection().execute(change, prepared)


def _insert_names(bodies: list[Body]) -> None:
    rows = [
        {
            "organisation_id": body.id, "name": alias.name, "search_key": key,
            "reason": alias.reason, "until": alias.until,
        }
        for body in bodies
        for key, alias in body.names.items()
        if not alias.known
    ]  # fmt: skip
    for part in _batches(rows):
        db.session.execute(insert(OrganisationName), part)


def _index(bodies: Iterable[Body]) -> None:
    """Write the words of these bodies anew."""
    ready = [body for body in bodies if body.id is not None]
    rows = []
    for body in ready:
        texts = [
            body.name,
            *(a.name for a in body.names.values()),
            *(body.values[c] for c in CODES),
        ]
        rows += [{"organisation_id": body.id, "word": word} for word in sorted(words_of(texts))]
    for start in range(0, len(ready), BATCH):
        numbers = [body.id for body in ready[start : start + BATCH] if body.before]
        if numbers:
            db.session.execute(
                delete(OrganisationWord).where(OrganisationWord.organisation_id.in_(numbers))
            )
    for part in _batches(rows):
        db.session.execute(insert(OrganisationWord), part)
