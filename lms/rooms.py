"""The rooms, in the order of their foreign keys, and what each hangs on the application.

A room's `loading` module is imported for what it declares to `lms.access`.
"""

from __future__ import annotations

from flask import Flask

from lms.accounts import following as _accounts_following  # noqa: F401 - declares followers
from lms.accounts import loading as _accounts_loading  # noqa: F401 - declares loaders
from lms.accounts import signing_in
from lms.accounts import views_own as _accounts_own  # noqa: F401 - the other pages of one's own
from lms.accounts import views_tax_code as _tax_code_pages  # noqa: F401 - one's own and others'
from lms.accounts.views import blueprint as accounts
from lms.accounts.views_people import blueprint as people
from lms.attendance import loading as _attendance_loading  # noqa: F401 - declares loaders
from lms.attendance import loading_contests as _contests_loading  # noqa: F401 - declares
from lms.attendance import views as _attendance_views  # noqa: F401 - the register's pages
from lms.attendance.blueprint import blueprint as attendance
from lms.auditing import views_asking as _auditing_asking  # noqa: F401 - and to ask for a PDF
from lms.auditing import views_contests as _auditing_contests  # noqa: F401 - contests to read
from lms.auditing import views_track as _auditing_track  # noqa: F401 - pages to look at
from lms.auditing.views import blueprint as auditing
from lms.calendars import loading as _calendars_loading  # noqa: F401 - declares loaders
from lms.calendars.views import blueprint as calendars
from lms.catalogue import loading as _catalogue_loading  # noqa: F401 - declares loaders
from lms.catalogue import views_edit as _catalogue_edit  # noqa: F401 - pages of organisers
from lms.catalogue import views_programme as _catalogue_programme  # noqa: F401 - the same
from lms.catalogue.views import blueprint as catalogue
from lms.demo import views as demo
from lms.duplicates import loading as _duplicates_loading  # noqa: F401 - declares loaders
from lms.duplicates.views import blueprint as duplicates
from lms.enrolment import following as _enrolment_following  # noqa: F401 - declares followers
from lms.enrolment import loading as _enrolment_loading  # noqa: F401 - declares loaders
from lms.enrolment import views_nominations as _enrolment_nominations  # noqa: F401 - pages
from lms.enrolment import views_participants as _enrolment_participants  # noqa: F401 - pages
from lms.enrolment.views import blueprint as enrolment
from lms.factors import loading as _factors_loading  # noqa: F401 - declares loaders
from lms.factors import views as _factors_own  # noqa: F401 - one's own factors
from lms.factors import views_people as _factors_people  # noqa: F401 - of administrators
from lms.factors import views_prove as _factors_prove  # noqa: F401 - the password again
from lms.factors import views_step as _factors_step  # noqa: F401 - the step at sign-in
from lms.factors.blueprint import blueprint as factors
from lms.federation import hanging as federation_hanging
from lms.federation import loading as _federation_loading  # noqa: F401 - declares loaders
from lms.federation import views_log as _federation_log  # noqa: F401 - page of administrators
from lms.federation.blueprint import blueprint as federation
from lms.home.views import blueprint as home
from lms.issuance import copying as _issuance_copying  # noqa: F401 - what a copy takes along
from lms.issuance import loading as _issuance_loading  # noqa: F401 - declares loaders
from lms.issuance import rendering as _issuance_rendering  # noqa: F401 - declares its job
from lms.issuance import views as _issuance_cycle  # noqa: F401 - pages of organisers
from lms.issuance import views_archive as _issuance_archive  # noqa: F401 - many at once
from lms.issuance import views_certificate as _issuance_one  # noqa: F401 - one certificate
from lms.issuance import views_credential as _issuance_badges  # noqa: F401 - Open Badges
from lms.issuance import views_layout as _issuance_layout  # noqa: F401 - how certificates look
from lms.issuance import views_life as _issuance_life  # noqa: F401 - changes after issue
from lms.issuance import views_logos as _issuance_logos  # noqa: F401 - logos of certificates
from lms.issuance import views_own as _issuance_own  # noqa: F401 - pages of participants
from lms.issuance import views_seal as _issuance_seal  # noqa: F401 - how the seal stands
from lms.issuance import views_verify as _issuance_verify  # noqa: F401 - open to everybody
from lms.issuance.blueprint import blueprint as issuance
from lms.joining import answering as _joining_answering  # noqa: F401 - declares its jobs
from lms.joining import following as _joining_following  # noqa: F401 - declares followers
from lms.joining import views_login as _joining_login  # noqa: F401 - addresses, invitations
from lms.joining.views import blueprint as joining
from lms.messages import loading as _messages_loading  # noqa: F401 - declares loaders
from lms.messages import sending as _messages_sending  # noqa: F401 - declares its job
from lms.messages import views_local as _messages_local  # noqa: F401 - the demonstration's mail
from lms.messages.views import blueprint as messages
from lms.operations import loading as _operations_loading  # noqa: F401 - declares loaders
from lms.operations.views import blueprint as operations
from lms.organisations import loading as _organisations_loading  # noqa: F401 - declares loaders
from lms.organisations import views_deciding as _organisations_deciding  # noqa: F401 - pages
from lms.organisations.views import blueprint as organisations
from lms.privacy import loading as _privacy_loading  # noqa: F401 - declares loaders
from lms.privacy import views_staff as _privacy_staff  # noqa: F401 - what the office decides
from lms.privacy.views import blueprint as privacy
from lms.referents import loading as _referents_loading  # noqa: F401 - declares loaders
from lms.referents import views_appoint as _referents_appoint  # noqa: F401 - pages of organisers
from lms.referents import views_nominate as _referents_nominate  # noqa: F401 - nominating
from lms.referents.views import blueprint as referents
from lms.roles.views import blueprint as roles
from lms.transcripts.views import blueprint as transcripts


def init_app(app: Flask) -> None:
    """Register every room's blueprint and what it declares to `access`."""
    signing_in.init_app(app)
    federation_hanging.init_app(app)
    demo.init_app(app)
    app.register_blueprint(demo.blueprint)
    for blueprint in (
        home,
        organisations,
        messages,
        accounts,
        people,
        joining,
        factors,
        federation,
        catalogue,
        roles,
        enrolment,
        attendance,
        issuance,
        referents,
        transcripts,
        auditing,
        calendars,
        operations,
        duplicates,
        privacy,
    ):
        app.register_blueprint(blueprint)
