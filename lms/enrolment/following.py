"""Enrolments follow an organisation that was written twice; the name copied on them stays."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.organisations.followers import Follower, declare


def _count(organisation_ids: Collection[int]) -> dict[int, int]:
    found = (
        select(Enrolment.organisation_id, func.count())
        .where(Enrolment.organisation_id.in_(organisation_ids))
        .group_by(Enrolment.organisation_id)
    )
    return {number: count for number, count in db.session.execute(found) if number is not None}


def _move(old_id: int, new_id: int) -> None:
    db.session.execute(
        update(Enrolment).where(Enrolment.organisation_id == old_id).values(organisation_id=new_id)
    )


declare("enrolments", Follower(_l("Enrolments"), _count, _move))
