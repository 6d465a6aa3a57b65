"""`lms mail test ADDRESS`: one message, now, and what the server said at each turn."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.config import Settings
from lms.mailserver import Tls
from lms.messages.rules import envelope_address
from lms.messages.transport import NotNowError, RefusedError
from lms.messages.trial import send_trial
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
        answer = send_trial(server, sender, recipient, language)
    except RefusedError as error:
        raise click.ClickException(f"The server refuses this message: {error}") from error
    except NotNowError as error:
        raise click.ClickException(f"The message could not be handed over: {error}") from error
    click.echo(f"The server has taken the message: {answer}")
    click.echo("Whether it reaches the mailbox is the server's work from here: look there.")
