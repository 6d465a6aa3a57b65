"""How kinds and standings of organisation are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.organisations.models import (
    NameReason,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)

KINDS: dict[OrganisationKind, LazyString] = {
    OrganisationKind.MUNICIPALITY: _l("Municipality"),
    OrganisationKind.UNION: _l("Union of municipalities"),
    OrganisationKind.PROVINCE: _l("Province"),
    OrganisationKind.METROPOLITAN_CITY: _l("Metropolitan city"),
    OrganisationKind.REGION: _l("Region"),
    OrganisationKind.AMBIT: _l("Social services district"),
    OrganisationKind.THIRD_SECTOR: _l("Third-sector body"),
    OrganisationKind.OTHER: _l("Other body"),
}

STATUSES: dict[OrganisationStatus, LazyString] = {
    OrganisationStatus.CONFIRMED: _l("Active"),
    OrganisationStatus.PROPOSED: _l("To be confirmed"),
    OrganisationStatus.REFUSED: _l("Not accepted"),
    OrganisationStatus.MERGED: _l("Merged into another"),
    OrganisationStatus.CLOSED: _l("Closed"),
}
TONES = {
    OrganisationStatus.CONFIRMED: "success",
    OrganisationStatus.PROPOSED: "warning",
    OrganisationStatus.REFUSED: "danger",
    OrganisationStatus.MERGED: "neutral",
    OrganisationStatus.CLOSED: "neutral",
}

REASONS: dict[NameReason, LazyString] = {
    NameReason.FORMER: _l("Former name"),
    NameReason.PREDECESSOR: _l("Name of a body that went into this one"),
    NameReason.OTHER: _l("Other name in use"),
}

DEEDS: dict[str, LazyString] = {
    "organisation.added": _l("Added"),
    "organisation.edited": _l("Changed"),
    "organisation.proposed": _l("Proposed"),
    "organisation.confirmed": _l("Confirmed"),
    "organisation.refused": _l("Not accepted"),
    "organisation.united": _l("United with the same body"),
    "organisation.merged": _l("Merged into another"),
    "organisation.closed": _l("Closed"),
    "organisation.reopened": _l("Opened again"),
}


def kind_in_words(kind: OrganisationKind) -> str:
    """The kind's name in the page's language."""
    return str(KINDS[kind])


def standing_in_words(status: OrganisationStatus) -> str:
    """The standing's name in the page's language."""
    return str(STATUSES[status])


def standing_tone(status: OrganisationStatus) -> str:
    """The badge's tone for a standing."""
    return TONES[status]


def name_reason_in_words(reason: NameReason) -> str:
    """Why a body has this other name, in the page's language."""
    return str(REASONS[reason])


def deed_in_words(action: str) -> str:
    """What was done to a body, in the page's language."""
    return str(DEEDS.get(action, action))


def told_apart(organisation: Organisation) -> str:
    """The name with what tells it from a namesake: "Comune di Samone (TO)"."""
    where = organisation.province_code or organisation.region
    return f"{organisation.name} ({where})" if where else organisation.name
