"""Giving and ending roles: a part of this room's actions."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts.models import Account, Person, RoleGrant, StaffRole
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line

REASON_LENGTH = 300


def grant_role(
    person: Person,
    role: StaffRole,
    *,
    by: int | None,
    track_id: int | None = None,
    organisation_id: int | None = None,
    reason: str = "",
) -> RoleGrant:
    """Give a role towards a track, an organisation or everything.

    With an open grant already there, that one is returned.
    """
    known = _open_grant(person.id, role, track_id, organisation_id)
    if known is not None:
        return known
    grant = RoleGrant(
        person_id=person.id, role=role, track_id=track_id, organisation_id=organisation_id,
        granted_at=now(), granted_by_id=by, reason=clean_line(reason)[:REASON_LENGTH],
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    audit.record("role.granted", grant, actor_id=by, detail=_detail(grant))
    return grant


def end_grant(grant: RoleGrant, *, by: int | None, reason: str = "") -> None:
    """End a role; harmless when it is over. 409 for the last administrator's."""
    if grant.role is StaffRole.ADMINISTRATOR:
        keep_an_administrator(without=grant.person_id)
        db.session.refresh(grant)  # another may have ended it while we waited
    if grant.ended_at is not None:
        return
    grant.ended_at, grant.ended_by_id = now(), by
    grant.end_reason = clean_line(reason)[:REASON_LENGTH]
    audit.record("role.ended", grant, actor_id=by, detail=_detail(grant))


def _detail(grant: RoleGrant) -> dict[str, object]:
    scope = {"track_id": grant.track_id, "organisation_id": grant.organisation_id}
    return {"role": grant.role.value} | {key: value for key, value in scope.items() if value}


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


def _open_grant(
    person_id: int, role: StaffRole, track_id: int | None, organisation_id: int | None
) -> RoleGrant | None:
    return db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.track_id.is_not_distinct_from(track_id),
            RoleGrant.organisation_id.is_not_distinct_from(organisation_id),
            RoleGrant.ended_at.is_(None),
        )
    )
