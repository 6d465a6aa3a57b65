"""People follow their organisation: counted on its page, moved when it was written twice."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from lms.accounts.models import Person
from lms.extensions import db
from lms.organisations.followers import Follower, declare


def _count(organisation_ids: Collection[int]) -> dict[int, int]:
    found = (
        select(Person.organisation_id, func.count())
        .where(Person.organisation_id.in_(organisation_ids))
        .group_by(Person.organisation_id)
    )
    return {number: count for number, count in db.session.execute(found) if number is not None}


def _move(old_id: int, new_id: int) -> None:
    db.session.execute(
        update(Person).where(Person.organisation_id == old_id).values(organisation_id=new_id)
    )


declare("people", Follower(_l("People"), _count, _move))
