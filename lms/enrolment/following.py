"""Enrolments follow an organisation that was written twice; the name copied on them stays."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.enrolment.models import Enrolment
from lms.organisations.followers import Follower, declare

declare("enrolments", Follower(_l("Enrolments"), Enrolment.organisation_id))
