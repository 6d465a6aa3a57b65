"""How kinds of organisation are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.organisations.models import Organisation, OrganisationKind

KINDS: dict[OrganisationKind, LazyString] = {
    OrganisationKind.MUNICIPALITY: _l("Municipality"),
    OrganisationKind.UNION: _l("Union of municipalities"),
    OrganisationKind.PROVINCE: _l("Province or metropolitan city"),
    OrganisationKind.REGION: _l("Region"),
    OrganisationKind.AMBIT: _l("Social services district"),
    OrganisationKind.THIRD_SECTOR: _l("Third-sector body"),
    OrganisationKind.OTHER: _l("Other body"),
}


def kind_in_words(kind: OrganisationKind) -> str:
    """The kind's name in the page's language."""
    return str(KINDS[kind])


def told_apart(organisation: Organisation) -> str:
    """The name with what tells it from a namesake: "Comune di Samone (TO)"."""
    where = organisation.province_code or organisation.region
    return f"{organisation.name} ({where})" if where else organisation.name
