"""How often mail may be asked for, and a link's button pressed. A part of this room's actions.

A whole town hall may stand behind one network address, so its bound is the wider one. Asking for
an unknown address counts like asking for a known one.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from lms.accounts import throttle
from lms.accounts.throttle import Limit
from lms.errors import UserError

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REGISTRATIONS = Limit("registration", 5, DAY)
RESETS = Limit("reset", 5, DAY)
LOGIN_CHANGES = Limit("login-change", 5, DAY)
FROM_ONE_NETWORK = Limit("mail-from-network", 60, HOUR)
LINK_USES = Limit("link", 10, timedelta(minutes=5))


def count_mail(limit: Limit, address: str, network: str | None) -> None:
    """Count a mail asked for to `address` from `network`; UserError (429) when it is one too many.

    Ends the transaction it finds: it comes first in a request.
    """
    if throttle.count(FROM_ONE_NETWORK, network=throttle.network_of(network)) is None:
        raise UserError(_("Too many requests from your network: try again in an hour."), 429)
    if throttle.count(limit, mailbox=address.lower()) is None:
        raise UserError(_("Too many requests for this address: try again tomorrow."), 429)


def count_use(token_hash: str) -> None:
    """Count a press on a link's button; each costs a hash. UserError (429) when too many."""
    if throttle.count(LINK_USES, link=token_hash) is None:
        raise UserError(
            _("Too many attempts. Wait %(minutes)s minutes, then try again.",
              minutes=LINK_USES.minutes),
            429,
        )  # fmt: skip
