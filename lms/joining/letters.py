"""The letters of this room. Nothing a stranger typed stands in them, or we would carry it on."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.accounts.letters import whom_to_ask
from lms.joining.rules import DAY, LIFETIMES, LinkPurpose
from lms.links import address_under
from lms.messages.letters import Button, Letter


def confirm_registration(root: str, token: str) -> Letter:
    """To somebody new: confirm that the mailbox is yours."""
    return Letter(
        subject=_("Confirm your registration · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody, you we suppose, registered on %(site)s with this address.", site=_site()),
            _("To finish, open this page and choose your password."),
            _for_how_long(LinkPurpose.REGISTRATION),
        ),
        button=Button(
            _("Confirm and choose a password"),
            address_under(root, "joining.confirm_registration", registration_token=token),
        ),
        closing=(_nothing_happens(), whom_to_ask()),
    )


def already_registered(root: str) -> Letter:
    """To an owner whose address was registered again."""
    return Letter(
        subject=_("You have an account already · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody registered on %(site)s with this address, which has an account already.",
              site=_site()),
            _("If it was you: sign in, or choose a new password if you have forgotten yours."),
        ),
        button=Button(_("Choose a new password"), address_under(root, "joining.forgotten")),
        closing=(_("If it was not you: nothing has changed, there is nothing to do."),
                 whom_to_ask()),
    )  # fmt: skip


def reset(root: str, token: str) -> Letter:
    """To an owner who has forgotten the password."""
    return Letter(
        subject=_("Choose a new password · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody, you we suppose, asked for a new password on %(site)s.", site=_site()),
            _("Open this page to choose it. Every browser will have to sign in again."),
            _for_how_long(LinkPurpose.RESET),
        ),
        button=Button(
            _("Choose a new password"),
            address_under(root, "joining.choose_password", reset_token=token),
        ),
        closing=(_("If it was not you, do nothing: your password stays as it is."), whom_to_ask()),
    )


def no_such_account(root: str) -> Letter:
    """To an address that signs nobody in."""
    return Letter(
        subject=_("No account with this address · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody, you we suppose, asked for a new password on %(site)s.", site=_site()),
            _("No account signs in with this address. Perhaps you used another one: try with that, "
              "or register."),
        ),
        button=Button(_("Sign up"), address_under(root, "joining.register")),
        closing=(_nothing_happens(), whom_to_ask()),
    )  # fmt: skip


def disabled() -> Letter:
    """To the owner of an account that may not sign in."""
    return Letter(
        subject=_("Your account is disabled · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody, you we suppose, asked for a new password on %(site)s.", site=_site()),
            _("The account with this address has been disabled by the organisers: a new password "
              "would not open it."),
        ),
        closing=(whom_to_ask(),),
    )  # fmt: skip


def invitation(root: str, token: str) -> Letter:
    """To somebody the organisers added."""
    return Letter(
        subject=_("You are invited to %(site)s", site=_site()),
        paragraphs=(
            _("The organisers have opened an account for you on %(site)s, where you find your "
              "courses, your attendance and your certificates.", site=_site()),
            _("Open this page to choose your password."),
            _for_how_long(LinkPurpose.INVITATION),
        ),
        button=Button(
            _("Accept and choose a password"),
            address_under(root, "joining.accept_invitation", invitation_token=token),
        ),
        closing=(_("If you expected nothing of the kind, do nothing."), whom_to_ask()),
    )  # fmt: skip


def agree_to_leave(root: str, token: str) -> Letter:
    """To the address in use: somebody signed in wants to change it."""
    return Letter(
        subject=_("Do you want to change your address? · %(site)s", site=_site()),
        paragraphs=(
            _("From your account on %(site)s somebody asked to sign in with another address.",
              site=_site()),
            _("If it was you, confirm here. A message has gone to the new address as well: the "
              "change takes place when both are confirmed."),
            _for_how_long(LinkPurpose.OLD_LOGIN),
        ),
        button=Button(
            _("Confirm the change"),
            address_under(root, "joining.confirm_login", address_token=token),
        ),
        closing=(_("If it was not you, do not confirm: change your password at once."),
                 whom_to_ask()),
    )  # fmt: skip


def agree_to_come(root: str, token: str) -> Letter:
    """To the address wanted: is it yours?"""
    return Letter(
        subject=_("Confirm your new address · %(site)s", site=_site()),
        paragraphs=(
            _("Somebody wants to sign in to %(site)s with this address.", site=_site()),
            _("If it was you, confirm here. A message has gone to the address in use as well: the "
              "change takes place when both are confirmed."),
            _for_how_long(LinkPurpose.NEW_LOGIN),
        ),
        button=Button(
            _("Confirm this address"),
            address_under(root, "joining.confirm_login", address_token=token),
        ),
        closing=(_nothing_happens(), whom_to_ask()),
    )  # fmt: skip


def address_wanted() -> Letter:
    """To the owner of an account whose address somebody else wanted."""
    return Letter(
        subject=_("Somebody wanted to use your address · %(site)s", site=_site()),
        paragraphs=(
            _("Another account on %(site)s asked to sign in with this address, which is yours "
              "already.", site=_site()),
            _("If it was you, you have two accounts: tell the organisers."),
        ),
        closing=(_("If it was not you: nothing has changed, there is nothing to do."),
                 whom_to_ask()),
    )  # fmt: skip


def _site() -> str:
    return str(current_app.config["SITE_NAME"])


def _nothing_happens() -> str:
    return str(_("If it was not you, do nothing: without your confirmation nothing happens."))


def _for_how_long(purpose: LinkPurpose) -> str:
    lifetime = LIFETIMES[purpose]
    if lifetime <= DAY:
        hours = int(lifetime.total_seconds() // 3600)
        return str(ngettext("It works once, within %(num)s hour.",
                            "It works once, within %(num)s hours.", hours))  # fmt: skip
    return str(ngettext("It works once, within %(num)s day.",
                        "It works once, within %(num)s days.", lifetime.days))  # fmt: skip
