"""What is decided about this room's own tables, and those below every room. Imports all others'."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Text, cast, delete, func, or_, select, update

from lms.accounts import personal as _accounts  # noqa: F401 - declares
from lms.accounts.models import Account
from lms.attendance import personal as _attendance  # noqa: F401 - declares
from lms.attendance import personal_contests as _contests  # noqa: F401 - declares
from lms.audit import AuditEvent
from lms.auditing import personal as _auditing  # noqa: F401 - declares
from lms.calendars import personal as _calendars  # noqa: F401 - declares
from lms.catalogue import personal as _catalogue  # noqa: F401 - declares
from lms.clock import ROME, now
from lms.duplicates import personal as _duplicates  # noqa: F401 - declares
from lms.enrolment import personal as _enrolment  # noqa: F401 - declares
from lms.enrolment.models import Enrolment
from lms.enrolment.personal import enrolments_of
from lms.extensions import db
from lms.factors import personal as _factors  # noqa: F401 - declares
from lms.federation import personal as _federation  # noqa: F401 - declares
from lms.issuance import personal as _issuance  # noqa: F401 - declares
from lms.issuance.models import Certificate
from lms.issuance.personal import certificates_of
from lms.jobs import Job, JobStatus
from lms.joining import personal as _joining  # noqa: F401 - declares
from lms.looks import AccessLook
from lms.messages import personal as _messages  # noqa: F401 - declares
from lms.organisations import personal as _organisations  # noqa: F401 - declares
from lms.personal import (
    Erase,
    Erasing,
    Export,
    Held,
    Left,
    Period,
    Whose,
    declare,
    declare_impersonal,
    keep_for,
    run,
)
from lms.privacy.models import ErasureRequest, LegalHold, RetainedCertificate
from lms.privacy.rules import anonymous_name

GONE = {"erased": True}


def _own_deeds(who: Whose) -> Select[Any]:
    row = AuditEvent
    rows = select(row.at, row.action, row.object_type)
    return rows.where(row.actor_id == who.person_id).order_by(row.id)


def _about(who: Whose) -> Any:
    row = AuditEvent
    accounts = select(Account.id).where(Account.person_id == who.person_id)
    return or_(
        (row.object_type == "person") & (row.object_id == who.person_id),
        (row.object_type == "account") & row.object_id.in_(accounts),
        (row.object_type == "enrolment") & row.object_id.in_(enrolments_of(who)),
        (row.object_type == "certificate") & row.object_id.in_(certificates_of(who)),
    )


def _erase_audit(who: Erasing) -> int:
    """Who did what when stays; what was written about the person goes, elsewhere their name."""
    row = AuditEvent
    empty = cast(row.detail, Text).in_(("{}", '{"erased": true}'))
    done = run(update(row).where(_about(who), ~empty).values(detail=GONE))
    text = func.lower(cast(row.detail, Text))
    named = [text.contains(word.lower(), autoescape=True) for word in who.as_stored()]
    for number, detail in db.session.execute(select(row.id, row.detail).where(or_(*named))).all():
        without = who.without_names(detail)
        if without != detail:
            done += run(update(row).where(row.id == number).values(detail=without))
    return done


def _requests(who: Whose) -> Select[Any]:
    row = ErasureRequest
    columns = (row.asked_at, row.note, row.status, row.decided_at, row.reason)
    return select(*columns).where(row.person_id == who.person_id).order_by(row.id)


def _erase_requests(who: Erasing) -> int:
    row = ErasureRequest
    rows = select(row.id, row.reason).where(row.person_id == who.person_id)
    found = db.session.execute(rows).all()
    for number, reason in found:
        values = {"note": "", "reason": who.without_any_name(reason)}
        run(update(row).where(row.id == number).values(values))
    return len(found)


def _holds(who: Whose) -> Select[Any]:
    row = LegalHold
    rows = select(row.set_at, row.lifted_at).where(row.person_id == who.person_id)
    return rows.order_by(row.id)


def _erase_holds(who: Erasing) -> int:
    """Of holds that were lifted; one that stands forbids the erasure."""
    row = LegalHold
    theirs = update(row).where(row.person_id == who.person_id)
    return run(theirs.values(reason="—", lifted_reason="—"))


def _looks(who: Whose) -> Select[Any]:
    """Who looked is somebody else's data: that it was done, when and what for."""
    row = AccessLook
    rows = select(row.at, row.endpoint, row.object_type, row.purpose)
    return rows.where(row.person_id == who.person_id).order_by(row.id)


def _forget_looks(before: datetime, held: Held) -> int:
    row = AccessLook
    free = or_(row.person_id.is_(None), row.person_id.not_in(held.person_ids))
    return run(delete(row).where(row.at < before, free))


def _forget_jobs(before: datetime, _held: Held) -> int:
    over = Job.status.in_((JobStatus.DONE, JobStatus.FAILED))
    return run(delete(Job).where(over, Job.finished_at < before))


def _forget_holders(before: datetime, held: Held) -> int:
    """Names of certificates whose time is over; serial, code and hash stay, to be checked."""
    row = RetainedCertificate
    rows = (
        select(row.certificate_id, Enrolment.person_id)
        .join(Certificate, Certificate.id == row.certificate_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(
            row.dropped_at.is_(None),
            row.kept_until < before.astimezone(ROME).date(),
            Enrolment.cycle_id.not_in(held.cycle_ids),
            Enrolment.person_id.not_in(held.person_ids),
        )
    )
    found = db.session.execute(rows).all()
    for certificate_id, person_id in found:
        given, family = anonymous_name(person_id)
        values = {"holder_name": f"{family} {given}", "holder_family_name": family}
        run(update(Certificate).where(Certificate.id == certificate_id).values(values))
        dropped = update(row).where(row.certificate_id == certificate_id)
        run(dropped.values(dropped_at=now()))
    return len(found)


declare("audit_event", Export("own_deeds", _own_deeds), Erase(_erase_audit))
declare("erasure_request", Export("requests_to_be_erased", _requests), Erase(_erase_requests))
declare("legal_hold", Export("legal_holds", _holds), Erase(_erase_holds))
declare(
    "access_look",
    Export("looks_at_your_data", _looks),
    Left("who looked at whose data stays known as long as looks are kept; ids only"),
)
declare(
    "retained_certificate",
    Left("comes to be when its person is erased"),
    Left("tells why the record of a certificate stays, and until when"),
)
declare(
    "job",
    Left("work under way: ids only, dropped once it is done"),
    Left("work under way: ids only, dropped once it is done"),
)
declare_impersonal(("redaction_gate",))
keep_for(
    Period(
        "looks",
        timedelta(days=730),
        "the look",
        "who looked at other people's data",
        _forget_looks,
    )
)
keep_for(
    Period("jobs", timedelta(days=30), "the end of the job", "work that was done", _forget_jobs)
)
keep_for(
    Period(
        "certificates_of_erased_people",
        timedelta(0),
        "the day written on the record (ten years, to the end of the year)",
        "the holder's name on a certificate's record",
        _forget_holders,
    )
)
