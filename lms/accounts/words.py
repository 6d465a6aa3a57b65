"""How roles are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.accounts.models import StaffRole

ROLES: dict[StaffRole, LazyString] = {
    StaffRole.ORGANISER: _l("Organiser"),
    StaffRole.REFERENT: _l("Entity referent"),
    StaffRole.AUDITOR: _l("Auditor"),
    StaffRole.ADMINISTRATOR: _l("Administrator"),
}


def role_in_words(role: StaffRole) -> str:
    """The role's name in the page's language."""
    return str(ROLES[role])
