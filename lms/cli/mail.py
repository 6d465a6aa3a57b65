"""`lms mail test ADDRESS`: one message, now, and what the server said at each turn."""

from __future__ import annotations

import secrets

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from lms.clock import now
from lms.config import Settings
from lms.mailserver import MailServer, Sender, Tls
from lms.messages import transport
from lms.messages.actions import in_language
from lms.messages.letters import Letter
from lms.messages.rendering import compose
from lms.messages.rules import envelope_address, message_id
from lms.messages.transport import NotNowError, RefusedError
from lms.pages import DEFAULT_LANGUAGE, LANGUAGES

ENCRYPTION = {
    Tls.NONE: "not encrypted",
    Tls.STARTTLS: "encrypted by STARTTLS",
    Tls.FROM_START: "encrypted from the first byte",
}


@click.group()
def mail() -> None:
    """Mail."""


@mail.command()
@click.argument("address")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE)
@with_appcontext
def test(address: str, language: str) -> None:
    """Send one message to ADDRESS through the mail server of the settings, and say how it went."""
    settings: Settings = current_app.config["SETTINGS"]
    server, sender = settings.mail_server, settings.mail_from
    if server is None or sender is None:
        raise click.ClickException("LMS_SMTP_URL and LMS_MAIL_FROM are not set: nothing to test.")
    recipient = envelope_address(address)
    if recipient is None:
        raise click.BadParameter(f"“{address}” is not an address mail can be written to.")
    click.echo(f"Server: {server.host}, port {server.port}, {ENCRYPTION[server.tls]}")
    click.echo(f"Signing in: {server.user or 'without a user'}")
    click.echo(f"From: {sender.address}\nTo: {recipient}")
    try:
        answer = _send(server, sender, recipient, language)
    except RefusedError as error:
        raise click.ClickException(f"The server refuses this message: {error}") from error
    except NotNowError as error:
        raise click.ClickException(f"The message could not be handed over: {error}") from error
    click.echo(f"The server has taken the message: {answer}")
    click.echo("Whether it reaches the mailbox is the server's work from here: look there.")


def _send(server: MailServer, sender: Sender, recipient: str, language: str) -> str:
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
