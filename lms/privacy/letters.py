"""The letters of this room."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from lms.accounts.letters import whom_to_ask
from lms.messages.letters import Letter


def erased() -> Letter:
    """To somebody who is erased: the last thing they hear from us."""
    site = current_app.config["SITE_NAME"]
    return Letter(
        subject=_("Your data were erased · %(site)s", site=site),
        paragraphs=(
            _("As you asked, your data on %(site)s were made anonymous. This cannot be undone.",
              site=site),
            _("Your account is closed. Attendance counts in statistics without your name."),
            _("Of your certificates a minimal record stays, as the law demands: who holds the PDF "
              "can still have it checked. Keep your PDF: we have it no more."),
            _("This address is forgotten as soon as this message has left."),
        ),
        button=None,
    )  # fmt: skip


def refused(reason: str) -> Letter:
    """To somebody whose wish was refused, with the reason."""
    site = current_app.config["SITE_NAME"]
    return Letter(
        subject=_("Your request to be erased · %(site)s", site=site),
        paragraphs=(
            _("Your data on %(site)s were not erased.", site=site),
            _("The reason: %(reason)s", reason=reason),
            _("If you do not agree, you may complain to the Italian data protection authority "
              "(Garante per la protezione dei dati personali) or go to court."),
        ),
        button=None,
        closing=(whom_to_ask(),),
    )  # fmt: skip
