"""Somebody with a row of everything, whose words are found nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, Text, select

from lms import audit
from lms.accounts.actions import edit_person
from lms.accounts.models import Account, UserSession
from lms.accounts.security_log import SecurityEvent, note
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_contests import (
    AttachmentKind,
    Contest,
    ContestAttachment,
    ContestEvent,
    ContestEventKind,
)
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import CycleStatus
from lms.clock import now
from lms.enrolment.models import EnrolmentEvent
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument
from lms.joining.models import MailedLink, NoticeAcceptance, Registration
from lms.joining.rules import LinkPurpose
from lms.messages.actions import post
from lms.messages.letters import Letter
from lms.privacy import actions
from lms.privacy.models import ErasureRequest
from tests import factories
from tests.attendance import scene as attendance
from tests.client import PercorsoClient

GIVEN, FAMILY, FORMER = "Wanda Zoè", "Krzyżanòwska", "Precedènte"
LOGIN, OTHER = "wanda.kr@esempio.org", "zeta99@esempio.org"
WORDS = (GIVEN, FAMILY, FORMER, LOGIN, OTHER, "wanda", "krzyz")


class Somebody:
    """Enrolled in a closed cycle with a sealed register, a report, a certificate, an account."""

    def __init__(self, client: PercorsoClient) -> None:
        self.scene = attendance.Scene("Ada Rossi")
        self.organiser = factories.organiser()
        self.person = factories.person(GIVEN, FORMER, email=LOGIN)
        self.enrolment = factories.enrolment(self.scene.cycle, self.person)
        edit_person(
            self.person, GIVEN, FAMILY, organisation_id=None, emails=[LOGIN, OTHER],
            by=self.organiser.id,
        )  # fmt: skip
        self.enrolment.family_name = FAMILY
        db.session.commit()
        self._attend(client)
        self._account()
        self._certificate()
        self._words_elsewhere()
        self.scene.cycle.status = CycleStatus.CLOSED
        db.session.commit()

    def _attend(self, client: PercorsoClient) -> None:
        client.sign_in(self.scene.trainer)
        rows = attendance.zoom(
            ("Ada Rossi", "", "10:00:00", "12:00:00"),
            (f"{GIVEN} {FAMILY}", LOGIN, "10:00:00", "11:27:00"),
        )
        attendance.bring_in(client, self.scene, rows)
        page = client.get(f"{self.scene.url}/chiudi")
        fields = {"expected": attendance.hidden(page, "expected"), "unmarked": "leave"}
        assert client.post(f"{self.scene.url}/chiudi", fields).status_code == 303

    def _account(self) -> None:
        client = PercorsoClient(self._app())
        client.sign_in(self.person)
        self.account = db.session.scalars(
            select(Account).where(Account.person_id == self.person.id)
        ).one()
        self.account.login, self.account.language = LOGIN, "it"
        self.browser = client
        session = db.session.scalars(
            select(UserSession).where(UserSession.account_id == self.account.id)
        ).one()
        session.name = f"computer di {GIVEN}"
        note(self.account.id, SecurityEvent.LOGIN_CHANGED, detail={"before": OTHER, "after": LOGIN})
        db.session.add_all(
            [
                CalendarFeed(person_id=self.person.id, token_hash="f" * 64, created_at=now()),
                NoticeAcceptance(person_id=self.person.id, version="1", accepted_at=now()),
                Registration(
                    email=LOGIN, given_name=GIVEN, family_name=FAMILY, language="it",
                    notice_version="1", asked_at=now(),
                ),
                MailedLink(
                    purpose=LinkPurpose.RESET, address=LOGIN, asked_at=now(),
                    account_id=self.account.id,
                ),
            ]
        )  # fmt: skip
        post("somebody", LOGIN, Letter(f"Per {GIVEN}", (f"Ciao {GIVEN}",), None))
        db.session.commit()

    @staticmethod
    def _app() -> Any:
        from flask import current_app

        return current_app._get_current_object()  # type: ignore[attr-defined]

    def _certificate(self) -> None:
        said = {"holder": f"{GIVEN} {FAMILY}", "cycle_title": "Ciclo", "fictional": True}
        self.certificate = Certificate(
            cycle_id=self.scene.cycle.id, enrolment_id=self.enrolment.id, number=1,
            serial="S-00001", code="ABCDEFGHIJKLMNOPQRSTUVWXYZ", snapshot=json.dumps(said),
            holder_name=f"{GIVEN} {FAMILY}", holder_family_name=FAMILY, minutes=87,
            completed_on=date(2026, 5, 12), issued_at=datetime(2026, 5, 13, tzinfo=UTC),
        )  # fmt: skip
        db.session.add(self.certificate)
        db.session.flush()
        pdf = f"%PDF {GIVEN} {FAMILY}".encode()
        db.session.add(
            CertificateDocument(
                certificate_id=self.certificate.id, pdf=pdf, sha256="c" * 64, size=len(pdf),
                rendered_at=now(),
            )
        )  # fmt: skip

    def _words_elsewhere(self) -> None:
        register = select(AttendanceRegister.id).where(
            AttendanceRegister.lesson_id == self.scene.lesson.id
        )
        contest = Contest(
            register_id=db.session.scalars(register).one(), enrolment_id=self.enrolment.id,
            opened_at=now(),
        )  # fmt: skip
        db.session.add(contest)
        db.session.flush()
        db.session.add_all(
            [
                ContestEvent(
                    contest_id=contest.id, kind=ContestEventKind.OPENED, at=now(),
                    actor_id=self.person.id, note=f"Sono {FAMILY}, ed ero presente.",
                ),
                ContestAttachment(
                    contest_id=contest.id, filename=f"{FAMILY}.pdf", kind=AttachmentKind.PDF,
                    sha256="d" * 64, size=4, content=f"%PDF {GIVEN}".encode(),
                ),
            ]
        )  # fmt: skip
        db.session.add(
            EnrolmentEvent(
                enrolment_id=self.enrolment.id, status=self.enrolment.status, at=now(),
                note=f"{FAMILY} ha telefonato",
            )
        )  # fmt: skip
        audit.record(
            "track.noted", self.scene.cycle.track, actor_id=None,
            detail={"people": [f"{GIVEN} {FAMILY}", {"mail": LOGIN}]},
        )  # fmt: skip

    def ask(self) -> ErasureRequest:
        row = actions.ask_erasure(self.person, f"Sono {FAMILY}", by=self.person.id)
        db.session.commit()
        return row


def holding(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Where in the whole database any of `words` stands, readable: column by column."""
    found: dict[str, list[str]] = {}
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, String | Text | JSON | LargeBinary):
                continue
            for value in db.session.scalars(select(column)):
                text = as_text(value)
                if any(word.casefold() in text for word in words):
                    found.setdefault(f"{table.name}.{column.name}", []).append(text)
    db.session.rollback()
    return found


def as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").casefold()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).casefold()
    return str(value or "").casefold()
