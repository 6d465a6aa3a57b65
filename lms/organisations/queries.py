"""Every question to the organisations' tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from lms.audit import AuditEvent
from lms.extensions import db
from lms.lists import MAXIMUM_WORDS
from lms.organisations.models import (
    CODES,
    Organisation,
    OrganisationKind,
    OrganisationName,
    OrganisationStatus,
    OrganisationWord,
)
from lms.organisations.rules import COMMON_WORDS, WORD_LENGTH
from lms.text import search_key

OFFERED = frozenset({OrganisationStatus.CONFIRMED})
OFFERED_TO_ORGANISERS = OFFERED | {OrganisationStatus.PROPOSED}
_AFTER_ALL = "\U0010ffff"  # sorts after every letter, byte by byte
# A name typed without its kind means a municipality first: "roma" is Comune di Roma.
_BEGINNINGS = ("", "comune di ", "provincia di ", "citta metropolitana di ", "regione ")


def _words(text: str) -> list[str]:
    return [word[:WORD_LENGTH] for word in search_key(text).split()[:MAXIMUM_WORDS]]


def _telling(word: str) -> tuple[bool, bool, int]:
    """How few bodies a word may find: numbers, then words not of every name, then long ones."""
    common = any(each.startswith(word) for each in COMMON_WORDS)
    return any(ch.isdigit() for ch in word), not common, len(word)


def begins(word: str) -> ColumnElement[bool]:
    """Whether a word of the index begins with `word`: a range, so the index is used."""
    return and_(OrganisationWord.word >= word, OrganisationWord.word < word + _AFTER_ALL)


def has_words(text: str) -> ColumnElement[bool]:
    """Whether each word of `text` begins a word of the body's names, former ones too, or codes.

    The word that tells most is looked up in the index; what it finds is asked for the others.
    """
    words = sorted(_words(text), key=_telling, reverse=True)
    if not words:
        return false()
    drives = select(OrganisationWord.organisation_id).where(begins(words[0]))
    others = [
        exists().where(OrganisationWord.organisation_id == Organisation.id, begins(word))
        for word in words[1:]
    ]
    return and_(Organisation.id.in_(drives), *others)


def searched(
    text: str,
    kind: OrganisationKind | None = None,
    region: str | None = None,
    status: OrganisationStatus | None = None,
) -> Select[Any]:
    """Bodies found by `text` (see `has_words`), of a kind, a region, a standing; by name."""
    found = select(Organisation).order_by(Organisation.search_key, Organisation.id)
    if text:
        found = found.where(has_words(text))
    for column, value in (
        (Organisation.kind, kind), (Organisation.region, region), (Organisation.status, status),
    ):  # fmt: skip
        if value:
            found = found.where(column == value)
    return found


def regions() -> list[str]:
    """The regions that bodies lie in, by name."""
    found = select(Organisation.region).where(Organisation.region.is_not(None)).distinct()
    return sorted(filter(None, db.session.scalars(found)))


def candidates(
    text: str, limit: int = 10, statuses: Collection[OrganisationStatus] = OFFERED
) -> list[Organisation]:
    """The first bodies a typed text may mean, those of this very name first."""
    key = search_key(text)
    if not key:
        return []
    whole = [f"{start}{key}" for start in _BEGINNINGS]
    rank = case(
        (Organisation.search_key.in_(whole), 0),
        (or_(*(Organisation.search_key.startswith(each) for each in whole)), 1),
        (Organisation.kind == OrganisationKind.MUNICIPALITY, 2),
        (Organisation.kind == OrganisationKind.OTHER, 4),
        else_=3,
    )
    order = (rank, Organisation.search_key, Organisation.id)
    first = (
        select(Organisation.id)
        .where(Organisation.status.in_(statuses), has_words(text))
        .order_by(*order)
        .limit(limit)
    )
    found = select(Organisation).where(Organisation.id.in_(first.subquery().select()))
    return list(db.session.scalars(found.order_by(*order)))


def named(name: str, statuses: Collection[OrganisationStatus] = OFFERED) -> list[Organisation]:
    """Bodies with this very name, now or once, accents and case aside; namesakes are several."""
    return by_names([name], statuses).get(search_key(name), [])


def by_names(
    names: Iterable[str], statuses: Collection[OrganisationStatus] = OFFERED_TO_ORGANISERS
) -> dict[str, list[Organisation]]:
    """`named` for many names in one query: search key → bodies; who bears the name today first."""
    keys = {search_key(name) for name in names} - {""}
    found: dict[str, list[Organisation]] = {key: [] for key in keys}
    if not keys:
        return found
    today = select(Organisation.id, Organisation.search_key.label("key"), literal(0).label("once"))
    once = select(OrganisationName.organisation_id, OrganisationName.search_key, literal(1))
    hits = union_all(
        today.where(Organisation.search_key.in_(keys)),
        once.where(OrganisationName.search_key.in_(keys)),
    ).subquery()
    rows = (
        select(hits.c.key, hits.c.once, Organisation)
        .join(Organisation, Organisation.id == hits.c.id)
        .where(Organisation.status.in_(statuses))
        .order_by(hits.c.once, Organisation.id)
    )
    for key, by_old_name, body in db.session.execute(rows):
        borne = any(other.search_key == key for other in found[key])
        if not (by_old_name and borne):  # an old name leads on only where nobody bears it
            found[key].append(body)
    return found


def offered(
    organisation_id: int, statuses: Collection[OrganisationStatus] = OFFERED
) -> Organisation | None:
    """The body of this number, if it may be chosen."""
    body = db.session.get(Organisation, organisation_id)
    return body if body is not None and body.status in statuses else None


def names_of(organisation_ids: Collection[int]) -> dict[int, list[OrganisationName]]:
    """Other names by body, the latest first."""
    found: dict[int, list[OrganisationName]] = {number: [] for number in organisation_ids}
    if found:
        rows = select(OrganisationName).where(OrganisationName.organisation_id.in_(found))
        latest = OrganisationName.until.desc().nulls_last()
        for row in db.session.scalars(rows.order_by(latest, OrganisationName.id)):
            found[row.organisation_id].append(row)
    return found


def found_by(text: str, body: Organisation, names: Iterable[OrganisationName]) -> str | None:
    """The other name by which `text` finds the body; None when the present one does."""
    words = _words(text)
    if all(_has(word, [body.name, *(getattr(body, code) for code in CODES)]) for word in words):
        return None
    return next((n.name for n in names if all(_has(word, [n.name]) for word in words)), None)


def _has(word: str, texts: Iterable[str | None]) -> bool:
    return any(each.startswith(word) for text in texts if text for each in search_key(text).split())


def holder_of(column: str, code: str) -> Organisation | None:
    """Who has this code already; `column` is one of `CODES`."""
    return db.session.scalar(select(Organisation).where(getattr(Organisation, column) == code))


def successor_of(body: Organisation) -> Organisation | None:
    """The body that followed."""
    return db.session.get(Organisation, body.successor_id) if body.successor_id else None


def predecessors_of(body: Organisation) -> list[Organisation]:
    """The bodies that went into this one."""
    found = select(Organisation).where(Organisation.successor_id == body.id)
    return list(db.session.scalars(found.order_by(Organisation.search_key)))


def proposals() -> Select[Any]:
    """Bodies that wait for an organiser, the longest waiting first."""
    return (
        select(Organisation)
        .where(Organisation.status == OrganisationStatus.PROPOSED)
        .order_by(Organisation.proposed_at, Organisation.id)
    )


def count_proposals() -> int:
    """How many bodies wait for an organiser."""
    waiting = Organisation.status == OrganisationStatus.PROPOSED
    return db.session.scalar(select(func.count(Organisation.id)).where(waiting)) or 0


def proposal_named(name: str, kind: OrganisationKind) -> Organisation | None:
    """A waiting proposal of this very name and kind."""
    found = proposals().where(
        Organisation.search_key == search_key(name), Organisation.kind == kind
    )
    return db.session.scalars(found.limit(1)).first()


def deeds(body: Organisation, limit: int = 50) -> list[AuditEvent]:
    """What was done to this body, the latest first."""
    found = select(AuditEvent).where(
        AuditEvent.object_type == Organisation.__tablename__, AuditEvent.object_id == body.id
    )
    return list(db.session.scalars(found.order_by(AuditEvent.id.desc()).limit(limit)))
