"""Bodies that may be one under another spelling: for who decides about a proposal."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from lms.extensions import db
from lms.organisations.models import Organisation, OrganisationStatus, OrganisationWord
from lms.organisations.queries import begins
from lms.organisations.rules import WORD_LENGTH, is_near, likeness, telling_words

_LOOKED_AT = 200


def near(body: Organisation, limit: int = 5) -> list[Organisation]:
    """Confirmed bodies that may be this one under another spelling, the likeliest first."""
    words = {word[:WORD_LENGTH] for word in telling_words(body.name)}
    # A word's first letters, too: "Assocazione" and "Associazione" differ further on.
    starts = [begins(word[: max(4, len(word) - 3)]) for word in sorted(words)]
    shared = (
        select(OrganisationWord.organisation_id)
        .where(or_(*starts))
        .group_by(OrganisationWord.organisation_id)
        .order_by(func.count().desc())
        .limit(_LOOKED_AT)
    )
    confirmed = select(Organisation).where(
        Organisation.id != body.id,
        Organisation.status == OrganisationStatus.CONFIRMED,
        Organisation.id.in_(shared),
    )
    if not starts:
        return []
    alike = [each for each in db.session.scalars(confirmed) if is_near(body.name, each.name)]
    alike.sort(key=lambda each: (-likeness(body.name, each.name), each.search_key))
    return alike[:limit]
