"""Registrations still to be confirmed follow an organisation that was written twice."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.joining.models import Registration
from lms.organisations.followers import Follower, declare

declare("registrations", Follower(_l("Registrations"), Registration.organisation_id))
