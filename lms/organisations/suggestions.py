"""What the type-ahead offers: few bodies, told apart, without a word about any person."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

from lms.organisations import queries
from lms.organisations.models import Organisation
from lms.organisations.words import kind_in_words, told_apart

LIMIT = 20
SHORTEST = 2


@dataclass(frozen=True)
class Suggestion:
    """One line of the list: what choosing it writes, and what is said besides."""

    id: int
    label: str
    detail: str


def suggest(text: str) -> dict[str, Any]:
    """At most `LIMIT` confirmed bodies for `text`, and whether there are more. Two queries."""
    if len(text) < SHORTEST:
        return {"items": [], "more": False}
    bodies = queries.candidates(text, LIMIT + 1)
    shown = bodies[:LIMIT]
    names = queries.names_of([body.id for body in shown])
    items = [_suggestion(body, queries.found_by(text, body, names[body.id])) for body in shown]
    return {"items": [asdict(item) for item in items], "more": len(bodies) > LIMIT}


def _suggestion(body: Organisation, former: str | None) -> Suggestion:
    parts = [kind_in_words(body.kind), body.region or ""]
    if former:
        parts.insert(0, _("found as “%(name)s”", name=former))
    return Suggestion(body.id, told_apart(body), " · ".join(part for part in parts if part))


def called(text: str, body: Organisation) -> str:
    """How a body is named among choices: "Castegnero (now Castegnero Nanto)" by an old name."""
    former = queries.found_by(text, body, queries.names_of([body.id])[body.id])
    if former:
        return str(_("%(former)s (now %(name)s)", former=former, name=told_apart(body)))
    return told_apart(body)
