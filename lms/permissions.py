"""Who may do what: the one table. `tests/foundation/test_access.py` asks every row as every role.

An endpoint that is not here is refused; a row without an endpoint fails the tests. Roles are held
towards what the row loads: an organiser of one track is nobody to the cycles of another, and what
belongs to no track ("all_tracks", an organisation, an account) asks for the organiser of them all.
docs/permissions.md is this table for readers (`lms permissions`).
"""

from __future__ import annotations

from lms.access import Role, Rule

ANYONE = frozenset({Role.STRANGER})
SIGNED_IN = frozenset({Role.SIGNED_IN})
OWNER = frozenset({Role.OWNER})
OWN_OR_ORGANISERS = frozenset({Role.OWNER, Role.ORGANISER, Role.ADMINISTRATOR})
PARTICIPATING = frozenset({Role.PARTICIPANT})
TEACHING = frozenset({Role.TRAINER, Role.ORGANISER, Role.ADMINISTRATOR})
OWN_OR_TEACHING = TEACHING | OWNER
ORGANISING = frozenset({Role.ORGANISER, Role.ADMINISTRATOR})
ADMINISTERING = frozenset({Role.ADMINISTRATOR})
REFERRING = frozenset({Role.REFERENT})
AUDITING = frozenset({Role.AUDITOR})

