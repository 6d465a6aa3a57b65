"""Uniting two records and parting them again, on real rows of both databases."""

from __future__ import annotations

from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import queries as people
from lms.accounts.actions import edit_person, enable_account
from lms.accounts.models import Person, RoleGrant, StaffRole
from lms.accounts.roles import grant_role
from lms.accounts.tax_codes import TaxCodeSource, person_by_tax_code, set_tax_code
from lms.attendance.actions_closing import close_register
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    EvidenceKind,
    RegisterStatus,
    ReportEntry,
)
from lms.attendance.queries_evidence import grounds
from lms.attendance.queries_reports import corrections
from lms.attendance.queries_seals import verify_seals
from lms.attendance.records import lock_open_register, recompute
from lms.attendance.rules import Mark
from lms.audit import AuditEvent
from lms.catalogue.models import CycleTrainer
from lms.catalogue.programme_actions import remove_trainer
from lms.database import Base
from lms.duplicates import actions, journal, queries, undoing
from lms.duplicates.models import PersonMerge
from lms.enrolment import actions as enrolling
from lms.enrolment.models import EnrolmentStatus
from lms.enrolment.queries import history
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.models import CertificateStatus
from lms.issuance.queries_certificates import certificates_of_person, holder_of
from tests import factories
from tests.accounts.codes import ROSSI, code_of
from tests.accounts.people import with_account
from tests.duplicates.twins import Twins, everything, identity_of

# Who did something stays who did it; whose it is moves. Every key to a person is one or the other.
AUTHORS = {
    "audit_event.actor_id", "audit_session.person_id", "attendance_record.updated_by_id",
    "attendance_register.closed_by_id", "certificate.issued_by_id", "certificate_event.actor_id",
    "certificate_task.settled_by_id",
    "contest_event.actor_id", "enrolment_event.actor_id", "evidence.author_id",
    "federation_transaction.person_id",
    "not_duplicate.by_id", "person.added_by_id",
    "not_duplicate.first_id", "not_duplicate.second_id", "person_merge.by_id",
    "person_merge.kept_id", "person_merge.other_id", "person_merge.undone_by_id",
    "erasure_request.asked_by_id", "erasure_request.decided_by_id",
    "legal_hold.lifted_by_id", "legal_hold.set_by_id",
    "report_entry.decided_by_id", "report_file.imported_by_id", "report_file.uploaded_by_id",
    "device_mark.author_id", "register_countersignature.by_id", "register_document.asked_by_id",
    "register_scan.uploaded_by_id", "register_scan.withdrawn_by_id",
    "role_grant.ended_by_id", "role_grant.granted_by_id", "saved_columns.saved_by_id",
    "self_check_in.opened_by_id", "tax_code.set_by_id",
}  # fmt: skip


# Rooms above this one read these of both records: tests/privacy/test_united.py.
READ_OF_BOTH = {"erasure_request.person_id", "legal_hold.person_id"}


def merge(twins: Twins, kept: Person | None = None, other: Person | None = None) -> PersonMerge:
    kept, other = kept or twins.one, other or twins.two
    done = actions.merge(kept.id, other.id, by=twins.boss.id)
    db.session.commit()
    return done


def undo(twins: Twins, done: PersonMerge) -> None:
    undoing.undo(done.id, by=twins.boss.id)
    db.session.commit()


def test_every_key_to_a_person_is_moved_or_an_authors(app: Flask) -> None:
    traced = {f"{each.table.name}.{each.owner}" for each in journal.TRACED}
    keys = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    unknown = keys - traced - AUTHORS - READ_OF_BOTH - {"person.merged_into_id"}
    assert unknown == set(), "does a merge move these, or do they only say who did something?"


def counting_again_changes(twins: Twins) -> int:
    """How many records of open registers say something else than their evidence."""
    changed = 0
    for register in db.session.scalars(select(AttendanceRegister)).all():
        if register.status is RegisterStatus.OPEN:
            credited = {
                row.enrolment_id
                for row in db.session.scalars(
                    select(AttendanceRecord).where(AttendanceRecord.register_id == register.id)
                )
            }
            changed += recompute(register.lesson, register, credited, None)
    return changed


