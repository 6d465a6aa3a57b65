"""What the owner of a sign-in hears when their two records are united, or parted again.

The other address is not named: should the organisers have erred, it belongs to somebody else.
"""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from lms.accounts.letters import whom_to_ask
from lms.links import address_under, public_root
from lms.messages.letters import Button, Letter


def united() -> Letter:
    """To the address of the sign-in that was disabled."""
    site = current_app.config["SITE_NAME"]
    return Letter(
        _("Your two records are united · %(site)s", site=site),
        (
            _("On %(site)s there were two records of you. The organisers have united them: "
              "courses, attendance and certificates now stand together.", site=site),
            _("With this address nobody signs in any more. Use the other address you are "
              "registered with."),
            _("If you have no other address, somebody has made a mistake: tell the organisers, "
              "who can part the records again."),
        ),
        _to_sign_in(),
        (whom_to_ask(),),
    )  # fmt: skip


def parted() -> Letter:
    """To the same address, when the union is undone and its sign-in works again."""
    site = current_app.config["SITE_NAME"]
    return Letter(
        _("Your address signs in again · %(site)s", site=site),
        (
            _("The organisers had united your record on %(site)s with another. They have parted "
              "the two again.", site=site),
            _("You sign in with this address, as before."),
        ),
        _to_sign_in(),
        (whom_to_ask(),),
    )  # fmt: skip


def _to_sign_in() -> Button | None:
    root = public_root()
    return Button(_("Sign in"), address_under(root, "accounts.sign_in")) if root else None
