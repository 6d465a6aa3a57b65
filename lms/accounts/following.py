"""People and roles follow their organisation: counted on its page, moved when written twice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from lms.accounts.models import Person, RoleGrant
from lms.clock import now
from lms.extensions import db
from lms.organisations.followers import Follower, declare


def _end_doubled_roles(old_id: int, new_id: int) -> None:
    """Who holds a role towards both bodies holds it once: the grant for the old one ends."""
    already = select(RoleGrant.person_id).where(
        RoleGrant.organisation_id == new_id, RoleGrant.ended_at.is_(None)
    )
    doubled = (RoleGrant.organisation_id == old_id) & RoleGrant.ended_at.is_(None)
    db.session.execute(
        update(RoleGrant)
        .where(doubled, RoleGrant.person_id.in_(already))
        .values(ended_at=now())
        .execution_options(synchronize_session=False)
    )


declare("people", Follower(_l("People"), Person.organisation_id))
declare("roles", Follower(_l("Roles"), RoleGrant.organisation_id, before=_end_doubled_roles))
