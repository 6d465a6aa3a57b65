"""How a referent's addresses are loaded, for `lms.access`: everything under one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.access import Subject, loader
from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.catalogue.models import Cycle, CycleStatus
from lms.enrolment.models import Enrolment
from lms.extensions import db
from lms.organisations.models import Organisation
from lms.referents.queries import people


@dataclass(frozen=True)
class OrganisationCycle:
    """A cycle into which an organisation may nominate."""

    organisation: Organisation
    cycle: Cycle


@dataclass(frozen=True)
class OrganisationPerson:
    """One of an organisation's people."""

    organisation: Organisation
    person: Person


@loader("organisation_cycle")
def _cycle(organisation_id: int, cycle_slug: str, **_rest: Any) -> Subject | None:
    body = db.session.get(Organisation, organisation_id)
    cycle = db.session.scalar(select(Cycle).where(Cycle.slug == cycle_slug))
    if body is None or cycle is None:
        return None
    public = cycle.status is not CycleStatus.DRAFT
    return Subject(OrganisationCycle(body, cycle), organisation_id=body.id, public=public)


@loader("organisation_person")
def _person(organisation_id: int, person_id: int, **_rest: Any) -> Subject | None:
    body = db.session.get(Organisation, organisation_id)
    person = db.session.scalar(people(organisation_id).where(Person.id == person_id))
    if body is None or person is None:
        return None
    return Subject(OrganisationPerson(body, person), organisation_id=body.id)


@loader("organisation_nomination")
def _nomination(organisation_id: int, enrolment_id: int, **_rest: Any) -> Subject | None:
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.organisation_id != organisation_id:
        return None
    return Subject(enrolment, organisation_id=organisation_id)


@loader("organisation_referent")
def _referent(organisation_id: int, grant_id: int, **_rest: Any) -> Subject | None:
    grant = db.session.get(RoleGrant, grant_id)
    if (
        grant is None
        or grant.role is not StaffRole.REFERENT
        or grant.organisation_id != organisation_id
    ):
        return None
    return Subject(grant, organisation_id=organisation_id)