TABLE: dict[str, Rule] = {
    # home and accounts
    "home.index": Rule(ANYONE),
    "home.set_language": Rule(ANYONE, unready=True),
    "home.privacy": Rule(ANYONE, unready=True),
    "home.accessibility": Rule(ANYONE, unready=True),
    "demo.index": Rule(ANYONE, "demo"),
    "demo.report": Rule(ANYONE, "demo"),
    "accounts.sign_in": Rule(ANYONE),
    "accounts.sign_out": Rule(ANYONE, unready=True),
    "accounts.profile": Rule(SIGNED_IN),
    "accounts.change_password": Rule(SIGNED_IN, unready=True),
    "accounts.edit_profile": Rule(SIGNED_IN),
    # one's own sessions and what was noted of one's own account
    "accounts.sessions": Rule(SIGNED_IN),
    "accounts.name_session": Rule(OWNER, "user_session", hidden=True),
    "accounts.end_session": Rule(OWNER, "user_session", hidden=True),
    "accounts.end_other_sessions": Rule(SIGNED_IN),
    "accounts.security_log": Rule(SIGNED_IN),
    # joining: behind a link's address the token in it is the credential
    "joining.register": Rule(ANYONE),
    "joining.check_mail": Rule(ANYONE),
    "joining.confirm_registration": Rule(ANYONE),
    "joining.forgotten": Rule(ANYONE),
    "joining.choose_password": Rule(ANYONE),
    "joining.accept_invitation": Rule(ANYONE),
    "joining.confirm_login": Rule(ANYONE),
    "joining.change_login": Rule(SIGNED_IN),
    "joining.cancel_login_change": Rule(SIGNED_IN),
    "joining.invite": Rule(ORGANISING, "person"),
    # the second factor: its step at sign-in (the browser's cookie tells whose), and one's own
    "factors.step": Rule(ANYONE, unready=True),
    "factors.step_recovery": Rule(ANYONE, unready=True),
    "factors.step_options": Rule(ANYONE, unready=True),
    "factors.step_passkey": Rule(ANYONE, unready=True),
    "factors.leave_step": Rule(ANYONE, unready=True),
    "factors.prove": Rule(SIGNED_IN, unready=True),
    "factors.overview": Rule(SIGNED_IN, unready=True),
    "factors.start_totp": Rule(SIGNED_IN, unready=True),
    "factors.confirm_totp": Rule(SIGNED_IN, unready=True),
    "factors.add_passkey": Rule(SIGNED_IN, unready=True),
    "factors.passkey_options": Rule(SIGNED_IN, unready=True),
    "factors.remove_totp": Rule(SIGNED_IN),
    "factors.rename_passkey": Rule(OWNER, "passkey", hidden=True),
    "factors.remove_passkey": Rule(OWNER, "passkey", hidden=True),
    "factors.new_codes": Rule(SIGNED_IN),
    "factors.reset": Rule(ADMINISTERING, "person"),
    "accounts.tax_code": Rule(SIGNED_IN),
    "accounts.show_tax_code": Rule(SIGNED_IN),
    "accounts.remove_tax_code": Rule(SIGNED_IN),
    # signing in with an identity provider; one's own identities; the log of 24 months
    "federation.start": Rule(ANYONE, "identity_provider"),
    "federation.returned": Rule(ANYONE, "identity_provider"),
    "federation.finish": Rule(ANYONE, "identity_provider"),
    "federation.not_signed_in": Rule(ANYONE, "identity_provider"),
    "federation.first_arrival": Rule(ANYONE),
    "federation.link": Rule(SIGNED_IN, "identity_provider"),
    "federation.confirm": Rule(SIGNED_IN),
    "federation.unlink": Rule(OWNER, "federated_identity", hidden=True),
    "federation.log": Rule(ADMINISTERING),
    # people, their accounts and roles; organisations
    "people.index": Rule(ORGANISING),
    "people.add": Rule(ORGANISING),
    "people.person": Rule(ORGANISING, "person"),
    "people.edit": Rule(ORGANISING, "person_record"),
    "people.tax_code": Rule(ORGANISING, "person_record"),
    "people.remove_tax_code": Rule(ORGANISING, "person_record"),
    "people.account": Rule(ORGANISING, "person_account"),
    "people.disable": Rule(ORGANISING, "person_account"),
    "people.enable": Rule(ORGANISING, "person_account"),
    "roles.of_person": Rule(ADMINISTERING, "person"),
    "roles.grant": Rule(ADMINISTERING, "role_of_person"),
    "roles.end": Rule(ADMINISTERING, "role_grant"),
    # two records of one person: proposed, compared, united, parted; by who organises all tracks
    "duplicates.index": Rule(ORGANISING, "all_tracks"),
    "duplicates.find": Rule(ORGANISING, "person_account"),
    "duplicates.compare": Rule(ORGANISING, "two_people"),
    "duplicates.unite": Rule(ORGANISING, "two_people"),
    "duplicates.tell_apart": Rule(ORGANISING, "two_people"),
    "duplicates.propose_again": Rule(ORGANISING, "two_people"),
    "duplicates.merges": Rule(ORGANISING, "all_tracks"),
    "duplicates.undo": Rule(ORGANISING, "person_merge"),
    "organisations.index": Rule(ORGANISING),
    "organisations.add": Rule(ORGANISING),
    "organisations.edit": Rule(ORGANISING, "organisation"),
    "organisations.suggestions": Rule(ANYONE),  # confirmed bodies only, for registration too
    "organisations.organisation": Rule(ORGANISING, "organisation"),
    "organisations.proposals": Rule(ORGANISING),
    "organisations.decide": Rule(ORGANISING, "organisation"),
    "organisations.end": Rule(ORGANISING, "organisation"),
    "organisations.reopen": Rule(ORGANISING, "organisation"),
    # mail: the outbox; the demonstration's own mail
    "messages.outbox": Rule(ADMINISTERING),
    "messages.message": Rule(ADMINISTERING, "message"),
    "messages.send_again": Rule(ADMINISTERING, "message"),
    "messages.local_mail": Rule(ANYONE, "local_mail"),
    "messages.local_letter": Rule(ANYONE, "local_mail"),
    "messages.local_html": Rule(ANYONE, "local_mail"),
    # enrolment
    "enrolment.enrol": Rule(SIGNED_IN, "cycle"),
    "enrolment.withdraw": Rule(OWN_OR_ORGANISERS, "enrolment", hidden=True),
    "enrolment.participants": Rule(TEACHING, "cycle"),
    "enrolment.export": Rule(TEACHING, "cycle"),
    "enrolment.add": Rule(ORGANISING, "cycle"),
    "enrolment.paste": Rule(ORGANISING, "cycle"),
    "enrolment.requests": Rule(ORGANISING, "cycle"),
    "enrolment.enrolment": Rule(ORGANISING, "enrolment", hidden=True),
    "enrolment.restore": Rule(ORGANISING, "enrolment", hidden=True),
    "enrolment.update_copies": Rule(ORGANISING, "enrolment", hidden=True),
    # catalogue: public pages
    "catalogue.cycles": Rule(ANYONE),
    "catalogue.cycle": Rule(ANYONE, "cycle"),
    "catalogue.lesson": Rule(ANYONE, "lesson"),
    # catalogue: its staff's pages; trainers look, organisers change
    "catalogue.manage_tracks": Rule(ORGANISING),
    "catalogue.new_track": Rule(ORGANISING, "all_tracks"),
    "catalogue.edit_track": Rule(ORGANISING, "track"),
    "catalogue.manage_cycles": Rule(TEACHING),
    "catalogue.new_cycle": Rule(ORGANISING),
    "catalogue.manage_cycle": Rule(TEACHING, "cycle"),
    "catalogue.edit_cycle": Rule(ORGANISING, "cycle"),
    "catalogue.change_status": Rule(ORGANISING, "cycle"),
    "catalogue.duplicate_cycle": Rule(ORGANISING, "cycle"),
    "catalogue.remove_cycle": Rule(ORGANISING, "cycle"),
    "catalogue.new_module": Rule(ORGANISING, "cycle"),
    "catalogue.edit_module": Rule(ORGANISING, "module"),
    "catalogue.move_module": Rule(ORGANISING, "module"),
    "catalogue.remove_module": Rule(ORGANISING, "module"),
    "catalogue.new_lesson": Rule(ORGANISING, "module"),
    "catalogue.edit_lesson": Rule(ORGANISING, "lesson"),
    "catalogue.cancel_lesson": Rule(ORGANISING, "lesson"),
    "catalogue.restore_lesson": Rule(ORGANISING, "lesson"),
    "catalogue.remove_lesson": Rule(ORGANISING, "lesson"),
    "catalogue.cycle_trainers": Rule(ORGANISING, "cycle"),
    "catalogue.add_trainer": Rule(ORGANISING, "cycle"),
    "catalogue.remove_trainer": Rule(ORGANISING, "cycle"),
    # registers of lessons, for who teaches or organises
    "attendance.cycle_registers": Rule(TEACHING, "cycle"),
    "attendance.register": Rule(TEACHING, "lesson"),
    "attendance.mark_rest": Rule(TEACHING, "lesson"),
    "attendance.count_again": Rule(TEACHING, "lesson"),
    "attendance.export_register": Rule(TEACHING, "lesson"),
    "attendance.close": Rule(TEACHING, "lesson"),
    "attendance.rectify": Rule(TEACHING, "presence", hidden=True),
    # reports of webinar platforms, and who their people are
    "attendance.upload_report": Rule(TEACHING, "lesson"),
    "attendance.preview_report": Rule(TEACHING, "report", hidden=True),
    "attendance.answer_report": Rule(TEACHING, "report", hidden=True),
    "attendance.confirm_report": Rule(TEACHING, "report", hidden=True),
    "attendance.discard_report": Rule(TEACHING, "report", hidden=True),
    "attendance.withdraw_report": Rule(TEACHING, "report", hidden=True),
    "attendance.download_report": Rule(TEACHING, "report", hidden=True),
    "attendance.queue": Rule(TEACHING, "lesson"),
    "attendance.decide_entry": Rule(TEACHING, "report_entry", hidden=True),
    # why a mark is what it is: for the person too
    "attendance.why": Rule(OWN_OR_TEACHING, "presence", hidden=True),
    # certificates: the organisers' pages of a cycle
    "issuance.cycle_certificates": Rule(ORGANISING, "cycle"),
    "issuance.issue": Rule(ORGANISING, "cycle"),
    "issuance.preparation": Rule(ORGANISING, "cycle"),
    "issuance.preparation_state": Rule(ORGANISING, "cycle"),
    "issuance.prepare_again": Rule(ORGANISING, "cycle"),
    # one certificate: to everybody else it does not exist
    "issuance.certificate": Rule(ORGANISING, "certificate", hidden=True),
    "issuance.revoke": Rule(ORGANISING, "certificate", hidden=True),
    "issuance.replace": Rule(ORGANISING, "certificate", hidden=True),
    "issuance.download": Rule(OWN_OR_ORGANISERS, "certificate", hidden=True),
    # one's own certificates and progress; verification, for whoever holds a code or a file
    "issuance.my_certificates": Rule(SIGNED_IN),
    "issuance.my_progress": Rule(PARTICIPATING, "cycle", hidden=True),
    "issuance.verify_start": Rule(ANYONE),
    "issuance.verify": Rule(ANYONE),
    # an organisation's referent: its own people, and its nominations
    "referents.index": Rule(REFERRING),
    "referents.people": Rule(REFERRING, "organisation", hidden=True),
    "referents.export_csv": Rule(REFERRING, "organisation", hidden=True),
    "referents.export_xlsx": Rule(REFERRING, "organisation", hidden=True),
    "referents.person": Rule(REFERRING, "organisation_person", hidden=True),
    "referents.nominations": Rule(REFERRING, "organisation", hidden=True),
    "referents.nominate": Rule(REFERRING, "organisation_cycle", hidden=True),
    "referents.paste": Rule(REFERRING, "organisation_cycle", hidden=True),
    "referents.take_back": Rule(REFERRING, "organisation_nomination", hidden=True),
    # who acts for an organisation
    "referents.of_organisation": Rule(ORGANISING, "organisation"),
    "referents.dismiss": Rule(ORGANISING, "organisation_referent"),
    # auditors: a sitting with its purpose, then pages to look at; each look is noted
    "auditing.index": Rule(AUDITING),
    "auditing.open_session": Rule(AUDITING, "track", hidden=True),
    "auditing.close_session": Rule(AUDITING, "track", hidden=True),
    "auditing.track": Rule(AUDITING, "track", hidden=True),
    "auditing.cycle": Rule(AUDITING, "cycle", hidden=True),
    "auditing.people": Rule(AUDITING, "cycle", hidden=True),
    "auditing.register": Rule(AUDITING, "lesson", hidden=True),
    "auditing.evidence": Rule(AUDITING, "presence", hidden=True),
    "auditing.enrolment": Rule(AUDITING, "enrolment", hidden=True),
    "auditing.certificate": Rule(AUDITING, "certificate", hidden=True),
    "auditing.certificate_pdf": Rule(AUDITING, "certificate", hidden=True),
    "auditing.looks": Rule(ADMINISTERING),
    # calendars: files for anybody; behind a feed's address the token in it is the credential
    "calendars.lesson_ics": Rule(ANYONE, "lesson"),
    "calendars.cycle_ics": Rule(ANYONE, "cycle"),
    "calendars.feed": Rule(ANYONE, "calendar_feed"),
    "calendars.my_calendar": Rule(SIGNED_IN),
    "calendars.create_feed": Rule(SIGNED_IN),
    "calendars.replace_feed": Rule(SIGNED_IN),
    "calendars.revoke_feed": Rule(SIGNED_IN),
    # privacy: one's own data; requests and legal holds belong to no cycle
    "privacy.my_data": Rule(SIGNED_IN),
    "privacy.export": Rule(SIGNED_IN),
    "privacy.accept": Rule(SIGNED_IN),
    "privacy.ask_erasure": Rule(SIGNED_IN),
    "privacy.take_back": Rule(SIGNED_IN),
    "privacy.requests": Rule(ORGANISING, "all_tracks"),
    "privacy.decide": Rule(ORGANISING, "erasure_request"),
    "privacy.request_for": Rule(ORGANISING, "person_account"),
    "privacy.holds": Rule(ADMINISTERING),
    "privacy.hold_person": Rule(ADMINISTERING, "person_account"),
    "privacy.hold_cycle": Rule(ADMINISTERING, "cycle"),
    "privacy.lift_hold": Rule(ADMINISTERING, "legal_hold"),
}
