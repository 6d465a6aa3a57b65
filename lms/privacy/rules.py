"""Pure decisions about privacy: what stands in the way of an erasure, how long records are kept."""

from __future__ import annotations

import enum
from datetime import date

REASON_LENGTH = 500
CERTIFICATE_YEARS = 10
# Kept in Italian: it is a fact of the record, as the law is called.
LEGAL_BASIS = (
    "Obbligo legale: art. 17, par. 3, lett. b) ed e), reg. (UE) 2016/679; "
    "documenti di progetti finanziati: art. 140, reg. (UE) n. 1303/2013"
)
GIVEN_NAME, FAMILY_NAME = "n. {number}", "Persona anonima"


class Obstacle(enum.StrEnum):
    """Why somebody cannot be erased now."""

    ERASED = "erased"  # it was done before
    HELD = "held"  # a legal hold on the person, or on a cycle of theirs
    ROLES = "roles"  # they hold a role; or whoever decides would be erasing themself
    TEACHING = "teaching"  # a cycle they teach is not over
    RUNNING = "running"  # a cycle they take part in is not over


def obstacles(
    *, erased: bool, held: bool, roles: bool, teaching: bool, running: bool
) -> tuple[Obstacle, ...]:
    """Everything that stands in the way, the gravest first."""
    found = {
        Obstacle.ERASED: erased,
        Obstacle.HELD: held and not erased,
        Obstacle.ROLES: roles,
        Obstacle.TEACHING: teaching,
        Obstacle.RUNNING: running,
    }
    return tuple(one for one, stands in found.items() if stands)


def certificate_kept_until(completed_on: date) -> date:
    """The last day of the tenth year after the one in which the training was completed."""
    return date(completed_on.year + CERTIFICATE_YEARS, 12, 31)


def anonymous_name(person_id: int) -> tuple[str, str]:
    """(given name, family name) that replace a person's."""
    return GIVEN_NAME.format(number=person_id), FAMILY_NAME
