"""What a cycle's certificates are to say and show: words, emblems of its track, own logos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from certificates.data import OWN_WORDS, Emblem
from lms.catalogue.models import Cycle, FundingEmblem
from lms.extensions import db
from lms.issuance import queries
from lms.issuance.models_looks import CertificateLogo, CertificatePicture, CertificateWords

NAMES = tuple(name + of for of in ("", "_other") for name in OWN_WORDS)
Mark = FundingEmblem | CertificateLogo


@dataclass(frozen=True)
class Looks:
    """Words by the names of `CertificateData`, and marks in the order the fund demands."""

    emblems: tuple[Emblem, ...]
    words: dict[str, str] = field(default_factory=dict)


def looks_of(cycle: Cycle) -> Looks:
    """Everything, as it is printed."""
    marks = marks_of(cycle, with_pictures=True)
    return Looks(tuple(map(_printed, marks)), words_of(cycle.id))


def emblems_only(cycle: Cycle) -> Looks:
    """What the track brings along: enough to see whether anything is lacking."""
    return Looks(tuple(map(_printed, queries.emblems_of(cycle.track_id))))


def words_of(cycle_id: int) -> dict[str, str]:
    """Words of the organisers' own; nothing for those that are the usual ones."""
    row = db.session.get(CertificateWords, cycle_id)
    return {name: getattr(row, name) for name in NAMES if row and getattr(row, name)}


def logos_of(cycle_id: int, *, with_pictures: bool = False) -> Sequence[CertificateLogo]:
    """The logos of a cycle, in their order."""
    rows = (
        select(CertificateLogo)
        .where(CertificateLogo.cycle_id == cycle_id)
        .order_by(CertificateLogo.position, CertificateLogo.id)
    )
    if with_pictures:
        content = undefer(CertificatePicture.content)
        rows = rows.options(joinedload(CertificateLogo.picture).options(content))
    return db.session.scalars(rows).all()


def marks_of(cycle: Cycle, *, with_pictures: bool = False) -> list[Mark]:
    """Emblems of the track and logos of the cycle, as they follow each other."""
    emblems = queries.emblems_of(cycle.track_id)
    logos = logos_of(cycle.id, with_pictures=with_pictures)
    found: list[Mark] = []
    for place in range(len(emblems) + 1):
        # A track that lost an emblem leaves its logos at the end.
        last = place == len(emblems)
        found += [
            logo for logo in logos if logo.follows == place or (last and logo.follows > place)
        ]
        found += emblems[place : place + 1]
    return found


def _printed(mark: Mark) -> Emblem:
    if isinstance(mark, FundingEmblem):
        return Emblem(symbol=mark.symbol, label=mark.label)
    return Emblem(symbol="picture", label=mark.label, picture=mark.picture.content)


@lru_cache(maxsize=64)
def picture(sha256: str) -> bytes | None:
    """A logo by its content's name: what has that name never changes."""
    row = db.session.get(CertificatePicture, sha256)
    return row.content if row else None
