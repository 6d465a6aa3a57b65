"""How roles, events and devices are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.accounts.devices import PART
from lms.accounts.models import StaffRole
from lms.accounts.security_log import SecurityEvent

ROLES: dict[StaffRole, LazyString] = {
    StaffRole.ORGANISER: _l("Organiser"),
    StaffRole.REFERENT: _l("Entity referent"),
    StaffRole.AUDITOR: _l("Auditor"),
    StaffRole.ADMINISTRATOR: _l("Administrator"),
}


def role_in_words(role: StaffRole) -> str:
    """The role's name in the page's language."""
    return str(ROLES[role])


EVENTS: dict[SecurityEvent, LazyString] = {
    SecurityEvent.ACCOUNT_OPENED: _l("The account was opened"),
    SecurityEvent.SIGNED_IN: _l("Signed in"),
    SecurityEvent.SIGNED_IN_FROM_NEW_DEVICE: _l("Signed in from a kind of device not seen before"),
    SecurityEvent.SIGNED_OUT: _l("Signed out"),
    SecurityEvent.SESSION_ENDED: _l("A session was closed from the list"),
    SecurityEvent.OTHER_SESSIONS_ENDED: _l("All other sessions were closed"),
    SecurityEvent.PASSWORD_SET: _l("The organisers set a password"),
    SecurityEvent.PASSWORD_CHANGED: _l("The password was changed"),
    SecurityEvent.PASSWORD_RESET_ASKED: _l("A link to choose a new password was asked for"),
    SecurityEvent.PASSWORD_RESET: _l("A new password was chosen through a link"),
    SecurityEvent.INVITED: _l("The organisers sent an invitation"),
    SecurityEvent.INVITATION_ACCEPTED: _l("The invitation was accepted and a password chosen"),
    SecurityEvent.LOGIN_CHANGE_ASKED: _l("A change of e-mail address was asked for"),
    SecurityEvent.LOGIN_CHANGE_CANCELLED: _l("The change of e-mail address was called off"),
    SecurityEvent.LOGIN_CHANGED: _l("The e-mail address to sign in with was changed"),
    SecurityEvent.PROFILE_CHANGED: _l("Name, organisation or language were changed"),
    SecurityEvent.ACCOUNT_DISABLED: _l("The organisers disabled the account"),
    SecurityEvent.ACCOUNT_ENABLED: _l("The organisers enabled the account again"),
    SecurityEvent.APP_ADDED: _l("An authenticator app was added as second factor"),
    SecurityEvent.APP_REMOVED: _l("The authenticator app was removed"),
    SecurityEvent.PASSKEY_ADDED: _l("A passkey was added as second factor"),
    SecurityEvent.PASSKEY_RENAMED: _l("A passkey was given another name"),
    SecurityEvent.PASSKEY_REMOVED: _l("A passkey was removed"),
    SecurityEvent.PASSKEY_COPIED: _l("A passkey that seemed copied was refused"),
    SecurityEvent.RECOVERY_CODES_MADE: _l("New recovery codes were made"),
    SecurityEvent.RECOVERY_CODE_USED: _l("A recovery code was used"),
    SecurityEvent.FACTORS_RESET: _l("An administrator removed the second factor"),
    SecurityEvent.IDENTITY_LINKED: _l("A digital identity was linked"),
    SecurityEvent.IDENTITY_UNLINKED: _l("A digital identity was unlinked"),
    SecurityEvent.SECOND_STEP_GUESSED: _l("The second factor was wrong too often"),
    SecurityEvent.DATA_EXPORTED: _l("Your data were downloaded"),
    SecurityEvent.ERASURE_ASKED: _l("The erasure of your data was asked for"),
    SecurityEvent.ERASURE_TAKEN_BACK: _l("The request to erase your data was taken back"),
    SecurityEvent.ERASURE_REFUSED: _l("The request to erase your data was refused"),
}


def event_in_words(event: SecurityEvent) -> str:
    """What happened, in the page's language."""
    return str(EVENTS[event])


def device_in_words(device: str) -> str:
    """A kind of device as people say it: "Firefox on Windows"."""
    browser, _mark, system = device.partition(PART)
    if not browser:
        return str(_("A device we do not recognise"))
    if not system:
        return browser
    return str(_("%(browser)s on %(system)s", browser=browser, system=system))
