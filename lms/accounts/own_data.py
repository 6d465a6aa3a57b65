"""One's own name, organisation and language. A part of this room's actions."""

from __future__ import annotations

from lms import audit
from lms.accounts.actions import rename
from lms.accounts.models import Account
from lms.accounts.security_log import SecurityEvent, note


def edit_own_profile(
    account: Account,
    given_name: str,
    family_name: str,
    *,
    organisation_id: int | None,
    language: str | None,
) -> None:
    """Change one's own data. Enrolments and certificates keep name and organisation of their time.

    Nothing changed, nothing noted.
    """
    before = rename(account.person, given_name, family_name, organisation_id)
    if language != account.language:
        before["language"], account.language = account.language, language
    if not before:
        return
    by = account.person_id
    audit.record("person.edited", account.person, actor_id=by, detail={"before": before})
    note(account.id, SecurityEvent.PROFILE_CHANGED, detail={"changed": sorted(before)})


def prefer_language(account: Account, language: str) -> None:
    """Remember the language chosen while signed in."""
    account.language = language
