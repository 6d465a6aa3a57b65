"""One message sent at once, past the outbox, to see whether the mail settings work."""

from __future__ import annotations

import secrets

from flask_babel import gettext as _

from lms.clock import now
from lms.mailserver import MailServer, Sender
from lms.messages import transport
from lms.messages.actions import in_language
from lms.messages.letters import Letter
from lms.messages.rendering import compose
from lms.messages.rules import message_id


def send_trial(server: MailServer, sender: Sender, recipient: str, language: str) -> str:
    """Hand a message over and return the server's answer; raises as `transport` does."""
    with in_language(language):
        letter = Letter(
            _("A test of the mail settings"),
            (_("If you read this, this site can write to you. Nothing else is to be done."),),
        )
    content = compose(
        letter,
        language=language,
        sender=sender,
        recipient=recipient,
        message_id=message_id(f"test:{secrets.token_hex(16)}", sender.domain),
        written_at=now(),
    )
    with transport.connected(server) as smtp:
        return transport.hand_over(smtp, sender.address, recipient, content)
