"""TLS and signing in: demanded, never only tried; a password never travels in clear."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from lms.clock import frozen, now
from lms.messages.models import MessageStatus
from tests.mailbox import PASSWORD, USER, mailbox
from tests.messages.conftest import Reach
from tests.messages.scene import posted, row, work


def test_starttls_and_signing_in(reach: Reach, certificate: Path) -> None:
    with mailbox(certificate, login=True) as box:
        user = f"{USER}:{quote(PASSWORD, safe='')}"
        reach(f"smtp://{user}@127.0.0.1:{box.port}?tls=starttls&ca={certificate}")
        posted()
        work()
        (received,) = box.received
        assert received.encrypted
        assert received.login == USER.encode()
    assert row().status is MessageStatus.SENT


def test_tls_from_the_first_byte(reach: Reach, certificate: Path) -> None:
    with mailbox(certificate, from_start=True) as box:
        reach(f"smtps://127.0.0.1:{box.port}?ca={certificate}")
        posted()
        work()
        assert len(box.received) == 1
    assert row().status is MessageStatus.SENT


@pytest.mark.parametrize("from_start", [False, True])
def test_a_certificate_nobody_vouches_for(
    reach: Reach, certificate: Path, *, from_start: bool
) -> None:
    with mailbox(certificate, from_start=from_start) as box:
        scheme = "smtps" if from_start else "smtp"
        reach(f"{scheme}://127.0.0.1:{box.port}")
        posted()
        work()
        assert box.received == []
    assert row().status is MessageStatus.QUEUED
    assert "certificate" in (row().answer or "")


def test_a_server_without_starttls_gets_nothing(reach: Reach) -> None:
    with mailbox() as box:
        reach(f"smtp://user:password@127.0.0.1:{box.port}")
        posted()
        work()
        assert box.conversations == 0
    assert row().status is MessageStatus.QUEUED
    assert "STARTTLS" in (row().answer or "")


def test_a_wrong_password_keeps_everything_waiting(reach: Reach, certificate: Path) -> None:
    with mailbox(certificate, login=True) as box:
        reach(f"smtp://{USER}:wrong@127.0.0.1:{box.port}?ca={certificate}")
        posted("prova:1")
        posted("prova:2")
        assert work() == 1
        assert {row("prova:1").status, row("prova:2").status} == {MessageStatus.QUEUED}
        assert "535" in (row("prova:1").answer or "")
        reach(f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{box.port}?ca={certificate}")
        with frozen(now() + timedelta(minutes=2)):
            work()
        assert len(box.received) == 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_wants_signing_in_first(reach: Reach) -> None:
    with mailbox(login=True) as box:
        reach(f"smtp://127.0.0.1:{box.port}?tls=none")
        posted()
        work()
    assert row().status is MessageStatus.QUEUED
    assert "530" in (row().answer or "")
