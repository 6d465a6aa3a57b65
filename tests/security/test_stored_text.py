"""What was typed hostile stays text: on every page, in every file, in every header.

Weaknesses 6, 13, 15, 22, 25 and 28; ASVS 1.2.1 1.2.2 1.2.4 1.2.10 1.3.7 1.3.11 3.2.1 5.4.1.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re

from tests.security.attack import Answer, Record
from tests.security.payloads import PROBE
from tests.security.reading import elements

# Columns that keep what a person typed: each must have held the probe, or the attack has no bite.
TYPED_COLUMNS = frozenset(
    """
    access_look.purpose audit_session.purpose certificate.holder_family_name
    certificate.holder_name certificate.snapshot certificate_event.reason
    certificate_logo.label certificate_task.fact certificate_task.note
    certificate_words.closing certificate_words.closing_other certificate_words.heading
    certificate_words.heading_other certificate_words.introduction
    certificate_words.introduction_other
    contest_attachment.filename contest_event.note cycle.place
    cycle.signatory_name cycle.signatory_role cycle.summary cycle.title enrolment.family_name
    enrolment.given_name enrolment.organisation_name enrolment_event.note erasure_request.note
    erasure_request.reason evidence.reason funding_emblem.label legal_hold.lifted_reason
    legal_hold.reason lesson.join_url lesson.place lesson.summary lesson.title
    module.subject_area module.summary module.title organisation.name organisation.region
    passkey.name
    person.family_name person.given_name registration.family_name registration.given_name
    register_scan.filename register_scan.withdrawn_reason
    report_entry.name report_file.filename role_grant.end_reason role_grant.reason
    track.funding_statement track.issuer track.project_code track.summary track.title
    user_session.name
    """.split()  # noqa: SIM905 - a list to be read and added to
)
# Columns whose form is checked before they are kept, or that the application writes itself.
NEVER_TYPED = frozenset(
    """
    access_look.endpoint access_look.object_type
    account.language account.login account.password_hash attendance_register.previous_seal
    attendance_register.seal attendance_register.sealed_rows audit_event.action
    audit_event.detail audit_event.object_type
    calendar_feed.language calendar_feed.token_hash check_in_trace.device
    certificate.code certificate.serial certificate_document.sealed_by
    certificate_document.sha256 certificate_logo.picture_sha256 certificate_picture.media_type
    certificate_picture.sha256 contest_attachment.sha256
    cycle.code cycle.search_key cycle.slug enrolment.search_key
    funding_emblem.symbol job.claimed_by job.error job.key job.kind job.payload lesson.uid
    lesson.zone login_change.new_login login_change.old_login mailed_link.address
    mailed_link.token_hash notice_acceptance.version registration.email registration.language
    registration.new_kind registration.new_organisation registration.notice_version
    passkey.credential recovery_code.code_hash second_step.destination
    second_step.password_mark second_step.token_hash
    security_event.detail security_event.device security_event.event security_event.network
    user_session.device user_session.network
    organisation.cadastral_code organisation.fiscal_code organisation.ipa_code
    organisation.istat_code organisation.province_code organisation.search_key person.search_key
    person_email.address person_merge.changes report_entry.email report_entry.intervals
    report_entry.source_lines tax_code.keyed_hash
    saved_columns.filename saved_columns.mapping saved_columns.signature
    report_file.answers report_file.platform report_file.sha256 seal_chain.seal sign_in_attempt.key
    track.search_key track.slug user_session.token_hash
    outbox_message.answer outbox_message.key outbox_message.language outbox_message.letter
    outbox_message.recipient outbox_message.subject
    federated_identity.issuer federated_identity.provider federated_identity.subject
    federated_session.browser_hash federated_session.provider federation_arrival.after
    federation_arrival.browser_hash federation_arrival.provider
    federation_arrival.transaction_hash federation_request.after federation_request.browser_hash
    federation_request.nonce federation_request.provider federation_request.state_hash
    federation_request.verifier federation_transaction.detail federation_transaction.network
    federation_transaction.provider federation_transaction.transaction_hash
    organisation_name.name organisation_name.search_key organisation_word.word
    retained_certificate.legal_basis issuer_key.kid issuer_key.public
    device_mark.client_id register_countersignature.hash register_countersignature.previous
    register_countersignature.text register_document.language register_document.sha256
    register_scan.sha256 seal_chain.countersignature
    """.split()  # noqa: SIM905
)
# The picture of an app's key, and recovery codes to be saved: neither ever runs.
INERT = ("data:image/svg+xml;base64,", "data:text/plain;charset=utf-8,")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CALENDAR_NAMES = re.compile(r"[A-Z-]+[;:]")


def of_kind(record: Record, kind: str) -> list[Answer]:
    found = [a for a in record.answers if a.kind == kind and a.status == 200]
    assert found, f"nobody was answered with {kind}"
    return found


def test_the_attack_reached_every_text_column(attacked: Record) -> None:
    assert attacked.text_columns - TYPED_COLUMNS - NEVER_TYPED == set(), "a new column: where from?"
    assert TYPED_COLUMNS - attacked.probed_columns == set(), "typed, but never attacked"


def test_nothing_typed_is_a_fault(attacked: Record) -> None:
    faults = [f"{a.status} {a.where}" for a in attacked.answers if a.status >= 500]
    told = [line for line in attacked.log_lines if '"ERROR"' in line]
    assert (faults, told) == ([], [])
    assert attacked.faults == []


def test_no_typed_text_becomes_markup(attacked: Record) -> None:
    """ASVS 1.3.1."""
    pages = [a for a in attacked.answers if a.kind == "text/html" and PROBE in a.text]
    assert len(pages) > 100, "the pages show hardly anything of what was typed"
    alive = []
    for answer in pages:
        if f"<{PROBE}" in answer.text.lower():
            alive.append(answer.where)
        for element in elements(answer.text):
            names = {element.name, *(element.attrs or {})}
            if any(PROBE in name or name.startswith("on") for name in names):
                alive.append(f"{answer.where}: {names}")
    assert alive == []


def test_no_typed_text_is_evaluated(attacked: Record) -> None:
    signs = ("=1+1'\"></title></textarea></script>--><x-probe onload=p()>49", "$49", "()>None")
    texts = {a.where: html.unescape(a.text) for a in attacked.answers if "text" in a.kind}
    assert [where for where, text in texts.items() if any(sign in text for sign in signs)] == []
    whole = [where for where, text in texts.items() if "{{7*7}}${7*7}%s%(q)s" in text]
    assert len(whole) > 50, "the languages of templates reach the pages as they were typed"


def test_links_lead_to_addresses_of_the_web_only(attacked: Record) -> None:
    wrong = []
    for answer in attacked.answers:
        if answer.kind == "text/html" and answer.status == 200:
            links = re.findall(r'\s(?:href|src|action)="([^"]*)"', answer.text)
            wrong += [
                f"{answer.where}: {link}"
                for link in links
                if not re.match(r"(?:https?|webcal|mailto):|/(?!/)|[?#]|$", link)
                and not link.startswith(INERT)
            ]
    assert wrong == []


def test_no_typed_text_reaches_a_header(attacked: Record) -> None:
    """ASVS 5.4.2."""
    for answer in attacked.answers:
        for name, value in answer.headers:
            assert name.lower() != "x-evil", answer.where
            assert "\r" not in value, (answer.where, name)
            assert "\n" not in value, (answer.where, name)


def test_every_download_has_a_plain_name(attacked: Record) -> None:
    """ASVS 5.4.2."""
    names = {a.header("Content-Disposition") for a in attacked.answers} - {""}
    assert len(names) > 5
    plain = r'attachment; filename="?[\w.-]+"?'
    quoted, encoded = r'"(?:[^"\\]|\\["\\])+"', r"(?:; filename\*=UTF-8''[\w.%-]+)?"
    raw = rf"attachment; filename=(?:[\w.-]+|{quoted}){encoded}"
    for answer in attacked.answers:
        told = answer.header("Content-Disposition")
        if answer.endpoint == "attendance.download_report" and told:
            assert re.fullmatch(raw, told), told
        elif told:
            assert re.fullmatch(plain, told), told


def test_uploaded_bytes_never_run_in_a_browser(attacked: Record) -> None:
    given_back = of_kind(attacked, "application/octet-stream")
    for answer in [*given_back, *of_kind(attacked, "application/pdf")]:
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert answer.header("Content-Disposition").startswith("attachment")
        assert "sandbox" in answer.header("Content-Security-Policy")
        assert "default-src 'none'" in answer.header("Content-Security-Policy")


def test_no_cell_of_an_export_is_a_formula(attacked: Record) -> None:
    hostile = 0
    for answer in of_kind(attacked, "text/csv"):
        for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"):
            for cell in row:
                hostile += PROBE in cell
                assert not cell.lstrip(" \u00a0").startswith(FORMULA), (answer.where, cell)
    assert hostile > 5, "no hostile cell was exported"


def test_no_typed_text_becomes_a_line_of_a_calendar(attacked: Record) -> None:
    hostile = 0
    for answer in of_kind(attacked, "text/calendar"):
        assert answer.body.endswith(b"\r\n")
        lines = answer.body.decode().replace("\r\n ", "").split("\r\n")[:-1]
        hostile += any(PROBE in line for line in lines)
        assert all(CALENDAR_NAMES.match(line) for line in lines), answer.where
        assert not [line for line in lines if line.startswith("X-EVIL")], answer.where
        assert lines.count("BEGIN:VEVENT") == sum(line.startswith("UID:") for line in lines)
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.text), answer.where
    assert hostile > 2, "no hostile text reached a calendar"


def test_json_answers_are_json(attacked: Record) -> None:
    for answer in of_kind(attacked, "application/json"):
        assert json.loads(answer.body) is not None
