"""The roles of a person, now and ever, with what each is for and who gave and ended it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.catalogue.models import Cycle, CycleTrainer, Track
from lms.extensions import db
from lms.organisations.models import Organisation

CYCLES_NAMED = 10  # on the profile; the others stand on the list of cycles


@dataclass(frozen=True)
class GrantedRole:
    """One role given; names are None where the command line acted, `scope` where it is for all."""

    grant: RoleGrant
    scope: str | None
    granted_by: str | None
    ended_by: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is held now."""
        return self.grant.ended_at is None


def history(person_id: int) -> list[GrantedRole]:
    """Every role ever given to the person, the latest first."""
    giver, ender = aliased(Person), aliased(Person)
    rows = (
        select(RoleGrant, Track.title, Organisation.name, giver, ender)
        .outerjoin(Track, RoleGrant.track_id == Track.id)
        .outerjoin(Organisation, RoleGrant.organisation_id == Organisation.id)
        .outerjoin(giver, RoleGrant.granted_by_id == giver.id)
        .outerjoin(ender, RoleGrant.ended_by_id == ender.id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.granted_at.desc(), RoleGrant.id.desc())
    )
    return [
        GrantedRole(
            grant, track or organisation,
            by.full_name if by else None, ended_by.full_name if ended_by else None,
        )
        for grant, track, organisation, by, ended_by in db.session.execute(rows)
    ]  # fmt: skip


@dataclass(frozen=True)
class OwnRoles:
    """The roles somebody holds now, each with the names of what it is for (None: everything).

    `trained`: slug and title of the latest cycles they train in; `more`: how many others.
    """

    granted: list[tuple[StaffRole, list[str | None]]]
    trained: list[tuple[str, str]]
    more: int

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.granted or self.trained)


def held_by(person_id: int) -> OwnRoles:
    """What somebody may do here, for their own profile; two queries."""
    rows = db.session.execute(
        select(RoleGrant.role, Track.title, Organisation.name)
        .outerjoin(Track, RoleGrant.track_id == Track.id)
        .outerjoin(Organisation, RoleGrant.organisation_id == Organisation.id)
        .where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.role, Track.title, Organisation.name)
    )
    granted: dict[StaffRole, list[str | None]] = {}
    for role, track, organisation in rows:
        granted.setdefault(role, []).append(track or organisation)
    cycles = db.session.execute(
        select(Cycle.slug, Cycle.title)
        .join(CycleTrainer, CycleTrainer.cycle_id == Cycle.id)
        .where(CycleTrainer.person_id == person_id)
        .order_by(Cycle.id.desc())
    ).all()
    shown = [(slug, title) for slug, title in cycles[:CYCLES_NAMED]]
    return OwnRoles(list(granted.items()), shown, len(cycles) - len(shown))


def scope_of(grant: RoleGrant) -> str | None:
    """What a role is for, by name; None where it is for everything."""
    if grant.track_id is not None:
        return db.session.scalar(select(Track.title).where(Track.id == grant.track_id))
    if grant.organisation_id is not None:
        return db.session.scalar(
            select(Organisation.name).where(Organisation.id == grant.organisation_id)
        )
    return None
