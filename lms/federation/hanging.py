"""What this room hangs on the application: words for templates, and steps of signing in and out."""

from __future__ import annotations

from flask import Flask, session
from flask_login import current_user

from lms import access
from lms.accounts import signing_in
from lms.accounts.models import UserSession
from lms.federation import actions, metadata, queries
from lms.federation.models import FederatedIdentity
from lms.federation.views import BROWSER
from lms.federation.views_own import farewell_page
from lms.federation.words import linked_in_words, outcome_in_words


@signing_in.session_opened
def _tie(row: UserSession) -> None:
    if BROWSER in session:
        actions.tie_session(row, session[BROWSER])


signing_in.last_step(farewell_page)


def own_identities() -> list[FederatedIdentity]:
    """The identities of who is signed in, for their profile."""
    return queries.identities_of(current_user.account_id)


def sees_sign_in_log() -> bool:
    """Whether the log's page is one of who looks, and there is anything to be logged."""
    return bool(queries.providers()) and access.holds(access.Role.ADMINISTRATOR)


def init_app(app: Flask) -> None:
    """For pages of rooms below, which know nothing of this one: the buttons and the links."""
    metadata.init_app(app)
    app.jinja_env.globals.update(
        identity_providers=queries.providers,
        identity_provider_label=queries.label_of,
        own_identities=own_identities,
        sees_sign_in_log=sees_sign_in_log,
        linked_in_words=linked_in_words,
        outcome_in_words=outcome_in_words,
    )
