"""How passkeys are loaded for `lms.access`, and what it demands of staff before anything else."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_login import current_user

from lms.access import Role, Subject, first_of_all, holds_any, loader
from lms.accounts.models import Account
from lms.config import Settings
from lms.extensions import db
from lms.factors import queries
from lms.factors.models import Passkey


@loader("passkey")
def _passkey(passkey_id: int, **_rest: Any) -> Subject | None:
    passkey = db.session.get(Passkey, passkey_id)
    if passkey is None:
        return None
    owner = db.session.get_one(Account, passkey.account_id)
    return Subject(passkey, person_id=owner.person_id)


def is_demanded() -> bool:
    """Whether who is signed in needs a second factor, by the settings and their role."""
    settings: Settings = current_app.config["SETTINGS"]
    needing = frozenset(map(Role, settings.second_factor_roles))
    return settings.require_second_factor and holds_any(needing)


@first_of_all
def set_up_first() -> str | None:
    """Where who needs a second factor and has none sets it up; None for everybody else."""
    if not is_demanded() or queries.has_factor(current_user.account_id):
        return None
    return url_for("factors.overview")
