"""All bodies in memory, changed together, written in bulk: what loading and importing share.

A few thousand changes become a few statements. Nothing is written before `write`, so a file with a
fault changes nothing; what already is as it should be makes no change and no report.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.extensions import db
from lms.organisations import followers
from lms.organisations.ledger_writing import COLUMNS, Alias, Body, write
from lms.organisations.models import (
    CODES,
    NameReason,
    Organisation,
    OrganisationKind,
    OrganisationName,
    OrganisationStatus,
)
from lms.text import search_key


@dataclass
class Changes:
    """What was changed, by name: the report. `notes` are what a person should look at."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each, without the notes."""
        return {key: len(value) for key, value in vars(self).items() if key != "notes"}

    @property
    def anything(self) -> bool:
        """Whether anything was changed."""
        return any(self.counts().values())


class Ledger:
    """The bodies by every key that finds them."""

    def __init__(self) -> None:
        """Read every body and name: two queries."""
        self.changes = Changes()
        self.bodies: list[Body] = []
        self.by_code: dict[str, dict[str, Body]] = {code: {} for code in CODES}
        self.by_name: dict[str, list[Body]] = defaultdict(list)
        self.moves: list[tuple[Body, Body]] = []  # people of the first now belong to the second
        by_id: dict[int, Body] = {}
        columns = [Organisation.__table__.c[name] for name in ("id", *COLUMNS)]
        for row in db.session.execute(select(*columns).order_by(Organisation.id)):
            values = dict(zip(COLUMNS, row[1:], strict=True))
            by_id[row[0]] = self._enter(Body(values, row[0], dict(values)))
        for alias in db.session.execute(
            select(
                OrganisationName.organisation_id, OrganisationName.search_key,
                OrganisationName.name, OrganisationName.reason, OrganisationName.until,
            )
        ):  # fmt: skip
            by_id[alias[0]].names[alias[1]] = Alias(alias[2], alias[3], alias[4], known=True)

    def _enter(self, body: Body) -> Body:
        self.bodies.append(body)
        self.by_name[search_key(body.name)].append(body)
        for code in CODES:
            if body.values[code]:
                self.by_code[code][body.values[code]] = body
        return body

    def create(self, name: str, kind: str, **values: Any) -> Body:
        """Add a body. Codes that another holds are left out, and noted."""
        start = dict.fromkeys(COLUMNS)
        start |= {
            "name": name,
            "kind": OrganisationKind(kind),
            "status": OrganisationStatus.CONFIRMED,
        }
        body = self._enter(Body(start))
        for column, value in values.items():
            self.set(body, column, value)
        self.changes.created.append(name)
        return body

    def set(self, body: Body, column: str, value: Any) -> bool:
        """Change one value. A code that another body holds stays there: a note says so."""
        old = body.values[column]
        if value == old:
            return False
        if column in CODES:
            holder = self.by_code[column].get(value) if value else None
            if holder is not None and holder is not body:
                self.changes.notes.append(
                    f"{body.name}: {column} {value} is {holder.name}'s already; left out"
                )
                return False
            self.by_code[column].pop(old, None)
            if value:
                self.by_code[column][value] = body
        body.values[column] = value
        return True

    def rename(
        self,
        body: Body,
        name: str,
        until: date | None = None,
        reason: NameReason = NameReason.FORMER,
    ) -> None:
        """Give a body another name; the old one still finds it, unless it was only proposed.

        (What somebody typed at registration is shown to nobody else.)
        """
        old = body.name
        if name == old:
            return
        self.by_name[search_key(old)].remove(body)
        self.by_name[search_key(name)].append(body)
        body.values["name"] = name
        if body.status is not OrganisationStatus.PROPOSED:
            self.also(body, old, reason, until)
        self.changes.renamed.append(f"{old} → {name}")

    def also(self, body: Body, name: str, reason: NameReason, until: date | None = None) -> None:
        """Let `name` find the body too."""
        key = search_key(name)
        if key and key != search_key(body.name) and key not in body.names:
            body.names[key] = Alias(name, reason, until)

    def merge(self, body: Body, into: Body, on: date | None, *, move: bool = False) -> None:
        """End `body`: `into` follows it and is found by its names. `move`: its people go along."""
        if body.status is OrganisationStatus.MERGED or body is into:
            return
        if body.status is not OrganisationStatus.PROPOSED:
            self.also(into, body.name, NameReason.PREDECESSOR, on)
        for alias in body.names.values():
            self.also(into, alias.name, NameReason.PREDECESSOR, alias.until or on)
        body.values |= {"status": OrganisationStatus.MERGED, "closed_on": on}
        body.successor = into
        if move:
            self.moves.append((body, into))
        self.changes.merged.append(f"{body.name} → {into.name}")

    def close(self, body: Body, on: date) -> None:
        """End a body that nothing follows."""
        body.values |= {"status": OrganisationStatus.CLOSED, "closed_on": on}
        self.changes.closed.append(body.name)

    def reopen(self, body: Body) -> None:
        """A closed body is there again."""
        body.values |= {"status": OrganisationStatus.CONFIRMED, "closed_on": None}
        self.changes.reopened.append(body.name)

    def report(self) -> Changes:
        """What would be changed; nothing is written."""
        self.changes.updated = [
            body.name for body in self.bodies if body.before and _plainly_changed(body)
        ]
        return self.changes

    def write(self) -> Changes:
        """Write what changed; `commit` is the caller's."""
        self.report()
        write(self.bodies)
        for old, new in self.moves:
            if old.id is not None and new.id is not None:
                followers.move(old.id, new.id)
        return self.changes


def _plainly_changed(body: Body) -> bool:
    """Whether more than its name or standing changed (those are told on their own)."""
    told = {"name", "status", "closed_on", "successor_id"}
    return any(body.values[c] != body.before[c] for c in COLUMNS if c not in told)


class _AllBodies:
    """What an audit event about many bodies at once names."""

    __tablename__ = Organisation.__tablename__
    id = None


def note(action: str, changes: Changes, *, by: int | None) -> None:
    """Record in the audit what was changed, if anything was."""
    if changes.anything:
        audit.record(action, _AllBodies, actor_id=by, detail=changes.counts())
