"""What this room holds about a person: certificates. After an erasure a minimal record stays."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select, update

from lms.catalogue.models import Cycle
from lms.enrolment.personal import enrolments_of
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument, CertificateEvent
from lms.issuance.models_tasks import CertificateTask, Outcome
from lms.personal import Erase, Erasing, Export, Whose, declare, declare_impersonal, run

# What the public check tells, holder apart; the rest of a snapshot goes with the person.
PUBLIC = ("cycle_title", "track_title", "issuer_name", "minutes_planned", "fictional")


def certificates_of(who: Whose) -> Select[tuple[int]]:
    """The ids of the person's certificates."""
    return select(Certificate.id).where(Certificate.enrolment_id.in_(enrolments_of(who)))


def _certificates(who: Whose) -> Select[Any]:
    row = Certificate
    return (
        select(
            row.serial,
            row.code,
            row.status,
            Cycle.title.label("cycle"),
            row.holder_name,
            row.minutes,
            row.completed_on,
            row.issued_at,
            row.snapshot,
        )
        .join(Cycle, Cycle.id == row.cycle_id)
        .where(row.id.in_(certificates_of(who)))
        .order_by(row.id)
    )


def _documents(who: Whose) -> Select[Any]:
    row = CertificateDocument
    return (
        select(
            Certificate.serial,
            row.sha256,
            row.size,
            row.rendered_at,
            row.sealed_by.label("seal_of"),
            row.stamped_at,
        )
        .join(Certificate, Certificate.id == row.certificate_id)
        .where(row.certificate_id.in_(certificates_of(who)))
        .order_by(row.certificate_id)
    )


def _history(who: Whose) -> Select[Any]:
    row = CertificateEvent
    return (
        select(Certificate.serial, row.kind, row.at, row.reason)
        .join(Certificate, Certificate.id == row.certificate_id)
        .where(row.certificate_id.in_(certificates_of(who)))
        .order_by(row.id)
    )


def _tasks(who: Whose) -> Select[Any]:
    row = CertificateTask
    return (
        select(
            Certificate.serial, row.change, row.fact, row.raised_at, row.outcome, row.settled_at,
            row.note,
        )
        .join(Certificate, Certificate.id == row.certificate_id)
        .where(row.certificate_id.in_(certificates_of(who)))
        .order_by(row.id)
    )  # fmt: skip


def _erase_certificates(who: Erasing) -> int:
    """Holder, serial, code, hours and dates stay; organisation, modules and layout go."""
    rows = _snapshots(who)
    for number, snapshot in rows:
        said = json.loads(snapshot)
        kept = {name: said[name] for name in PUBLIC if name in said}
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        run(update(Certificate).where(Certificate.id == number).values(snapshot=text))
    return len(rows)


def _snapshots(who: Whose) -> list[tuple[int, str]]:
    rows = select(Certificate.id, Certificate.snapshot).where(
        Certificate.id.in_(certificates_of(who))
    )
    return list(db.session.execute(rows).tuples())


def _erase_documents(who: Erasing) -> int:
    """The PDF goes, its SHA-256 stays: who holds the file can still have it checked."""
    row = CertificateDocument
    theirs = certificates_of(who)
    without = select(row.certificate_id).where(row.certificate_id == Certificate.id).exists()
    if db.session.scalar(theirs.where(~without).limit(1)) is not None:
        raise UserError(_("A certificate is being prepared: try again in a moment."), 409)
    return run(update(row).where(row.certificate_id.in_(theirs)).values(pdf=b""))


def _erase_reasons(who: Erasing) -> int:
    row = CertificateEvent
    theirs = row.certificate_id.in_(certificates_of(who))
    return run(update(row).where(theirs, row.reason != "").values(reason="—"))


def _erase_tasks(who: Erasing) -> int:
    """Nothing is left to decide on; what was decided stays, without words."""
    row = CertificateTask
    theirs = row.certificate_id.in_(certificates_of(who))
    run(
        update(row)
        .where(theirs, row.outcome.is_(None))
        .values(outcome=Outcome.MOOT, settled_at=who.at)
    )
    run(update(row).where(theirs, row.note != "").values(note="—"))
    return run(update(row).where(theirs).values(fact=""))


declare("certificate", Export("certificates", _certificates), Erase(_erase_certificates))
declare("certificate_document", Export("documents", _documents), Erase(_erase_documents))
declare("certificate_event", Export("history_of_certificates", _history), Erase(_erase_reasons))
declare("certificate_task", Export("changes_after_issue", _tasks), Erase(_erase_tasks))
declare_impersonal(("issuer_key", "certificate_words", "certificate_picture", "certificate_logo"))
