"""How a message stands, in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.messages.models import MessageStatus

STATUSES: dict[MessageStatus, LazyString] = {
    MessageStatus.QUEUED: _l("Waiting to leave"),
    MessageStatus.SENDING: _l("Being handed over"),
    MessageStatus.SENT: _l("Handed over"),
    MessageStatus.FAILED: _l("Not sent"),
    MessageStatus.UNCERTAIN: _l("Perhaps sent"),
}
TONES: dict[MessageStatus, str] = {
    MessageStatus.QUEUED: "info",
    MessageStatus.SENDING: "info",
    MessageStatus.SENT: "success",
    MessageStatus.FAILED: "danger",
    MessageStatus.UNCERTAIN: "warning",
}


def status_in_words(status: MessageStatus) -> str:
    """The status in the page's language."""
    return str(STATUSES[status])


def tone_of(status: MessageStatus) -> str:
    """The badge's tone."""
    return TONES[status]
