"""One letter as plain text and as HTML, and both as the message that leaves.

The HTML has its style in one `<style>` element and no inline style: a mail program that drops it
shows plain headings, paragraphs and links, which say the same.
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from lms.config import Settings
from lms.mailserver import Sender
from lms.messages.letters import Letter
from lms.text import clean_line

WIDTH = 72


def _footer() -> list[str]:
    """Who writes, and what to do with questions."""
    settings: Settings = current_app.config["SETTINGS"]
    lines = [f"{settings.site_name} · {settings.administration}"]
    lines.append(_("This message was sent automatically: replies to it are not read."))
    if settings.contact:
        lines.append(_("For questions: %(contact)s", contact=settings.contact))
    return lines


def as_text(letter: Letter, language: str) -> str:
    """The letter as plain text; its address stands alone on a line, however long it is."""
    with force_locale(language):
        blocks = [*letter.paragraphs]
        if letter.button:
            blocks.append(f"{_wrapped(letter.button.label + ':')}\n{letter.button.url}")
        blocks += [*letter.closing]
        body = [block if "\n" in block else _wrapped(block) for block in blocks]
        # The delimiter of signatures: mail programs show what follows it in a quieter way.
        footer = "-- \n" + "\n".join(_wrapped(line) for line in _footer())
        return "\n\n".join([_wrapped(letter.subject), *body, footer]) + "\n"


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)


def as_html(letter: Letter, language: str) -> str:
    """The letter as a page of its own, with a language, one h1 and no tables."""
    with force_locale(language):
        return render_template(
            "messages/letter.html", letter=letter, language=language, footer=_footer()
        )


def compose(
    letter: Letter,
    *,
    language: str,
    sender: Sender,
    recipient: str,
    message_id: str,
    written_at: datetime,
) -> bytes:
    """The message as it travels: the same bytes' worth at every attempt, lines ending in CRLF."""
    message = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    name = clean_line(sender.name or current_app.config["SITE_NAME"])
    message["From"] = Address(name, addr_spec=sender.address)
    local, _at, domain = recipient.rpartition("@")
    message["To"] = Address(username=local, domain=domain)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id
    # No holiday notice answers this (RFC 3834; the second is what Exchange looks at). It is no
    # mailing list and nothing one could leave: no List-… headers.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(as_text(letter, language), cte="quoted-printable")
    message.add_alternative(as_html(letter, language), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language  # setting the content would have dropped it
    return message.as_bytes()
