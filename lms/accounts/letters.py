"""What an account's owner is told by mail, so that a change they did not make is seen at once."""

from __future__ import annotations

import enum
from datetime import datetime

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.config import Settings
from lms.links import address_under, public_root
from lms.messages.letters import Button, Letter
from lms.pages import local_datetime


class Happening(enum.StrEnum):
    """What a letter is about."""

    NEW_DEVICE = "new_device"
    PASSWORD_SET = "password_set"  # noqa: S105 # nosec B105 # a name of what happened
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 # nosec B105 # the same
    LOGIN_CHANGED = "login_changed"
    IDENTITIES_CHANGED = "identities_changed"


SUBJECTS: dict[Happening, LazyString] = {
    Happening.NEW_DEVICE: _l("A new device has signed in to your account"),
    Happening.PASSWORD_SET: _l("The organisers have set a password for your account"),
    Happening.PASSWORD_CHANGED: _l("Your password has been changed"),
    Happening.LOGIN_CHANGED: _l("The e-mail address of your account has been changed"),
    Happening.IDENTITIES_CHANGED: _l(
        "A digital identity has been linked to your account, or unlinked"
    ),
}


def letter_about(happening: Happening, at: datetime, device: str) -> Letter:
    """The letter about one change, in the language in force."""
    site = current_app.config["SITE_NAME"]
    when = _("When: %(when)s.", when=local_datetime(at))
    where = _("From: %(device)s.", device=device) if device else ""
    return Letter(
        subject=f"{SUBJECTS[happening]} · {site}",
        paragraphs=(
            _("%(what)s on %(site)s.", what=SUBJECTS[happening], site=site),
            when,
            where,
            _("If it was you, there is nothing to do."),
            _("If it was not you, choose a new password at once: it signs out every browser."),
        ),
        button=_to_reset(),
        closing=(whom_to_ask(),),
    )


def _to_reset() -> Button | None:
    root = public_root()  # none in a worker without a configured address
    if not root:
        return None
    return Button(_("Choose a new password"), address_under(root, "joining.forgotten"))


def whom_to_ask() -> str:
    """Where help is to be had: the configured contact, or the organisers."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.contact:
        return str(_("For help, write to: %(contact)s", contact=settings.contact))
    return str(_("For help, ask whoever organises your courses."))
