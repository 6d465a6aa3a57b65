"""The seal of a closed register: canonical JSON of its rows, hashed onto the seal before.

    sealed_rows = canonical JSON (UTF-8, keys sorted, no spaces, no escapes) of
        {"format": 2, "number": n, "lesson": {...}, "cycle": code, "closed_at": instant,
         "closed_by": person id, "rows": [row, ...], and what `about` says: track, funding,
         teachers, files}
    seal        = SHA-256(previous seal in hexadecimal + "\\n" + sealed_rows)

The lesson has its `breaks` (pairs of instants) and the `grace_minutes` of the cycle's rule, where
there are any. The first register of an installation follows the empty seal. A row holds the
enrolment's id, name and organisation of the time, the mark (null: not taken), the credited
minutes, where they come from, first entry and last exit of the evidence, its kinds, and the
SHA-256 of the canonical JSON of the evidence itself. Instants are ISO 8601, UTC, whole seconds.
Format 1 had neither times nor kinds nor `about`; its seals hold on. Anybody who holds the rows can
compute the seal again with a few lines of any language; `lms register verify` does it and compares
the rows with the tables as they stand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

FORMAT = 2


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One person of a sealed register. `evidence` is the digest of what stands behind the mark.

    `entry` and `exit` are instants as the evidence has them, `kinds` its kinds, by spaces.
    """

    enrolment: int
    name: str
    organisation: str
    mark: str | None
    minutes: int
    source: str | None
    evidence: str
    entry: str | None = None
    exit: str | None = None
    kinds: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a seal says of the register itself."""

    number: int
    cycle: str
    lesson: Mapping[str, Any]
    closed_at: datetime
    closed_by: int | None
    about: Mapping[str, Any] = field(default_factory=dict)


def instant(moment: datetime) -> str:
    """An instant as seals write it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def counting(breaks: Iterable[tuple[datetime, datetime]], grace: int) -> dict[str, Any]:
    """How minutes were counted, as a seal says it: nothing where nothing was taken off or added."""
    spans = [[instant(start), instant(end)] for start, end in breaks]
    told = {"breaks": spans, "grace_minutes": grace}
    return {name: value for name, value in told.items() if value}


def canonical(value: Any) -> str:
    """The one JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(evidence: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the evidence of one row."""
    return hashlib.sha256(canonical(list(evidence)).encode()).hexdigest()


def rows_text(heading: Heading, rows: Iterable[SealedRow]) -> str:
    """The text that is sealed, rows in the order of their enrolments' ids."""
    return canonical(
        {
            **heading.about,
            "format": FORMAT,
            "number": heading.number,
            "cycle": heading.cycle,
            "lesson": dict(heading.lesson),
            "closed_at": instant(heading.closed_at),
            "closed_by": heading.closed_by,
            "rows": [asdict(row) for row in sorted(rows, key=lambda row: row.enrolment)],
        }
    )


def seal_of(previous: str, text: str) -> str:
    """The seal of `text` (`rows_text`) that follows the seal `previous`."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def rows_of(text: str) -> list[SealedRow]:
    """The rows of a sealed text. ValueError if it is none."""
    try:
        return [SealedRow(**row) for row in json.loads(text)["rows"]]
    except (KeyError, TypeError) as error:
        raise ValueError("not the text of a sealed register") from error


def same_but_for_names(text: str, anonymous: str) -> bool:
    """Whether the second text is the first one, but for the names in it."""

    def nameless(sealed: str) -> Any:
        plain = json.loads(sealed)
        for row in (*plain["rows"], *plain.get("teachers", ())):
            row["name"] = ""
        return {**plain, "closed_by_name": ""}

    return text == anonymous or bool(nameless(text) == nameless(anonymous))


def renamed(text: str, enrolment_ids: Iterable[int], person_id: int, name: str) -> str:
    """The sealed text with another name for these enrolments, and for this person as its staff.

    The same text if it has none of them.
    """
    plain, wanted = json.loads(text), set(enrolment_ids)
    for row in plain["rows"]:
        if row["enrolment"] in wanted:
            row["name"] = name
    for teacher in plain.get("teachers", ()):
        if teacher["person"] == person_id:
            teacher["name"] = name
    if plain.get("closed_by_name") and plain["closed_by"] == person_id:
        plain["closed_by_name"] = name
    return canonical(plain)
