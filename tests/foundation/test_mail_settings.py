"""The mail server's settings: what cannot be used is refused at start, without the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.mailserver import MailServer, Sender, Tls
from tests.foundation.test_config import PRODUCTION, faults, read

FROM = {"LMS_MAIL_FROM": "Percorso <percorso@example.it>"}


def server(tmp_path: Path, url: str) -> MailServer:
    found = read(tmp_path, LMS_SMTP_URL=url, **FROM).mail_server
    assert found is not None
    return found


def test_nothing_is_needed_outside_production(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.mail_server, settings.mail_from) == (None, None)
    assert not settings.keeps_mail
    assert read(tmp_path, LMS_DEMO="1").keeps_mail


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.it", 587, Tls.STARTTLS),
        ("smtp://mail.example.it:25?tls=starttls", 25, Tls.STARTTLS),
        ("smtp://10.0.0.5:25?tls=none", 25, Tls.NONE),
        ("smtps://mail.example.it", 465, Tls.FROM_START),
        ("smtps://mail.example.it:10465/?tls=tls", 10465, Tls.FROM_START),
    ],
)
def test_servers(tmp_path: Path, url: str, port: int, tls: Tls) -> None:
    found = server(tmp_path, url)
    assert (found.port, found.tls, found.timeout) == (port, tls, 30)


def test_a_password_may_hold_anything(tmp_path: Path) -> None:
    found = server(tmp_path, "smtp://user%40example.it:p%40ss%3A%2F@mail.example.it")
    assert (found.user, found.password) == ("user@example.it", "p@ss:/")
    assert "p@ss" not in repr(found)


def test_the_sender(tmp_path: Path) -> None:
    named = read(tmp_path, LMS_MAIL_FROM="Formazione Comune <formazione@comune.example.it>")
    assert named.mail_from == Sender("Formazione Comune", "formazione@comune.example.it")
    assert named.mail_from.domain == "comune.example.it"
    bare = read(tmp_path, LMS_MAIL_FROM="formazione@localhost").mail_from
    assert bare == Sender("", "formazione@localhost")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example.it", "must look like smtp://"),
        ("http://mail.example.it", "must look like smtp://"),
        ("smtp://", "must look like smtp://"),
        ("smtp://mail.example.it/inbox", "must look like smtp://"),
        ("smtp://mail.example.it:99999", "port"),
        ("smtp://mail.example.it?tls=maybe", "tls must be"),
        ("smtps://mail.example.it?tls=none", "leave tls out"),
        ("smtp://mail.example.it?verify=no", "no option 'verify'"),
        ("smtp://mail.example.it?ca=/nowhere.pem", "no file of certificates"),
        ("smtp://user@mail.example.it", "both a user and a password"),
        ("smtp://user:s3cret@mail.example.it?tls=none", "for everybody to read"),
        ("smtp://user:s3cret@mail.example.it:x", "port"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, url: str, words: str) -> None:
    told = faults(tmp_path, LMS_SMTP_URL=url, **FROM)
    assert "LMS_SMTP_URL" in told
    assert words in told
    assert "s3cret" not in told


def test_on_this_machine_a_password_needs_no_encryption(tmp_path: Path) -> None:
    assert server(tmp_path, "smtp://user:s3cret@127.0.0.1:25?tls=none").user == "user"
    assert server(tmp_path, "smtp://user:s3cret@localhost:25?tls=none").user == "user"


@pytest.mark.parametrize(
    "text", ["Percorso", "a b@example.it", "a@example.it, b@example.it", "à@example.it", "a@b@c.it"]
)
def test_a_sender_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    assert "LMS_MAIL_FROM" in faults(tmp_path, LMS_MAIL_FROM=text)


def test_a_server_needs_a_sender(tmp_path: Path) -> None:
    assert "LMS_MAIL_FROM" in faults(tmp_path, LMS_SMTP_URL="smtp://mail.example.it")


def test_production_needs_both(tmp_path: Path) -> None:
    told = faults(tmp_path, **{**PRODUCTION, "LMS_SMTP_URL": "", "LMS_MAIL_FROM": ""})
    assert "LMS_SMTP_URL" in told
    assert "LMS_MAIL_FROM" in told


def test_the_timeout(tmp_path: Path) -> None:
    assert "LMS_SMTP_TIMEOUT" in faults(tmp_path, LMS_SMTP_TIMEOUT="0")
