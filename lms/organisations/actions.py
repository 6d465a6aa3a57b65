"""What is done to organisations: adding and changing them (their life: `actions_life`)."""

from __future__ import annotations

from typing import TypedDict, Unpack

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.clock import ROME, now
from lms.errors import UserError
from lms.extensions import db
from lms.organisations import queries
from lms.organisations.models import (
    CODES,
    NameReason,
    Organisation,
    OrganisationKind,
    OrganisationName,
)
from lms.organisations.rules import normal_code
from lms.text import clean_line, search_key


class Codes(TypedDict, total=False):
    """Where a body lies and the keys other registers know it by; each may be missing."""

    province_code: str | None
    region: str | None
    ipa_code: str | None
    fiscal_code: str | None
    istat_code: str | None
    cadastral_code: str | None


def add_organisation(
    name: str, kind: OrganisationKind, *, by: int | None, **codes: Unpack[Codes]
) -> Organisation:
    """Add a body. UserError when a code belongs to another or does not fit the kind."""
    organisation = Organisation(name=clean_line(name), kind=kind, **checked(kind, codes, None))
    db.session.add(organisation)
    db.session.flush()
    audit.record("organisation.added", organisation, actor_id=by)
    return organisation


def edit_organisation(
    organisation: Organisation,
    name: str,
    kind: OrganisationKind,
    *,
    by: int | None,
    keep_name: bool = True,
    **codes: Unpack[Codes],
) -> None:
    """Change a body; `keep_name`: its former name still finds it (else it was a slip).

    Enrolments and certificates keep the name of their time.
    """
    values = checked(kind, codes, organisation.id)  # before anything is touched
    before = organisation.name
    organisation.name, organisation.kind = clean_line(name), kind
    organisation.search_key = search_key(organisation.name)
    for column, value in values.items():
        setattr(organisation, column, value)
    db.session.flush()
    if keep_name and before != organisation.name:
        today = now().astimezone(ROME).date()
        keep_finding(organisation, before, NameReason.FORMER, until=today)
    detail = {"name_before": before} if before != organisation.name else {}
    audit.record("organisation.edited", organisation, actor_id=by, detail=detail)


def keep_finding(
    organisation: Organisation, name: str, reason: NameReason, *, until: object = None
) -> None:
    """Let `name` find the body too, unless it does already."""
    key = search_key(name)
    known = select(OrganisationName.id).where(
        OrganisationName.organisation_id == organisation.id, OrganisationName.search_key == key
    )
    if key and key != organisation.search_key and db.session.scalar(known) is None:
        row = OrganisationName(
            organisation_id=organisation.id, name=name, reason=reason, until=until
        )
        db.session.add(row)
        db.session.flush()


def checked(kind: OrganisationKind, codes: Codes, own_id: int | None) -> dict[str, str | None]:
    """Place and codes in their one form. UserError when a code is another's or does not fit."""
    if kind is OrganisationKind.THIRD_SECTOR and codes.get("ipa_code"):
        raise UserError(_("A third-sector body has no IPA code."))
    values: dict[str, str | None] = {
        "province_code": normal_code(str(codes.get("province_code") or "")),
        "region": clean_line(str(codes.get("region") or "")) or None,
    }
    for column in CODES:
        code = normal_code(str(codes.get(column) or ""))
        other = queries.holder_of(column, code) if code else None
        if other is not None and other.id != own_id:
            message = _("The code %(code)s belongs to %(name)s.", code=code, name=other.name)
            raise UserError(message, 409)
        values[column] = code
    return values
