"""What is done to the certificates of a cycle, and to one of them. One function a verb.

With `making` the only writer of this room. Every act holds the cycle's row first, so that two
organisers, or a double click, queue up and the second finds nothing left to do. Behind it stand
the database's unique indexes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from certificates.data import CertificateData, InvalidData
from lms import audit, jobs
from lms.catalogue.models import Cycle
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import logos, queries, reviewing, snapshots, words
from lms.issuance.making import (
    JOB_KIND,
    data_for,
    frame_for,
    hold,
    holder_of,
    not_printable,
    numbered,
    prepare,
    row_of,
    store,
)
from lms.issuance.models import (
    Certificate,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)
from lms.issuance.models_tasks import Outcome
from lms.issuance.queries import Candidate
from lms.issuance.snapshots import Frame, Numbered
from lms.issuance.telling import Act
from lms.jobs import Job
from lms.links import public_root
from lms.text import clean_text


@dataclass(frozen=True)
class Unprintable:
    """Somebody whose certificate could not be made, and why, in words."""

    name: str
    why: str


@dataclass(frozen=True)
class Issued:
    """What an act of issue did. `job_id` is the job that prepares the documents, if any."""

    count: int
    unprintable: tuple[Unprintable, ...] = ()
    job_id: int | None = None


def issue(cycle: Cycle, *, by: int | None, tell_holders: bool = False) -> Issued:
    """Issue to everybody entitled who never had a certificate; asked again, it does nothing.

    When the documents are made a letter goes to `by`; with `tell_holders` one to each holder too.

    Who cannot be printed (letters the fonts lack) is left out and named, and holds up nobody else.
    Raises `UserError` while the cycle itself lacks what certificates need.
    """
    cycle = hold(cycle.id)
    entitled = [each for each in queries.candidates(cycle) if each.to_issue]
    if not entitled:
        return Issued(0)
    frame = frame_for(cycle, now())
    number = queries.last_number(cycle.id)
    rows: list[dict[str, Any]] = []
    unprintable: list[Unprintable] = []
    for candidate in entitled:
        own = numbered(cycle, number + len(rows) + 1)
        try:
            data = data_for(frame, candidate, own)
        except InvalidData as error:
            unprintable.append(Unprintable(candidate.sorted_name, _why(candidate, error)))
        else:
            rows.append(row_of(cycle, candidate, data, own.number, by))
    if not rows:
        return Issued(0, tuple(unprintable))
    store(rows)
    logos.keep(frame)
    detail = {"count": len(rows), "first": rows[0]["serial"], "last": rows[-1]["serial"]}
    audit.record("certificates.issued", cycle, actor_id=by, detail=detail)
    act = Act(cycle.id, rows[0]["number"], len(rows), tell_holders, public_root())
    return Issued(len(rows), tuple(unprintable), prepare(cycle.id, act.first, act.count, act).id)


def _why(candidate: Candidate, error: InvalidData) -> str:
    text = candidate.full_name if error.field == "holder" else candidate.organisation_name
    return f"{words.field_name(error.field)} {words.unprintable(text)}"


def prepare_again(cycle: Cycle, *, by: int | None) -> Job | None:
    """Ask once more for the documents still missing, after their job was given up.

    None when nothing is missing or a job is still at it.
    """
    hold(cycle.id)
    state = queries.preparation(cycle.id)
    if not state.failed:
        return None
    missing = state.total - state.done
    key = f"{queries.job_key_start(cycle.id)}again:{state.job_id}"
    audit.record("certificates.prepared_again", cycle, actor_id=by, detail={"missing": missing})
    before = db.session.get(Job, state.job_id)
    payload = {"cycle_id": cycle.id, **(before.payload if before else {})}
    payload.pop("part", None)
    return jobs.enqueue(JOB_KIND, key, payload, total=missing)


def revoke(certificate: Certificate, reason: str, *, by: int | None) -> None:
    """Take a valid certificate back; verification says so from now on.

    `UserError` (409) when it is no longer valid.
    """
    hold(certificate.cycle_id)
    db.session.refresh(certificate)
    if certificate.status is not CertificateStatus.VALID:
        raise UserError(_("This certificate is no longer valid: somebody was quicker."), 409)
    _end(certificate, CertificateStatus.REVOKED, CertificateEventKind.REVOKED, reason, by)
    audit.record("certificate.revoked", certificate, actor_id=by)


def replace_certificate(
    certificate: Certificate, reason: str, *, keep_hours: bool, seen: str, by: int | None
) -> Certificate:
    """Issue a new certificate in place of this one, with the name of today and the same completion.

    `keep_hours`: hours, modules and rule stay as certified; otherwise they are those of today's
    registers, and the person must be entitled by them. A valid certificate becomes "replaced"; one
    that was revoked stays revoked. `seen` is the status on which the decision was taken.
    `UserError` when it moved on (409), or the new one is not due.
    """
    cycle = hold(certificate.cycle_id)
    db.session.refresh(certificate)
    if certificate.status != seen:
        raise UserError(_("Meanwhile somebody else decided on this certificate: look again."), 409)
    candidate = queries.candidate_of(certificate.enrolment)
    _refuse_replacement(certificate, candidate, keep_hours=keep_hours)
    frame = replace(frame_for(cycle, now()), completed_on=certificate.completed_on)
    own = numbered(cycle, queries.last_number(cycle.id) + 1)
    try:
        data = _replacement(frame, candidate, own, certificate if keep_hours else None)
    except InvalidData as error:
        raise not_printable(error) from error
    if certificate.status is CertificateStatus.VALID:
        _end(certificate, CertificateStatus.REPLACED, CertificateEventKind.REPLACED, reason, by)
    row = row_of(cycle, candidate, data, own.number, by) | {"replaces_id": certificate.id}
    new = db.session.get_one(Certificate, store([row])[0])
    logos.keep(frame)
    audit.record("certificate.replaced", certificate, actor_id=by, detail={"new": new.id})
    prepare(cycle.id, own.number, 1)
    return new


def _refuse_replacement(
    certificate: Certificate, candidate: Candidate, *, keep_hours: bool
) -> None:
    newest = candidate.certificate
    if newest is None or newest.id != certificate.id:
        raise UserError(_("Another certificate has already taken the place of this one."), 409)
    if candidate.erased:
        raise UserError(
            _("The person's data were erased: of this certificate only the record is kept."), 409
        )
    if keep_hours and certificate.status is CertificateStatus.VALID:
        return
    if not candidate.answer.entitled:
        raise UserError(
            _("By the registers of today this person is not entitled to the certificate.")
        )


def _replacement(
    frame: Frame, candidate: Candidate, own: Numbered, kept: Certificate | None
) -> CertificateData:
    if kept is None:
        return data_for(frame, candidate, own)
    return snapshots.data_like(frame, holder_of(candidate), own, kept.snapshot)


def _end(
    certificate: Certificate,
    status: CertificateStatus,
    kind: CertificateEventKind,
    reason: str,
    by: int | None,
) -> None:
    certificate.status = status
    event = CertificateEvent(
        certificate_id=certificate.id, kind=kind, at=now(), actor_id=by, reason=clean_text(reason)
    )
    db.session.add(event)
    reviewing.settle_all(certificate.id, Outcome(status.value), by=by)
    db.session.flush()
