"""Forgetting by class: what is past its time goes, what is on hold stays, twice is once."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import jobs
from lms.accounts.models import Account, SignInAttempt, UserSession
from lms.accounts.security_log import SecurityEntry, SecurityEvent, note
from lms.attendance.models import ReportFile, SealedOriginal
from lms.cli.commands import lms as command
from lms.clock import now
from lms.extensions import db
from lms.issuance.models import Certificate
from lms.joining.models import Registration
from lms.personal import periods
from lms.privacy import actions
from lms.privacy.models import RetainedCertificate
from lms.privacy.retention import forget
from lms.redaction import open_gate
from tests import factories
from tests.client import PercorsoClient
from tests.privacy.scene import Somebody

LONG_AGO = timedelta(days=4000)


@pytest.fixture
def somebody(client: PercorsoClient) -> Somebody:
    made = Somebody(client)
    then = now() - LONG_AGO
    db.session.execute(update(UserSession).values(expires_at=then))
    db.session.execute(update(ReportFile).values(imported_at=then))
    db.session.execute(update(Registration).values(asked_at=then))
    db.session.add(SignInAttempt(key="k", at=then))
    job = jobs.enqueue("nothing", "old", {})
    job.status, job.finished_at = jobs.JobStatus.DONE, then
    entry = SecurityEntry(
        account_id=made.account.id, at=then, event=SecurityEvent.SIGNED_IN, device="", network=""
    )
    db.session.add(entry)
    db.session.commit()
    return made


def count(table: type) -> int:
    found = db.session.scalar(select(func.count()).select_from(table)) or 0
    db.session.rollback()
    return found


def test_every_class_forgets_and_twice_is_once(app: Flask, somebody: Somebody) -> None:
    before = count(SecurityEntry)
    dry = forget(dry_run=True)
    assert count(SignInAttempt) == 1, "a dry run keeps everything"
    counts = forget()
    assert counts == dry
    for name in ("sign_in_attempts", "sessions", "security_log", "raw_reports", "registrations",
                 "jobs"):  # fmt: skip
        assert counts[name] >= 1, name
    assert set(counts) == {period.name for period in periods()}
    assert count(SecurityEntry) == before - 1
    assert db.session.scalars(select(ReportFile.content)).one() == b""
    assert sum(forget().values()) == 0


def test_what_is_on_hold_is_not_forgotten(app: Flask, somebody: Somebody) -> None:
    administrator = factories.administrator()
    with app.test_request_context():
        hold = actions.set_hold("Procedimento", by=administrator.id, cycle=somebody.scene.cycle)
        db.session.commit()
    counts = forget()
    assert (counts["raw_reports"], counts["security_log"]) == (0, 0)
    assert db.session.scalars(select(ReportFile.content)).one() != b""
    with app.test_request_context():
        actions.lift_hold(hold, "Concluso", by=administrator.id)
        db.session.commit()
    assert forget()["raw_reports"] == 1


def test_after_ten_years_the_record_loses_its_name(app: Flask, somebody: Somebody) -> None:
    request = somebody.ask()
    with app.test_request_context():
        actions.erase(request, "", by=somebody.organiser.id)
        db.session.commit()
    assert forget()["certificates_of_erased_people"] == 0
    db.session.execute(update(RetainedCertificate).values(kept_until=date(2020, 12, 31)))
    db.session.commit()
    assert forget()["certificates_of_erased_people"] == 1
    certificate = db.session.scalars(select(Certificate)).one()
    assert certificate.holder_family_name == "Persona anonima"
    assert certificate.serial == "S-00001"


def test_the_encrypted_bytes_of_a_report_go_too(app: Flask, somebody: Somebody) -> None:
    request = somebody.ask()
    with app.test_request_context():
        actions.erase(request, "", by=somebody.organiser.id)
        db.session.commit()
    kept = select(func.count()).where(SealedOriginal.report_file_id.is_not(None))
    assert db.session.scalar(kept) == 1
    db.session.rollback()
    forget()
    assert db.session.scalar(kept) == 0


def test_the_log_of_an_account_is_dropped_through_the_gate_only(
    app: Flask, somebody: Somebody
) -> None:
    account = db.session.scalars(select(Account).order_by(Account.id).limit(1)).one()
    note(account.id, SecurityEvent.SIGNED_OUT)
    db.session.commit()
    entry = db.session.scalars(select(SecurityEntry).order_by(SecurityEntry.id).limit(1)).one()
    db.session.delete(entry)
    with pytest.raises(Exception, match="kept as it was written"):
        db.session.commit()
    db.session.rollback()
    with open_gate():
        db.session.delete(
            db.session.scalars(select(SecurityEntry).order_by(SecurityEntry.id).limit(1)).one()
        )
    db.session.commit()


def test_the_command_tells_counts(app: Flask, somebody: Somebody) -> None:
    runner = app.test_cli_runner()
    dry = runner.invoke(command.commands["retention"], ["--dry-run", "--json"])
    assert json.loads(dry.output)["dry_run"] is True
    assert (
        "Nothing was changed" in runner.invoke(command.commands["retention"], ["--dry-run"]).output
    )
    told = json.loads(runner.invoke(command.commands["retention"], ["--json"]).output)
    assert told["forgotten"] == json.loads(dry.output)["forgotten"]
    assert "| `sessions` |" in runner.invoke(command.commands["retention"], ["--table"]).output
