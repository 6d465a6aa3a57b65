"""What issuing and replacing share: the cycle held, data checked, rows written, the job added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from certificates.data import CertificateData, InvalidData
from lms import jobs
from lms.catalogue.models import Cycle
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.issuance import queries, queries_looks, snapshots, words
from lms.issuance.codes import new_code
from lms.issuance.models import (
    Certificate,
    CertificateEvent,
    CertificateEventKind,
    CertificateStatus,
)
from lms.issuance.queries import Candidate
from lms.issuance.queries_looks import Looks
from lms.issuance.snapshots import Frame, Holder, Numbered
from lms.issuance.telling import Act

JOB_KIND = "issue_certificates"
PART = 500  # certificates: what one worker makes while others make the rest
# Faults in these fields concern one person; in any other the cycle, so that nobody can be served.
PERSONAL_FIELDS = frozenset({"holder", "organisation"})


def hold(cycle_id: int) -> Cycle:
    """The cycle's row, held until the commit; enrolments may meanwhile still refer to it."""
    held = (
        select(Cycle)
        .where(Cycle.id == cycle_id)
        .with_for_update(of=Cycle, key_share=True)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(held).scalar_one()


def frame_for(cycle: Cycle, instant: datetime, looks: Looks | None = None) -> Frame:
    """What the certificates of `cycle` share today; `UserError` while something is lacking."""
    looks = looks or queries_looks.looks_of(cycle)
    try:
        return snapshots.frame_of(cycle, queries.lessons_of(cycle.id), looks, instant)
    except InvalidData as error:
        raise not_printable(error) from error


def lacking(cycle: Cycle) -> str | None:
    """What stands in the way of issuing in `cycle`, in words; None when nothing does."""
    looks = queries_looks.emblems_only(cycle)  # the rest was judged when it was taken
    try:
        frame_for(cycle, now(), looks)
    except UserError as error:
        return error.message
    return None


def not_printable(error: InvalidData) -> UserError:
    """The fault of a cycle's or track's own text, in words."""
    return UserError(
        _(
            "The certificates cannot be made like this: %(field)s is empty, too long, or has "
            "letters that cannot be printed.",
            field=words.field_name(error.field),
        )
    )


def numbered(cycle: Cycle, number: int) -> Numbered:
    """The serial number and a fresh code."""
    return Numbered(number, f"{cycle.code}-{number:05d}", new_code())


def holder_of(candidate: Candidate) -> Holder:
    """The person as the enrolment has them."""
    return Holder(candidate.full_name, candidate.organisation_name)


def data_for(frame: Frame, candidate: Candidate, own: Numbered) -> CertificateData:
    """The data of one certificate with the facts of today.

    Raises `InvalidData` for what the person's own name or organisation makes unprintable.
    """
    try:
        return snapshots.data_for(frame, holder_of(candidate), candidate.answer, own)
    except InvalidData as error:
        if error.field in PERSONAL_FIELDS:
            raise
        raise not_printable(error) from error


def row_of(
    cycle: Cycle, candidate: Candidate, data: CertificateData, number: int, by: int | None
) -> dict[str, Any]:
    """The certificate as the table keeps it."""
    return {
        "cycle_id": cycle.id,
        "enrolment_id": candidate.enrolment_id,
        "number": number,
        "serial": data.serial,
        "code": data.code,
        "status": CertificateStatus.VALID,
        "snapshot": snapshots.freeze(data),
        "holder_name": data.holder,
        "holder_family_name": candidate.family_name,
        "minutes": data.minutes_attended,
        "completed_on": data.completed_on,
        "issued_at": data.issued_at,
        "issued_by_id": by,
        "replaces_id": None,
    }


def store(rows: list[dict[str, Any]]) -> list[int]:
    """Insert certificates and the event of their issue; returns their ids."""
    ids = list(db.session.scalars(insert(Certificate).returning(Certificate.id), rows))
    event = {
        "kind": CertificateEventKind.ISSUED,
        "at": rows[0]["issued_at"],
        "actor_id": rows[0]["issued_by_id"],
        "reason": "",
    }
    db.session.execute(insert(CertificateEvent), [{"certificate_id": one, **event} for one in ids])
    return ids


def prepare(cycle_id: int, first_number: int, count: int, told: Act | None = None) -> jobs.Job:
    """A job, in this transaction, that makes the documents; every act of issue has its own key.

    `told`: the act of which people hear by mail. A large one is parted, and the first part is
    returned: as many workers as there are make one each.
    """
    start, end = queries.job_key_start(cycle_id), first_number + count
    payload = told.to_payload() if told else {"cycle_id": cycle_id}
    if count <= PART:
        return jobs.enqueue(JOB_KIND, f"{start}{first_number}", payload, total=count)
    parts = [(at, min(at + PART, end)) for at in range(first_number, end, PART)]
    made = [
        jobs.enqueue(JOB_KIND, f"{start}{at}", payload | {"part": [at, to]}, total=to - at)
        for at, to in parts
    ]
    return made[0]
