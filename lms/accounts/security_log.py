"""What happened to an account's safety: append-only, written with the deed, read by its owner.

The database forbids changing or deleting a row (triggers of migration 0010). A room above adds its
kinds to `SecurityEvent` and their words to `lms.accounts.words`.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from sqlalchemy import JSON, Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.devices import DEVICE_LENGTH, NETWORK_LENGTH, coarse_network, device_kind
from lms.accounts.letters import Happening, letter_about
from lms.accounts.models import Account
from lms.accounts.rules import is_email
from lms.clock import now
from lms.database import Base, UtcDateTime
from lms.extensions import db
from lms.messages.actions import in_language, post
from lms.pages import DEFAULT_LANGUAGE


class SecurityEvent(enum.StrEnum):
    """What is noted. A value once written is never given another meaning."""

    ACCOUNT_OPENED = "account_opened"
    SIGNED_IN = "signed_in"
    SIGNED_IN_FROM_NEW_DEVICE = "signed_in_from_new_device"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    OTHER_SESSIONS_ENDED = "other_sessions_ended"
    PASSWORD_SET = "password_set"  # noqa: S105 # nosec B105 # a name of what happened
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 # nosec B105 # the same
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105 # nosec B105 # the same
    PASSWORD_RESET = "password_reset"  # noqa: S105 # nosec B105 # the same
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    LOGIN_CHANGE_ASKED = "login_change_asked"
    LOGIN_CHANGE_CANCELLED = "login_change_cancelled"
    LOGIN_CHANGED = "login_changed"
    PROFILE_CHANGED = "profile_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_RENAMED = "passkey_renamed"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_COPIED = "passkey_copied"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    FACTORS_RESET = "factors_reset"
    SECOND_STEP_GUESSED = "second_step_guessed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    DATA_EXPORTED = "data_exported"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_TAKEN_BACK = "erasure_taken_back"
    ERASURE_REFUSED = "erasure_refused"


class SecurityEntry(Base):
    """One line of an account's log; device and network are told coarsely."""

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_account", "account_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Checked here alone: a CHECK would need a migration for every kind a room adds.
    event: Mapped[SecurityEvent] = mapped_column(
        Enum(
            SecurityEvent,
            native_enum=False,
            length=40,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        )
    )
    device: Mapped[str] = mapped_column(String(DEVICE_LENGTH))
    network: Mapped[str] = mapped_column(String(NETWORK_LENGTH))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


PASSWORD_CHANGES = frozenset(
    {SecurityEvent.PASSWORD_SET, SecurityEvent.PASSWORD_CHANGED, SecurityEvent.PASSWORD_RESET}
)
# Of these the owner is told by mail as well.
MAILED = {
    SecurityEvent.SIGNED_IN_FROM_NEW_DEVICE: Happening.NEW_DEVICE,
    SecurityEvent.PASSWORD_SET: Happening.PASSWORD_SET,
    SecurityEvent.PASSWORD_CHANGED: Happening.PASSWORD_CHANGED,
    SecurityEvent.PASSWORD_RESET: Happening.PASSWORD_CHANGED,
    SecurityEvent.LOGIN_CHANGED: Happening.LOGIN_CHANGED,
    SecurityEvent.IDENTITY_LINKED: Happening.IDENTITIES_CHANGED,
    SecurityEvent.IDENTITY_UNLINKED: Happening.IDENTITIES_CHANGED,
}


def note(
    account_id: int,
    event: SecurityEvent,
    *,
    detail: dict[str, Any] | None = None,
    also_to: str | None = None,
) -> None:
    """Note what happened to an account, in the deed's transaction; mail its owner if it counts.

    `detail` holds plain JSON values a person may read about themself; no passwords, no tokens.
    Outside a request (worker, command line) device and network stay empty. `also_to`: a second
    address the letter goes to (the one given up).
    """
    device, network = this_browser()
    entry = SecurityEntry(
        account_id=account_id,
        at=now(),
        event=event,
        device=device,
        network=network,
        detail=detail or {},
    )
    db.session.add(entry)
    if event in MAILED:
        db.session.flush()
        _tell(entry, MAILED[event], also_to)


def _tell(entry: SecurityEntry, happening: Happening, also_to: str | None) -> None:
    account = db.session.get_one(Account, entry.account_id)
    language = account.language or DEFAULT_LANGUAGE
    with in_language(language):
        letter = letter_about(happening, entry.at, entry.device)
    for number, address in enumerate(filter(None, (account.login, also_to))):
        if is_email(address):
            post(f"security:{entry.id}:{number}", address, letter, language)


def this_browser() -> tuple[str, str]:
    """The device and the network this request comes from; empty outside a request."""
    if not has_request_context():
        return "", ""
    return device_kind(request.user_agent.string), coarse_network(request.remote_addr)
