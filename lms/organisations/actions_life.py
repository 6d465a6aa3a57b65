"""The life of a body: proposed, confirmed or refused; merged, closed, opened again."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from lms import audit
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.organisations import followers, queries
from lms.organisations.actions import checked, keep_finding
from lms.organisations.models import (
    CODES,
    NameReason,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from lms.text import clean_line

CONFIRMED, PROPOSED = OrganisationStatus.CONFIRMED, OrganisationStatus.PROPOSED


def propose(
    name: str,
    kind: OrganisationKind,
    *,
    by: int | None = None,
    province_code: str | None = None,
    fiscal_code: str | None = None,
) -> Organisation:
    """A body somebody types at registration: it waits for an organiser, and is offered to nobody.

    The same name and kind proposed again is the same proposal. UserError when the fiscal code
    belongs to another body.
    """
    known = queries.proposal_named(clean_line(name), kind)
    if known is not None:
        return known
    body = Organisation(
        name=clean_line(name), kind=kind, status=PROPOSED, proposed_at=now(),
        **checked(kind, {"province_code": province_code, "fiscal_code": fiscal_code}, None),
    )  # fmt: skip
    db.session.add(body)
    db.session.flush()
    audit.record("organisation.proposed", body, actor_id=by)
    return body


def confirm(body: Organisation, *, by: int | None) -> None:
    """The proposal is a body of its own: from now on it is offered to everybody."""
    _must_be(body, PROPOSED, _("Somebody has decided on this proposal in the meantime."))
    body.status = CONFIRMED
    audit.record("organisation.confirmed", body, actor_id=by)


def refuse(body: Organisation, reason: str, *, by: int | None) -> None:
    """The proposal is no body we keep. Who typed it keeps the name until somebody corrects it."""
    _must_be(body, PROPOSED, _("Somebody has decided on this proposal in the meantime."))
    body.status = OrganisationStatus.REFUSED
    audit.record("organisation.refused", body, actor_id=by, detail={"reason": clean_line(reason)})


def unite(body: Organisation, into: Organisation, *, by: int | None) -> None:
    """Two rows are one body: people and enrolments of `body` move, its codes fill what is empty.

    A typed name is not kept as a former one when the body was only proposed: it may be a slip.
    """
    _may_go_into(body, into)
    codes = {column: getattr(body, column) for column in CODES}
    known = body.status is not PROPOSED
    for column in CODES:
        setattr(body, column, None)
    body.status, body.successor_id = OrganisationStatus.MERGED, into.id
    db.session.flush()  # codes are unique: they are let go before they are taken
    for column, code in codes.items():
        if code and not getattr(into, column):
            setattr(into, column, code)
    if known:
        _inherit_names(body, into, None, NameReason.OTHER)
    followers.move(body.id, into.id)
    db.session.flush()
    audit.record(
        "organisation.united", body, actor_id=by,
        detail={"into": into.id, "codes": {key: code for key, code in codes.items() if code}},
    )  # fmt: skip


def merge(body: Organisation, into: Organisation, on: date, *, by: int | None) -> None:
    """`body` went into another on a day: old rows keep it, its names lead to what followed."""
    _may_go_into(body, into)
    body.status, body.successor_id, body.closed_on = OrganisationStatus.MERGED, into.id, on
    _inherit_names(body, into, on, NameReason.PREDECESSOR)
    db.session.flush()
    audit.record("organisation.merged", body, actor_id=by, detail={"into": into.id})


def close(body: Organisation, on: date, *, by: int | None) -> None:
    """`body` ended and nothing followed: it is offered no more."""
    _must_be(body, CONFIRMED, _("This organisation has ended already."))
    body.status, body.closed_on = OrganisationStatus.CLOSED, on
    audit.record("organisation.closed", body, actor_id=by)


def reopen(body: Organisation, *, by: int | None) -> None:
    """A closed or refused body is confirmed after all."""
    if body.status not in {OrganisationStatus.CLOSED, OrganisationStatus.REFUSED}:
        raise UserError(_("Only a closed or refused organisation can be opened again."), 409)
    body.status, body.closed_on = CONFIRMED, None
    audit.record("organisation.reopened", body, actor_id=by)


def _must_be(body: Organisation, status: OrganisationStatus, otherwise: str) -> None:
    db.session.refresh(body, with_for_update=True)
    if body.status is not status:
        raise UserError(otherwise, 409)


def _may_go_into(body: Organisation, into: Organisation) -> None:
    db.session.refresh(body, with_for_update=True)
    if body.status not in {CONFIRMED, PROPOSED}:
        raise UserError(_("This organisation has ended already."), 409)
    if into.id == body.id or into.status is not CONFIRMED:
        raise UserError(_("Choose another organisation, one that has not ended."))


def _inherit_names(
    body: Organisation, into: Organisation, on: date | None, reason: NameReason
) -> None:
    keep_finding(into, body.name, reason, until=on)
    for name in queries.names_of([body.id])[body.id]:
        keep_finding(into, name.name, reason, until=name.until or on)
