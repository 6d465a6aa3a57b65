"""The outbox's pages: what left, what did not and why; trying again asks first."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.audit import AuditEvent
from lms.clock import now
from lms.extensions import db
from lms.messages.letters import Letter
from lms.messages.models import MessageStatus, OutboxMessage
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.mailbox import Mailbox
from tests.messages.scene import posted, row, work


@pytest.fixture
def admin(client: PercorsoClient) -> PercorsoClient:
    client.sign_in(factories.administrator())
    return client


def test_an_empty_outbox_says_so(admin: PercorsoClient) -> None:
    page = admin.get("/posta").text
    assert "Ancora nessun messaggio" in page
    assert "LMS_SMTP_URL" in page  # nothing could leave


def test_a_refused_message_is_seen_with_its_reason_and_tried_again(
    admin: PercorsoClient, box: Mailbox
) -> None:
    box.at_recipient = ["550 5.1.1 casella inesistente"]
    message_id = posted()
    work()
    listed = admin.get("/posta?status=failed").text
    assert "ada@example.org" in listed
    assert "550 5.1.1 casella inesistente" in listed
    assert "Non inviato" in listed
    assert "LMS_SMTP_URL" not in listed
    shown = admin.get(f"/posta/{message_id}").text
    assert "550 5.1.1 casella inesistente" in shown
    assert ".percorso@example.it" in shown  # how the server's log calls it
    asked = admin.get(f"/posta/{message_id}/riprova").text
    assert "Inviare di nuovo" in asked
    assert row().status is MessageStatus.FAILED  # asking has done nothing
    assert admin.post(f"/posta/{message_id}/riprova").status_code == 303
    assert row().status is MessageStatus.QUEUED
    assert db.session.query(AuditEvent).filter_by(action="message.sent_again").count() == 1
    work()
    assert len(box.received) == 1
    assert "Consegnato al server" in admin.get(f"/posta/{message_id}").text


def test_what_was_sent_or_forgotten_cannot_be_sent_again(
    admin: PercorsoClient, box: Mailbox
) -> None:
    sent = posted()
    work()
    assert admin.get(f"/posta/{sent}/riprova").status_code == 303
    assert admin.post(f"/posta/{sent}/riprova").status_code == 409
    assert row().status is MessageStatus.SENT
    box.at_recipient = ["550 no"]
    failed = posted("prova:2")
    work()
    message = row("prova:2")
    message.letter = None
    db.session.commit()
    assert "non è più conservato" in admin.get(f"/posta/{failed}").text
    assert admin.post(f"/posta/{failed}/riprova").status_code == 409


def test_what_perhaps_arrived_says_that_it_may_arrive_twice(admin: PercorsoClient) -> None:
    message_id = posted()
    message = row()
    message.status, message.ended_at = MessageStatus.UNCERTAIN, now()
    db.session.commit()
    assert "potrebbe essere arrivato" in admin.get(f"/posta/{message_id}").text
    assert "due volte" in admin.get(f"/posta/{message_id}/riprova").text


def test_no_page_shows_what_a_letter_says(admin: PercorsoClient) -> None:
    """It may hold a link that opens somebody's account, an administrator's too."""
    message_id = posted()
    for path in ("/posta", f"/posta/{message_id}"):
        page = admin.get(path).text
        assert "conferma/xxx" not in page
        assert "unico passo" not in page


def test_search_filter_and_pages(admin: PercorsoClient) -> None:
    for number in range(30):
        posted(f"prova:{number}", f"persona{number}@example.org")
    found = admin.get("/posta?q=PERSONA7@").text
    assert "persona7@example.org" in found
    assert "persona8@example.org" not in found
    assert "Nessun messaggio corrisponde" in admin.get("/posta?q=%25").text
    assert "Nessun messaggio corrisponde" in admin.get("/posta?status=sent").text
    first, second = admin.get("/posta").text, admin.get("/posta?page=2").text
    assert "persona29@example.org" in first
    assert "persona0@example.org" in second
    assert admin.get("/posta?status=nonsense&page=-1").status_code == 200


def test_the_list_asks_as_often_for_many_as_for_one(app: Flask, admin: PercorsoClient) -> None:
    posted("prova:1")
    with statements() as one:
        admin.get("/posta")
    for number in range(2, 40):
        posted(f"prova:{number}")
    with statements() as many:
        admin.get("/posta")
    assert len(one) == len(many) <= 8


def test_hostile_words_stay_words(admin: PercorsoClient) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    message_id = posted(to=hostile, letter=Letter(hostile, ("Una riga.",)))
    message = row()
    message.status, message.ended_at, message.answer = MessageStatus.FAILED, now(), hostile
    db.session.commit()
    for path in ("/posta", f"/posta/{message_id}", f"/posta/{message_id}/riprova"):
        assert "<img src=x" not in admin.get(path).text


def test_organisers_have_no_outbox(client: PercorsoClient) -> None:
    message_id = posted()
    client.sign_in(factories.organiser())
    assert client.get("/posta").status_code == 403
    assert client.get(f"/posta/{message_id}").status_code == 403
    assert client.post(f"/posta/{message_id}/riprova").status_code == 403
    assert "/posta" not in client.get("/").text
    assert db.session.query(OutboxMessage).count() == 1
