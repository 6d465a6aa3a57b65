"""A change of somebody's factors is told: security log, audit, and a letter to who owns them."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import audit
from lms.accounts.letters import whom_to_ask
from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent, note, this_browser
from lms.clock import now
from lms.links import address_under, public_root
from lms.messages.actions import in_language, post
from lms.messages.letters import Button, Letter
from lms.pages import DEFAULT_LANGUAGE, local_datetime

NOT_YOU = _l(
    "If it was not you, sign in, change your password and look at your second factor at once; "
    "then tell the organisers."
)
NOT_ASKED = _l(
    "If you had not asked for this, tell the organisers at once: somebody may be using your "
    "account."
)
# Subject, what happened, what to do if it was not meant.
WORDS: dict[SecurityEvent, tuple[LazyString, LazyString, LazyString]] = {
    SecurityEvent.APP_ADDED: (
        _l("Your second factor: an authenticator app was added"),
        _l("From now on a code of your authenticator app is asked after the password."),
        NOT_YOU,
    ),
    SecurityEvent.APP_REMOVED: (
        _l("Your second factor: the authenticator app was removed"),
        _l("Codes of your authenticator app are no longer accepted."),
        NOT_YOU,
    ),
    SecurityEvent.PASSKEY_ADDED: (
        _l("Your second factor: a passkey was added"),
        _l("The passkey “%(name)s” can now be used after the password."),
        NOT_YOU,
    ),
    SecurityEvent.PASSKEY_REMOVED: (
        _l("Your second factor: a passkey was removed"),
        _l("The passkey “%(name)s” is no longer accepted."),
        NOT_YOU,
    ),
    SecurityEvent.PASSKEY_COPIED: (
        _l("A sign-in with your passkey was refused"),
        _l(
            "The passkey “%(name)s” counted backwards, as only a copy of it would: the sign-in was "
            "refused. Remove this passkey and add it again."
        ),
        NOT_YOU,
    ),
    SecurityEvent.RECOVERY_CODES_MADE: (
        _l("You have new recovery codes"),
        _l("Ten new recovery codes were made. The earlier ones, if any, no longer work."),
        NOT_YOU,
    ),
    SecurityEvent.RECOVERY_CODE_USED: (
        _l("A recovery code was used to sign in"),
        _l("One of your recovery codes was used. Codes still unused: %(left)s."),
        NOT_YOU,
    ),
    SecurityEvent.FACTORS_RESET: (
        _l("Your second factor was removed by an administrator"),
        _l(
            "Your authenticator app, passkeys and recovery codes no longer work, and you have been "
            "signed out everywhere. Sign in with your password and set up a new second factor."
        ),
        NOT_ASKED,
    ),
    SecurityEvent.SECOND_STEP_GUESSED: (
        _l("Somebody knows your password"),
        _l(
            "Your password was given, then the second factor was wrong too often. Nobody got in. "
            "If it was not you, change your password now."
        ),
        NOT_YOU,
    ),
}


def tell(
    account: Account,
    event: SecurityEvent,
    *,
    by: int | None,
    detail: dict[str, Any] | None = None,
    key: str = "",
) -> None:
    """Note `event`, audit it, and write to the account's owner, in this transaction.

    With a `key` all three happen once for that key: what an attacker can repeat fills nothing.
    """
    unique = f"factors:{account.id}:{event}:{key or secrets.token_hex(8)}"
    language = account.language or DEFAULT_LANGUAGE
    with in_language(language):
        letter = _letter(event, detail)
    if account.login and not post(unique, account.login, letter, language=language):
        return
    note(account.id, event, detail=detail)
    audit.record(f"factors.{event}", account, actor_id=by, detail=detail)


def _letter(event: SecurityEvent, detail: dict[str, Any] | None) -> Letter:
    subject, happened, remedy = WORDS[event]
    root, device = public_root(), this_browser()[0]
    when = local_datetime(now())
    return Letter(
        str(subject),
        (
            str(happened) % (detail or {}),
            _("When: %(when)s.", when=when),
            _("From: %(device)s.", device=device) if device else "",
            str(remedy),
        ),
        Button(_("Your second factor"), address_under(root, "factors.overview")) if root else None,
        (whom_to_ask(),),
    )
