"""How a message stands, in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.messages.models import MessageStatus
from lms.messages.rules import OwnReason

STATUSES: dict[MessageStatus, LazyString] = {
    MessageStatus.QUEUED: _l("Waiting to leave"),
    MessageStatus.SENDING: _l("Being handed over"),
    MessageStatus.SENT: _l("Handed over"),
    MessageStatus.FAILED: _l("Not sent"),
    MessageStatus.UNCERTAIN: _l("Perhaps sent"),
}
OWN_REASONS: dict[OwnReason, LazyString] = {
    OwnReason.NO_ADDRESS: _l("No mail can be written to this address."),
    OwnReason.NO_SERVER: _l("No mail server is set: LMS_SMTP_URL and LMS_MAIL_FROM are missing."),
    OwnReason.OUR_FAULT: _l("A fault of this program: its log tells more."),
    OwnReason.KEPT_HERE: _l("Kept on the page of the demonstration's mail."),
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


def answer_in_words(answer: str | None) -> str:
    """Our own reason in the page's language; a mail server's answer as it was said."""
    if answer in set(OwnReason):
        return str(OWN_REASONS[OwnReason(answer)])
    return answer or ""
