"""The demonstration's bodies and people: sixty names that nobody bears, from places that exist."""

from __future__ import annotations

from dataclasses import dataclass

from lms.accounts import actions, roles
from lms.accounts.models import Person, StaffRole
from lms.demo import content
from lms.joining.notices import accept_notice, notice_in_force
from lms.organisations.actions import add_organisation
from lms.organisations.actions_life import propose
from lms.organisations.models import Organisation, OrganisationKind

PARTICIPANTS = 60


@dataclass(frozen=True)
class Cast:
    """Everybody, by what they do."""

    participants: list[Person]
    trainers: list[Person]
    organiser: Person
    referent: Person
    auditor: Person


def add_cast() -> Cast:
    """Add bodies, people and the accounts of the demonstration's sign-ins."""
    bodies = _organisations()
    participants = [_participant(number, bodies) for number in range(PARTICIPANTS)]
    promoter = add_organisation(content.ISSUER, OrganisationKind.OTHER, by=None)
    trainers = [_staff("Docente", name, promoter) for name in ("Primo Esempio", "Seconda Esempio")]
    organiser = _staff("Segreteria", "Esempio", promoter)
    roles.grant_role(organiser, StaffRole.ORGANISER, by=None)
    administrator = _staff("Amministrazione", "Esempio", promoter)
    roles.grant_role(administrator, StaffRole.ADMINISTRATOR, by=None)
    # The referent works for the body of the second participant, whom the second cycle lacks.
    referent = _staff("Referente", "Esempio", bodies[1])
    roles.grant_role(
        referent, StaffRole.REFERENT, by=administrator.id, organisation_id=bodies[1].id,
        reason="Lettera dimostrativa",
    )  # fmt: skip
    auditor = _staff("Revisione", "Esempio", promoter)
    people = (participants[0], trainers[0], organiser, referent, auditor, administrator)
    for (_role, login), person in zip(content.SIGN_INS, people, strict=True):
        actions.open_account(person, login, content.PASSWORD)
        accept_notice(person.id, notice_in_force())
    return Cast(participants, trainers, organiser, referent, auditor)


def email_of(number: int, given_name: str, family_name: str) -> str:
    """A mail address under a domain that can never exist."""
    name = "".join(ch for ch in f"{given_name}.{family_name}".lower() if ch.isalpha() or ch == ".")
    return f"{name}{number}@ente.example"


def _organisations() -> list[Organisation]:
    towns = [
        add_organisation(
            f"Comune di {name}", OrganisationKind.MUNICIPALITY, by=None,
            province_code=province, cadastral_code=code,
        )
        for name, province, code in content.MUNICIPALITIES
    ]  # fmt: skip
    others = [
        add_organisation(name, OrganisationKind.THIRD_SECTOR, by=None)
        for name in content.THIRD_SECTOR
    ]
    for name in content.PROPOSED:
        propose(name, OrganisationKind.THIRD_SECTOR)
    return towns + others


def _participant(number: int, bodies: list[Organisation]) -> Person:
    given = content.GIVEN_NAMES[number % len(content.GIVEN_NAMES)]
    # Seven steps on for the second half, so that no pair of names comes twice.
    shift = number + 7 * (number // len(content.FAMILY_NAMES))
    family = content.FAMILY_NAMES[shift % len(content.FAMILY_NAMES)]
    return actions.add_person(
        given,
        family,
        organisation_id=bodies[number % len(bodies)].id,
        emails=[email_of(number, given, family)],
    )


def _staff(given_name: str, family_name: str, promoter: Organisation) -> Person:
    return actions.add_person(
        given_name,
        family_name,
        organisation_id=promoter.id,
        emails=[email_of(0, given_name, family_name)],
    )
