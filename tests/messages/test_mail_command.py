"""`lms mail test`: one message now, told plainly."""

from __future__ import annotations

from click.testing import Result
from flask import Flask

from lms.cli.mail import mail
from lms.extensions import db
from lms.messages.models import OutboxMessage
from tests.mailbox import Mailbox, mailbox
from tests.messages.conftest import Reach


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(mail, ["test", *arguments])


def test_it_sends_one_message(app: Flask, box: Mailbox) -> None:
    result = run(app, "ada@example.org", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "250 queued as 12345" in result.output
    assert f"port {box.port}, not encrypted" in result.output
    (received,) = box.received
    assert received.recipients == ["ada@example.org"]
    assert received.message["Subject"] == "A test of the mail settings"
    assert db.session.query(OutboxMessage).count() == 0


def test_it_says_who_refuses(app: Flask, box: Mailbox) -> None:
    box.at_recipient = ["550 5.1.1 no such mailbox", "451 4.7.1 greylisted"]
    refused = run(app, "ada@example.org")
    assert refused.exit_code == 1
    assert "refuses this message: 550 5.1.1 no such mailbox" in refused.output
    later = run(app, "ada@example.org")
    assert later.exit_code == 1
    assert "451 4.7.1 greylisted" in later.output


def test_it_says_that_nobody_is_there(app: Flask, reach: Reach) -> None:
    with mailbox() as gone:
        reach(f"smtp://u:very-secret@127.0.0.1:{gone.port}?tls=none")
    result = run(app, "ada@example.org")
    assert result.exit_code == 1
    assert "refused" in result.output
    assert "very-secret" not in result.output


def test_it_says_what_is_missing(app: Flask) -> None:
    result = run(app, "ada@example.org")
    assert result.exit_code == 1
    assert "LMS_SMTP_URL" in result.output


def test_it_wants_an_address(app: Flask, box: Mailbox) -> None:
    assert run(app, "nobody").exit_code == 2
    assert box.conversations == 0