@pytest.mark.parametrize("seed", range(8))
def test_merge_then_undo_gives_back_every_row(app: Flask, seed: int) -> None:
    twins, random = Twins(), Random(seed)
    twins.anything(random)
    kept, other = random.sample([twins.one, twins.two], 2)
    before = everything()
    done = merge(twins, kept, other)
    assert everything() != before
    assert counting_again_changes(twins) == 0
    assert verify_seals().faults == ()
    undo(twins, done)
    assert everything() == before
    assert verify_seals().faults == ()
    assert counting_again_changes(twins) == 0
    again = merge(twins, kept, other)
    undo(twins, again)
    assert everything() == before


def test_stays_of_both_count_once(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.stays(lesson, twins.mine, (0, 60))
    twins.stays(lesson, twins.theirs, (40, 100))
    merge(twins)
    assert twins.record(lesson, twins.mine) == ("present", 100, "report")
    assert twins.record(lesson, twins.theirs) is None
    # Later reports and countings again see the evidence of both.
    register = lock_open_register(lesson)
    assert recompute(lesson, register, {twins.mine.id}, None) == 0
    assert len(grounds(register.id, twins.mine.id)) == 2
    assert set(db.session.scalars(select(ReportEntry.enrolment_id))) == {twins.mine.id}
    db.session.commit()
    twins.close(lesson)
    assert verify_seals().faults == ()


def test_an_open_register_keeps_the_union_when_it_is_counted_again(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.stays(lesson, twins.theirs, (0, 60))
    twins.word(lesson, twins.mine, Mark.ABSENT)
    done = merge(twins)
    assert twins.record(lesson, twins.mine) == ("present", 60, "trainer")
    register = lock_open_register(lesson)
    assert recompute(lesson, register, {twins.mine.id}, None) == 0
    undo(twins, done)
    assert twins.record(lesson, twins.mine) == ("absent", 0, "trainer")
    register = lock_open_register(lesson)
    assert recompute(lesson, register, {twins.mine.id, twins.theirs.id}, None) == 0


def test_a_sealed_register_is_rectified_visibly(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.stays(lesson, twins.mine, (0, 60))
    twins.stays(lesson, twins.theirs, (60, 90))
    twins.close(lesson)
    register = twins.register(lesson)
    seal, rows = register.seal, register.sealed_rows
    done = merge(twins)
    assert twins.record(lesson, twins.mine) == ("present", 90, "rectification")
    assert twins.record(lesson, twins.theirs) is None
    db.session.refresh(register)
    assert (register.seal, register.sealed_rows) == (seal, rows)
    found = corrections(register)
    assert [(each.enrolment_id, each.after.minutes) for each in found] == [
        (twins.theirs.id, 0), (twins.mine.id, 90),
    ]  # fmt: skip
    assert all(each.reason and each.author == twins.boss.full_name for each in found)
    undo(twins, done)
    assert twins.record(lesson, twins.mine) == ("present", 60, "report")
    assert [each.after.minutes for each in corrections(register)] == [0, 90, 30, 60]
    assert verify_seals().faults == ()


@pytest.mark.parametrize("first", ["confirmed", "withdrawn"])
@pytest.mark.parametrize("second", ["confirmed", "withdrawn"])
def test_the_more_advanced_status_and_the_history_are_kept(
    app: Flask, first: str, second: str
) -> None:
    twins = Twins()
    twins.mine.status, twins.theirs.status = EnrolmentStatus(first), EnrolmentStatus(second)
    twins.theirs.enrolled_at = earlier = twins.mine.enrolled_at.replace(year=2025)
    events = len(history(twins.mine.id)) + len(history(twins.theirs.id))
    merge(twins)
    db.session.expire_all()
    expected = "confirmed" if "confirmed" in {first, second} else "withdrawn"
    assert (twins.mine.status, twins.mine.enrolled_at) == (expected, earlier)
    assert (twins.theirs.status, twins.theirs.united_into_id) == ("withdrawn", twins.mine.id)
    assert len(history(twins.mine.id)) == events + 2


def test_the_enrolment_with_the_certificate_stays(app: Flask) -> None:
    twins = Twins()
    issued = twins.certificate(twins.theirs, 1)
    merge(twins)
    db.session.expire_all()
    assert (twins.theirs.person_id, twins.theirs.united_into_id) == (twins.one.id, None)
    assert (twins.mine.person_id, twins.mine.united_into_id) == (twins.two.id, twins.theirs.id)
    assert (issued.enrolment_id, issued.status) == (twins.theirs.id, CertificateStatus.VALID)
    assert holder_of(issued) == twins.one.id


def test_of_two_certificates_both_stay_valid_and_their_holders(app: Flask) -> None:
    twins = Twins()
    both = [twins.certificate(twins.mine, 1), twins.certificate(twins.theirs, 2)]
    merge(twins)
    assert {holder_of(each) for each in both} == {twins.one.id}
    assert {each.status for each in both} == {CertificateStatus.VALID}
    found = db.session.scalars(certificates_of_person(twins.one.id, "")).unique().all()
    assert {each.id for each in found} == {each.id for each in both}
    assert list(db.session.scalars(certificates_of_person(twins.two.id, ""))) == []


def test_mail_sign_in_roles_and_code_pass_over(app: Flask) -> None:
    twins = Twins()
    account = with_account("m.rossi@example.org", twins.two)
    grant_role(twins.two, StaffRole.ORGANISER, by=None)
    set_tax_code(twins.two, ROSSI, by=None, source=TaxCodeSource.PROVIDER)
    done = merge(twins)
    assert people.emails_of([twins.one.id])[twins.one.id] == [
        "mario@example.org", "m.rossi@example.org",
    ]  # fmt: skip
    assert (account.person_id, account.is_active) == (twins.one.id, True)
    assert people.holds_role(twins.one.id, StaffRole.ORGANISER)
    assert person_by_tax_code(ROSSI) is twins.one
    assert twins.two not in people.twins_of("Rossi", "Mario", [])
    undo(twins, done)
    assert person_by_tax_code(ROSSI) is twins.two


def test_of_two_sign_ins_the_kept_ones_survives(app: Flask) -> None:
    twins = Twins()
    mine = with_account("mario@example.org", twins.one)
    theirs = with_account("m.rossi@example.org", twins.two)
    identity = identity_of(theirs, "mario")
    done = merge(twins)
    assert (mine.is_active, theirs.is_active, theirs.person_id) == (True, False, twins.two.id)
    assert identity.account_id == mine.id  # or SPID would lead to the sign-in that is shut
    undo(twins, done)
    assert identity.account_id == theirs.id


def test_roles_pass_over_by_what_they_are_for(app: Flask) -> None:
    twins, tracks = Twins(), [factories.track(), factories.track()]
    factories.grant(twins.one, StaffRole.AUDITOR, track=tracks[0])
    for track in tracks:
        factories.grant(twins.two, StaffRole.AUDITOR, track=track)
    merge(twins)
    held = select(RoleGrant.track_id).where(
        RoleGrant.person_id == twins.one.id, RoleGrant.ended_at.is_(None)
    )
    assert sorted(db.session.scalars(held)) == sorted(track.id for track in tracks)


def test_an_organiser_unites_no_staff(app: Flask) -> None:
    """Or an organiser could take an administrator's role by uniting her with oneself."""
    twins, organiser = Twins(), factories.organiser()
    for kept, other in ((organiser, twins.boss), (twins.one, organiser)):
        with pytest.raises(UserError):
            actions.merge(kept.id, other.id, by=organiser.id)
    actions.merge(twins.one.id, twins.two.id, by=organiser.id)


def test_two_tax_codes_are_two_people_until_one_is_corrected(app: Flask) -> None:
    twins = Twins()
    set_tax_code(twins.one, ROSSI, by=None)
    set_tax_code(twins.two, code_of("RSSMRA", "81A01"), by=None)
    with pytest.raises(UserError):
        merge(twins)


# --- undoing is refused when it would destroy something -------------------------------------------


def refused(twins: Twins, done: PersonMerge) -> str:
    db.session.commit()
    with pytest.raises(UserError) as error:
        undoing.undo(done.id, by=twins.boss.id)
    db.session.rollback()
    assert error.value.status == 409
    return error.value.message


def test_news_in_an_open_register_forbids_it(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.stays(lesson, twins.theirs, (0, 60))
    done = merge(twins)
    twins.stays(lesson, twins.mine, (0, 30))  # changes no minute, and belongs to both
    assert refused(twins, done)


def test_a_register_sealed_since_forbids_it(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.stays(lesson, twins.theirs, (0, 60))
    done = merge(twins)
    close_register(lesson, absent=False, leave_queue=True, by=twins.boss.id)
    assert refused(twins, done)


def test_a_certificate_issued_since_forbids_it(app: Flask) -> None:
    twins = Twins()
    done = merge(twins)
    twins.certificate(twins.mine, 1)
    done.at = done.at.replace(year=2026, month=1)  # certificates of tests are of May
    assert refused(twins, done)


@pytest.mark.parametrize("what", ["enrolment", "mail", "trainer"])
def test_changed_rows_forbid_it(app: Flask, what: str) -> None:
    twins = Twins()
    db.session.add(CycleTrainer(cycle_id=twins.cycle.id, person_id=twins.two.id))
    done = merge(twins)
    if what == "enrolment":
        enrolling.withdraw(twins.mine, reason="", by=twins.boss.id, by_organiser=True)
    elif what == "mail":
        edit_person(
            twins.one, "Mario", "Rossi", organisation_id=None, emails=["nuova@example.org"],
            by=twins.boss.id,
        )  # fmt: skip
    else:
        remove_trainer(twins.cycle, twins.one, by=twins.boss.id)
    assert refused(twins, done)


def test_a_later_union_is_undone_first(app: Flask) -> None:
    twins, third = Twins(), factories.person("Mario", "Rossi")
    third_enrolment = factories.enrolment(twins.cycle, third)
    lesson = twins.lesson()
    twins.stays(lesson, twins.theirs, (0, 60))
    twins.stays(lesson, third_enrolment, (50, 120))
    sealed = twins.lesson(1)  # where each union and each undoing has to write evidence
    twins.stays(sealed, twins.theirs, (0, 60))
    twins.stays(sealed, third_enrolment, (50, 120))
    twins.close(sealed)
    before = everything()
    first = merge(twins)
    second = merge(twins, third, twins.one)
    assert twins.record(lesson, third_enrolment) == ("present", 120, "report")
    assert refused(twins, first)
    undo(twins, second)
    undo(twins, first)
    assert everything() == before


def test_twice_undone_is_refused(app: Flask) -> None:
    twins = Twins()
    done = merge(twins)
    undo(twins, done)
    assert refused(twins, done)


def test_what_is_done_is_noted(app: Flask) -> None:
    twins = Twins()
    undo(twins, merge(twins))
    noted = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert [action for action in noted if action.startswith("person.")] == [
        "person.merged", "person.merge_undone",
    ]  # fmt: skip


def test_not_the_same_is_remembered(app: Flask) -> None:
    twins = Twins()
    assert [each.pair for each in queries.queue("rossi")] == [(twins.one.id, twins.two.id)]
    actions.tell_apart(twins.two.id, twins.one.id, by=twins.boss.id)
    actions.tell_apart(twins.one.id, twins.two.id, by=twins.boss.id)
    assert queries.queue("") == []
    actions.propose_again(twins.one.id, twins.two.id, by=twins.boss.id)
    assert len(queries.queue("m.rossi@example.org mario")) == 1
    assert queries.queue("bianchi") == []


def test_a_word_that_a_union_wrote_has_author_and_reason(app: Flask) -> None:
    twins = Twins()
    lesson = twins.lesson()
    twins.word(lesson, twins.theirs, Mark.PRESENT, 45)
    twins.word(lesson, twins.mine, Mark.ABSENT)
    merge(twins)
    last = twins.evidence(twins.mine)[-1]
    assert twins.record(lesson, twins.mine) == ("present", 45, "trainer")
    assert (last.kind, last.minutes) == (EvidenceKind.TRAINER_MARK, 45)
    assert (bool(last.reason), last.author_id) == (True, twins.boss.id)


def test_the_sign_in_of_the_record_that_went_stays_shut(app: Flask) -> None:
    twins = Twins()
    for login, person in (("mario@example.org", twins.one), ("rossi@example.org", twins.two)):
        with_account(login, person)
    merge(twins)
    with pytest.raises(UserError):
        enable_account(twins.two, by=twins.boss.id)


def test_who_was_united_is_enrolled_no_more(app: Flask) -> None:
    twins, cycle = Twins(), factories.cycle()
    merge(twins)
    with pytest.raises(UserError):
        enrolling.enrol_people(cycle.id, [twins.two], by=twins.boss.id)
    with pytest.raises(UserError):
        enrolling.enrol_self(cycle.id, twins.two)
