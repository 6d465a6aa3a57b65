"""Sending through a real SMTP server: taken, refused, put off, broken off."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import update

from lms.clock import frozen, now
from lms.extensions import db
from lms.jobs import JobStatus
from lms.messages import transport
from lms.messages.actions import post, send_again
from lms.messages.letters import Letter
from lms.messages.models import MessageStatus, OutboxMessage
from lms.messages.rules import GIVE_UP_AFTER, OwnReason
from tests import factories
from tests.mailbox import Mailbox, mailbox
from tests.messages.conftest import Reach
from tests.messages.scene import LETTER, job_of, posted, row, work


def test_a_message_arrives_whole_and_its_letter_is_forgotten(box: Mailbox) -> None:
    message_id = posted()
    assert work() == 1
    (received,) = box.received
    assert received.sender == "percorso@example.it"
    assert received.recipients == ["ada@example.org"]
    for kind in ("plain", "html"):
        assert "È l’unico passo." in received.part(kind)
        assert LETTER.button is not None
        assert LETTER.button.url in received.part(kind)
    assert "\n\n.\n\n" in received.part("plain")  # a lone dot does not end the message
    sent = row()
    assert (sent.status, sent.attempts, sent.letter) == (MessageStatus.SENT, 1, None)
    assert sent.answer == "250 queued as 12345"
    assert sent.ended_at is not None
    assert job_of(message_id).status is JobStatus.DONE


def test_the_headers_say_what_it_is(box: Mailbox) -> None:
    posted()
    work()
    message = box.received[0].message
    assert message["From"] == "Percorso <percorso@example.it>"
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Conferma l’indirizzo"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "it"
    assert re.fullmatch(r"<[0-9a-f]{40}\.percorso@example\.it>", message["Message-ID"])
    written = parsedate_to_datetime(message["Date"])
    assert abs(written - row().created_at) < timedelta(seconds=1)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert max(map(len, box.received[0].content.splitlines())) <= 998
    assert box.received[0].content.isascii()


def test_done_again_it_is_not_sent_again(box: Mailbox) -> None:
    message_id = posted()
    work()
    post("prova:1", "ada@example.org", LETTER)  # the key is known
    again = job_of(message_id)
    again.status, again.run_at = JobStatus.QUEUED, now()
    db.session.commit()
    assert work() == 1
    assert len(box.received) == 1
    assert row().attempts == 1


def test_a_transaction_that_rolled_back_sends_nothing(box: Mailbox) -> None:
    post("prova:1", "ada@example.org", LETTER)
    db.session.rollback()
    assert work() == 0
    assert box.conversations == 0


@pytest.mark.parametrize("where", ["at_recipient", "at_end"])
def test_what_is_refused_is_not_tried_again(box: Mailbox, where: str) -> None:
    setattr(box, where, ["550 5.1.1 no such mailbox"])
    message_id = posted()
    work()
    failed = row()
    assert (failed.status, failed.answer) == (MessageStatus.FAILED, "550 5.1.1 no such mailbox")
    assert job_of(message_id).status is JobStatus.DONE
    with frozen(now() + timedelta(days=7)):
        assert work() == 0
    assert box.received == []


@pytest.mark.parametrize("where", ["at_recipient", "at_end"])
def test_what_is_put_off_comes_back_later_each_time(box: Mailbox, where: str) -> None:
    setattr(box, where, ["451 4.7.1 greylisted", "451 4.7.1 greylisted"])
    message_id = posted()
    start = now()
    delays = []
    with frozen(start):
        work()
        assert row().status is MessageStatus.QUEUED
        assert row().answer == "451 4.7.1 greylisted"
        delays.append(job_of(message_id).run_at - start)
        assert work() == 0
    with frozen(start + delays[0]):
        work()
        delays.append(job_of(message_id).run_at - start - delays[0])
    assert delays[1] > delays[0] >= timedelta(minutes=1)
    with frozen(start + sum(delays, timedelta())):
        work()
    assert len(box.received) == 1
    assert (row().status, row().attempts) == (MessageStatus.SENT, 3)


def test_after_days_it_is_given_up_and_an_administrator_may_try_again(box: Mailbox) -> None:
    box.at_recipient = ["450 mailbox busy"]
    message_id = posted()
    with frozen(now() + GIVE_UP_AFTER):
        work()
        failed = row()
        assert (failed.status, failed.answer) == (MessageStatus.FAILED, "450 mailbox busy")
        send_again(failed, by=factories.administrator().id)
        db.session.commit()
        assert work() == 1
    assert row().status is MessageStatus.SENT
    assert len(box.received) == 1
    assert job_of(message_id).status is JobStatus.DONE


def test_broken_off_in_the_middle_it_is_sent_once(box: Mailbox) -> None:
    box.hang_up_inside = 1
    posted()
    work()
    assert row().status is MessageStatus.QUEUED
    with frozen(now() + timedelta(minutes=2)):
        work()
    assert row().status is MessageStatus.SENT
    assert len(box.received) == 1


def test_a_server_that_never_answers_the_end_has_not_taken_it(box: Mailbox) -> None:
    """Should it have kept the message all the same, mailboxes know the second by its name."""
    box.hang_up_after = 1
    posted()
    work()
    assert row().status is MessageStatus.QUEUED
    with frozen(now() + timedelta(minutes=2)):
        work()
    ((unanswered,), (received,)) = box.unanswered, box.received
    for name in ("Message-ID", "Date", "Subject"):
        assert received.message[name] == unanswered.message[name]


def test_a_server_out_of_reach_is_asked_by_one_message_not_by_all(reach: Reach) -> None:
    with mailbox() as gone:
        reach(f"smtp://127.0.0.1:{gone.port}?tls=none")
    for number in range(5):
        posted(f"prova:{number}", f"p{number}@example.org")
    assert work() == 1
    assert sorted(row(f"prova:{number}").attempts for number in range(5)) == [0, 0, 0, 0, 1]
    with mailbox() as back:
        reach(f"smtp://127.0.0.1:{back.port}?tls=none")
        with frozen(now() + timedelta(minutes=2)):
            assert work() == 5
        assert len(back.received) == 5


def test_each_recipient_has_a_message_of_their_own(box: Mailbox) -> None:
    people = [f"persona{number}@example.org" for number in range(3)]
    for address in people:
        posted(f"prova:{address}", address)
    work()
    assert sorted(received.recipients for received in box.received) == [[one] for one in people]
    for received in box.received:
        others = set(people) - set(received.recipients)
        assert not any(other.encode() in received.content for other in others)


def test_letters_that_wait_go_over_one_connection(box: Mailbox) -> None:
    for number in range(4):
        posted(f"prova:{number}", f"p{number}@example.org")
    assert work() == 4
    assert (len(box.received), len(box.peers)) == (4, 1)
    posted("prova:4")
    work()
    assert (len(box.received), len(box.peers)) == (5, 2), "nobody waited: it was closed"


def test_a_connection_carries_so_many_letters(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LETTERS", 2)
    for number in range(5):
        posted(f"prova:{number}", f"p{number}@example.org")
    work()
    assert (len(box.received), len(box.peers)) == (5, 3)


@pytest.mark.parametrize("why", ["421 4.3.2 enough for now", "idle"])
def test_a_connection_that_is_over_is_no_fault(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "idle":
        monkeypatch.setattr(transport, "IDLE_SECONDS", 0.0)
    else:
        box.at_reset = [why, why]
    for number in range(3):
        posted(f"prova:{number}", f"p{number}@example.org")
    work()
    assert (len(box.received), len(box.peers)) == (3, 3)
    assert [row(f"prova:{number}").attempts for number in range(3)] == [1, 1, 1]


def test_a_letter_that_was_refused_leaves_no_connection(box: Mailbox) -> None:
    box.at_recipient = ["550 5.1.1 nobody of that name"]
    for number in range(3):
        posted(f"prova:{number}", f"p{number}@example.org")
    work()
    assert (len(box.received), len(box.peers)) == (2, 2)


HOSTILE = "Prova\r\nBcc: spia@example.org\r\n\r\n<script>alert(1)</script>"


def test_nobody_writes_headers_through_a_letter(box: Mailbox, app: Flask) -> None:
    """Weakness 15; ASVS 1.3.11."""
    posted(letter=Letter(HOSTILE, (HOSTILE,), closing=(HOSTILE,)))
    app.config["SITE_NAME"], was = HOSTILE, app.config["SITE_NAME"]
    try:
        work()
    finally:
        app.config["SITE_NAME"] = was
    (received,) = box.received
    assert received.recipients == ["ada@example.org"]
    names = {name.lower() for name in received.message}
    assert "bcc" not in names
    assert received.message["Subject"].startswith("Prova Bcc: spia@example.org")
    assert "<script>" not in received.part("html")


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: spia@example.org",
        "ada@example.org, spia@example.org",
        "<ada@example.org>",
        "ada@example.org> SIZE=1",
        "nessuno",
        "ada@",
        "@example.org",
        "a b@example.org",
        "ada@example..org",
        "",
    ],
)
def test_what_is_no_address_is_written_to_by_nobody(box: Mailbox, address: str) -> None:
    """ASVS 1.3.11."""
    posted(to=address)
    work()
    assert row().status is MessageStatus.FAILED
    assert row().answer == OwnReason.NO_ADDRESS
    assert box.conversations == 0


@pytest.mark.parametrize(
    ("address", "reached"),
    [("niccolò@example.org", "niccolò@example.org"), ("ada@città.it", "ada@xn--citt-3na.it")],
)
def test_addresses_with_accents(box: Mailbox, address: str, reached: str) -> None:
    posted(to=address)
    work()
    assert row().answer == "250 queued as 12345"
    assert box.received[0].recipients == [reached]
    assert box.received[0].message["To"].addresses[0].addr_spec == reached


def test_a_letter_that_cannot_be_read_is_a_fault_that_shows(box: Mailbox) -> None:
    posted()
    db.session.execute(update(OutboxMessage).values(letter={"subject": "Prova"}))
    db.session.commit()
    work()
    assert row().status is MessageStatus.QUEUED
    assert row().answer == OwnReason.OUR_FAULT


def test_without_a_server_it_says_what_is_missing(app: Flask) -> None:
    posted()
    assert work() == 1
    assert row().status is MessageStatus.FAILED
    assert row().answer == OwnReason.NO_SERVER
    assert db.session.query(OutboxMessage).one().letter is not None  # it can be sent later
