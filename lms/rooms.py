"""The rooms, in the order of their foreign keys, and what each hangs on the application.

A room's `loading` module is imported for what it declares to `lms.access`.
"""

from __future__ import annotations

from flask import Flask

from lms.accounts import loading as _accounts_loading  # noqa: F401 - declares loaders
from lms.accounts import signing_in
from lms.accounts.views import blueprint as accounts
from lms.accounts.views_people import blueprint as people
from lms.attendance import loading as _attendance_loading  # noqa: F401 - declares loaders
from lms.attendance import views as _attendance_views  # noqa: F401 - the register's pages
from lms.attendance.blueprint import blueprint as attendance
from lms.auditing import views_track as _auditing_track  # noqa: F401 - pages to look at
from lms.auditing.views import blueprint as auditing
from lms.calendars import loading as _calendars_loading  # noqa: F401 - declares loaders
from lms.calendars.views import blueprint as calendars
from lms.catalogue import loading as _catalogue_loading  # noqa: F401 - declares loaders
from lms.catalogue import views_edit as _catalogue_edit  # noqa: F401 - pages of organisers
from lms.catalogue import views_programme as _catalogue_programme  # noqa: F401 - the same
from lms.catalogue.views import blueprint as catalogue
from lms.demo import views as demo
from lms.enrolment import loading as _enrolment_loading  # noqa: F401 - declares loaders
from lms.enrolment import views_nominations as _enrolment_nominations  # noqa: F401 - pages
from lms.enrolment import views_participants as _enrolment_participants  # noqa: F401 - pages
from lms.enrolment.views import blueprint as enrolment
from lms.home.views import blueprint as home
from lms.issuance import loading as _issuance_loading  # noqa: F401 - declares loaders
from lms.issuance import rendering as _issuance_rendering  # noqa: F401 - declares its job
from lms.issuance import views as _issuance_cycle  # noqa: F401 - pages of organisers
from lms.issuance import views_certificate as _issuance_one  # noqa: F401 - one certificate
from lms.issuance import views_own as _issuance_own  # noqa: F401 - pages of participants
from lms.issuance import views_verify as _issuance_verify  # noqa: F401 - open to everybody
from lms.issuance.blueprint import blueprint as issuance
from lms.organisations import loading as _organisations_loading  # noqa: F401 - declares loaders
from lms.organisations.views import blueprint as organisations
from lms.referents import loading as _referents_loading  # noqa: F401 - declares loaders
from lms.referents import views_appoint as _referents_appoint  # noqa: F401 - pages of organisers
from lms.referents import views_nominate as _referents_nominate  # noqa: F401 - nominating
from lms.referents.views import blueprint as referents
from lms.roles.views import blueprint as roles


def init_app(app: Flask) -> None:
    """Register every room's blueprint and what it declares to `access`."""
    signing_in.init_app(app)
    demo.init_app(app)
    app.register_blueprint(demo.blueprint)
    for blueprint in (
        home,
        organisations,
        accounts,
        people,
        catalogue,
        roles,
        enrolment,
        attendance,
        issuance,
        referents,
        auditing,
        calendars,
    ):
        app.register_blueprint(blueprint)
