"""How far roles reach: which tracks somebody organises, and which people those tracks know.

A track knows the people enrolled or training in it; the rooms that know of such ties declare them
(`tie`), as they declare their loaders. What an organiser of tracks may see of people stands in
ADR 0013.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import ColumnElement, and_, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from lms.access import Role, Subject, role_source
from lms.accounts.models import Person, PersonEmail, RoleGrant, StaffRole
from lms.extensions import db


@dataclass(frozen=True)
class Grant:
    """A role held now, and towards what; neither track nor organisation: towards everything."""

    role: StaffRole
    track_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True)
class Reach:
    """The things a role reaches: all of them, or those with these ids."""

    everything: bool = False
    ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.ids)

    def __contains__(self, number: int | None) -> bool:
        return self.everything or number in self.ids

    def holds(self, column: InstrumentedAttribute[int] | ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that `column` is one of the ids reached."""
        return true() if self.everything else column.in_(self.ids)


EVERYTHING = Reach(everything=True)
# Given a condition on the id of a track: people whom a track of that kind knows.
Tie = Callable[[Callable[[Any], ColumnElement[bool]]], ColumnElement[bool]]
_ties: list[Tie] = []


def tie(function: Tie) -> Tie:
    """Declare a way in which tracks know people."""
    _ties.append(function)
    return function


def open_grants(person_id: int) -> Collection[Grant]:
    """The roles a person holds now (asked once a request; of who looks, with their session)."""
    known: dict[int, Collection[Grant]] = g.setdefault("open_grants", {})
    if person_id not in known:
        rows = select(RoleGrant.role, RoleGrant.track_id, RoleGrant.organisation_id).where(
            RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None)
        )
        known[person_id] = [Grant(*row) for row in db.session.execute(rows)]
    return known[person_id]


def tracks_of(person_id: int, role: StaffRole) -> Reach:
    """The tracks towards which a person holds `role`."""
    held = [grant for grant in open_grants(person_id) if grant.role is role]
    if role is StaffRole.ORGANISER and any(grant.track_id is None for grant in held):
        return EVERYTHING
    return Reach(ids=frozenset(grant.track_id for grant in held if grant.track_id is not None))


def organisations_of(person_id: int) -> frozenset[int]:
    """The organisations whose referent a person is."""
    return frozenset(
        grant.organisation_id
        for grant in open_grants(person_id)
        if grant.role is StaffRole.REFERENT and grant.organisation_id is not None
    )


def organised() -> Reach:
    """The tracks that who looks organises; an administrator organises all of them."""
    if _is_administrator(current_user.person_id, None):
        return EVERYTHING
    return tracks_of(current_user.person_id, StaffRole.ORGANISER)


# --- people --------------------------------------------------------------------------------------


def people_within_reach() -> ColumnElement[bool]:
    """People whom who looks may see as an organiser: known to own tracks, or added by oneself."""
    return _within(organised(), current_user.person_id)


def only_within_reach(people: Sequence[Person]) -> list[Person]:
    """Of these people, those whom who looks may see; in their order."""
    if not people or organised().everything:
        return list(people)
    ids = [person.id for person in people]
    asked = select(Person.id).where(Person.id.in_(ids), people_within_reach())
    seen = set(db.session.scalars(asked))
    return [person for person in people if person.id in seen]


def findable(text: str) -> ColumnElement[bool]:
    """People who may be chosen: within reach, or named by their whole mail address."""
    whole_address = select(PersonEmail.id).where(
        PersonEmail.person_id == Person.id, PersonEmail.address == text.lower()
    )
    return or_(people_within_reach(), whole_address.exists())


def _within(reach: Reach, looker_id: int) -> ColumnElement[bool]:
    if reach.everything:
        return true()
    known = [each(lambda track: track.in_(reach.ids)) for each in _ties]
    return or_(Person.added_by_id == looker_id, *known)


def _only_within(reach: Reach, looker_id: int) -> ColumnElement[bool]:
    """Known to no other track, and with no role: nobody else counts on who they are."""
    elsewhere = [each(lambda track: track.not_in(reach.ids)) for each in _ties]
    roles = select(RoleGrant.id).where(
        RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None)
    )
    return and_(_within(reach, looker_id), not_(or_(roles.exists(), *elsewhere)))


def _organises_person(reach: Reach, looker_id: int, subject: Subject) -> bool:
    condition = _only_within if subject.whole else _within
    asked = select(Person.id).where(Person.id == subject.person_id, condition(reach, looker_id))
    return db.session.scalar(asked) is not None


# --- who holds which role ------------------------------------------------------------------------


@role_source(Role.ADMINISTRATOR)
def _is_administrator(person_id: int, _subject: Subject | None) -> bool:
    return any(grant.role is StaffRole.ADMINISTRATOR for grant in open_grants(person_id))


@role_source(Role.ORGANISER)
def _is_organiser(person_id: int, subject: Subject | None) -> bool:
    """Of the object's track. What belongs to no track belongs to all: it asks for all of them."""
    reach = tracks_of(person_id, StaffRole.ORGANISER)
    if subject is None or reach.everything or not reach:
        return bool(reach)
    if subject.track_id is not None:
        return subject.track_id in reach
    if subject.person_id is not None and subject.cycle_id is None:
        return _organises_person(reach, person_id, subject)
    return False


@role_source(Role.REFERENT)
def _is_referent(person_id: int, subject: Subject | None) -> bool:
    own = organisations_of(person_id)
    return bool(own) if subject is None else subject.organisation_id in own


@role_source(Role.AUDITOR)
def _is_auditor(person_id: int, subject: Subject | None) -> bool:
    reach = tracks_of(person_id, StaffRole.AUDITOR)
    return bool(reach) if subject is None else subject.track_id in reach
