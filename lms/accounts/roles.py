"""Giving and ending the roles that hold everywhere: a part of this room's actions."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts.models import Account, Person, RoleGrant, StaffRole
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db


def grant_role(person: Person, role: StaffRole, *, by: int | None) -> RoleGrant:
    """Give a role; with an open grant already there, that one is returned."""
    known = _open_grant(person.id, role)
    if known is not None:
        return known
    grant = RoleGrant(person_id=person.id, role=role, granted_at=now(), granted_by_id=by)
    db.session.add(grant)
    db.session.flush()
    audit.record("role.granted", grant, actor_id=by, detail={"role": role.value})
    return grant


def end_role(person: Person, role: StaffRole, *, by: int | None) -> None:
    """End a role; harmless when it is not held. 409 for the last administrator's."""
    if role is StaffRole.ADMINISTRATOR:
        keep_an_administrator(without=person.id)
    grant = _open_grant(person.id, role)
    if grant is None:
        return
    grant.ended_at, grant.ended_by_id = now(), by
    audit.record("role.ended", grant, actor_id=by, detail={"role": role.value})


def keep_an_administrator(*, without: int) -> None:
    """Raise UserError (409) if, `without` this person, nobody could administer any more.

    Counts administrators who can sign in. The open grants are locked until the transaction ends:
    two administrators who take each other's role at once must not both succeed.
    """
    holders = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == StaffRole.ADMINISTRATOR, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.id)
        .with_for_update()
    )
    held_by = set(db.session.scalars(holders))
    if without not in held_by:
        return
    able = select(Account.person_id).where(
        Account.person_id.in_(held_by - {without}),
        Account.is_active,
        Account.password_hash.is_not(None),
    )
    if db.session.scalar(able.limit(1)) is None:
        raise UserError(
            _("This is the last administrator who can sign in: give the role to another first."),
            409,
        )


def _open_grant(person_id: int, role: StaffRole) -> RoleGrant | None:
    return db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.ended_at.is_(None),
        )
    )
