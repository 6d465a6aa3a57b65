"""A small world with a row of everything: two cycles, their people, registers, certificates.

Used where everything is asked at once: the table of access, GET that never writes, migrations.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from joserfc.jwk import RSAKey

from lms import audit, jobs
from lms.accounts.models import Account, Person, StaffRole, UserSession
from lms.accounts.queries import account_of
from lms.accounts.security_log import SecurityEvent, note
from lms.accounts.signing_in import SESSION_LIFETIME
from lms.accounts.tax_codes import set_tax_code
from lms.attendance.models import (
    AttendanceRecord,
    AttendanceRegister,
    Evidence,
    EvidenceKind,
    Mark,
    MatchMethod,
    RecordSource,
    ReportEntry,
    ReportFile,
    ReportStatus,
    SealedOriginal,
)
from lms.attendance.models_checking import CheckInTrace, SelfCheckIn
from lms.attendance.models_columns import SavedColumns
from lms.attendance.models_contests import (
    AttachmentKind,
    Contest,
    ContestAttachment,
    ContestEvent,
    ContestEventKind,
)
from lms.attendance.readers.mapping import signature
from lms.auditing.models import AuditSession
from lms.calendars.models import CalendarFeed
from lms.catalogue.models import Cycle, FundingEmblem, Lesson, Track
from lms.clock import now
from lms.duplicates.models import PersonMerge
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.extensions import db
from lms.factors.models import (
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondStep,
    TotpFactor,
)
from lms.federation.models import (
    FederatedIdentity,
    FederatedSession,
    FederationArrival,
    FederationRequest,
    FederationTransaction,
    LinkedBy,
    Outcome,
)
from lms.issuance import issuer_keys
from lms.issuance.models import (
    Certificate,
    CertificateDocument,
    CertificateEvent,
    CertificateEventKind,
)
from lms.issuance.models_keys import IssuerKey
from lms.issuance.models_looks import CertificateLogo, CertificatePicture, CertificateWords
from lms.issuance.models_tasks import CertificateTask, Change
from lms.joining.models import LoginChange, MailedLink, NoticeAcceptance, Registration
from lms.joining.rules import LIFETIMES, LinkPurpose
from lms.looks import AccessLook
from lms.messages.letters import Letter
from lms.messages.models import MessageStatus, OutboxMessage
from lms.privacy.models import ErasureRequest, LegalHold, RequestStatus, RetainedCertificate
from tests import factories
from tests.accounts.codes import code_of
from tests.attendance.paper import Paper

FEED_TOKEN = "feed-token-of-the-world"
LINK_TOKENS = {purpose: f"{purpose}-token-of-the-world" for purpose in LinkPurpose}


@lru_cache(maxsize=1)
def _issuers_key() -> RSAKey:
    """One for all worlds: making it takes longer than the world."""
    return RSAKey.generate_key(issuer_keys.BITS, private=True)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def session_of(person: Person, login: str) -> UserSession:
    """An account with this address, and a browser in which it is open."""
    account = Account(person_id=person.id, login=login, created_at=now())
    db.session.add(account)
    db.session.flush()
    note(account.id, SecurityEvent.ACCOUNT_OPENED)
    row = UserSession(
        account_id=account.id, token_hash=sha256(f"session {login}"), created_at=now(),
        expires_at=now() + SESSION_LIFETIME, device="Firefox · Linux",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def logo_of(cycle: Cycle, name: str) -> CertificateLogo:
    """Words of the organisers' own and a logo, which a certificate of the cycle shows."""
    content = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
        f'<path d="M0 0H{len(name)}V9z"></path></svg>'
    ).encode()
    digest = hashlib.sha256(content).hexdigest()
    db.session.add(CertificateWords(cycle_id=cycle.id, closing="Nota"))
    db.session.add(
        CertificatePicture(sha256=digest, media_type="image/svg+xml", content=content, issued=True)
    )
    db.session.flush()
    logo = CertificateLogo(
        cycle_id=cycle.id, follows=0, position=0, label="Logo", picture_sha256=digest
    )
    db.session.add(logo)
    return logo


class Half:
    """One cycle with a trainer, two participants, an open register, a report and a certificate."""

    def __init__(self, track_id: int, name: str) -> None:
        self.cycle: Cycle = factories.cycle(
            track=db.session.get_one(Track, track_id), slug=f"ciclo-{name}",
            code=name.upper(),
        )  # fmt: skip
        self.module = factories.module(self.cycle)
        self.lesson: Lesson = factories.lesson(self.module)
        self.second: Lesson = factories.lesson(self.module)
        self.trainer: Person = factories.trainer(self.cycle)
        factories.teaches(self.trainer, self.lesson)
        self.participant: Person = factories.person(organisation=factories.organisation())
        self.session = session_of(self.participant, f"{name}@example.org")
        set_tax_code(self.participant, code_of("RSSMRA", place=f"H{len(name):03}"), by=None)
        self.enrolment: Enrolment = factories.enrolment(self.cycle, self.participant)
        self.nominated: Enrolment = factories.enrolment(
            self.cycle, factories.person(organisation=self.participant.organisation),
            status=EnrolmentStatus.REQUESTED,
        )  # fmt: skip
        # A role that is over: it lets nobody in, and can be ended again without harm.
        self.grant = factories.grant(
            self.participant, StaffRole.REFERENT, of=self.participant.organisation
        )
        self.grant.ended_at = now()
        self.register: AttendanceRegister = factories.register(self.lesson)
        self._attendance(name)
        self.paper = Paper(self, self.register.id)
        self.certificate = self._certificate(name)
        self.logo = logo_of(self.cycle, name)
        db.session.commit()

    def _attendance(self, name: str) -> None:
        self.report = ReportFile(
            register_id=self.register.id, filename="zoom.csv", sha256=sha256(name), size=4,
            content=b"Name", platform="zoom", status=ReportStatus.IMPORTED, uploaded_at=now(),
            imported_at=now(),
        )  # fmt: skip
        self.staged = ReportFile(
            register_id=self.register.id, filename="zoom-2.csv", sha256=sha256(name + "2"), size=4,
            content=staged_report(), platform="zoom", uploaded_at=now(),
        )  # fmt: skip
        self.columns = SavedColumns(
            track_id=self.cycle.track_id, signature=signature(("Chi", name)), filename="ore.csv",
            mapping={"headings": ["Chi", name], "columns": {"name": 0, "minutes": 1}},
            saved_at=now(), saved_by_id=self.trainer.id,
        )  # fmt: skip
        db.session.add_all([self.report, self.staged, self.columns])
        db.session.flush()
        interval = [[self.lesson.starts_at.isoformat(), self.lesson.ends_at.isoformat()]]
        known = ReportEntry(
            report_file_id=self.report.id, position=1, name=self.participant.full_name,
            intervals=interval, source_lines=[5], stated_minutes=120,
            enrolment_id=self.enrolment.id, match=MatchMethod.NAME,
        )  # fmt: skip
        self.entry = ReportEntry(
            report_file_id=self.report.id, position=2, name="iPhone", intervals=interval,
            source_lines=[6], stated_minutes=120,
        )  # fmt: skip
        db.session.add_all([known, self.entry])
        db.session.flush()
        db.session.add_all(
            [
                Evidence(
                    register_id=self.register.id, enrolment_id=self.enrolment.id,
                    kind=EvidenceKind.REPORT, report_entry_id=known.id, at=now(),
                ),
                AttendanceRecord(
                    register_id=self.register.id, enrolment_id=self.enrolment.id,
                    mark=Mark.PRESENT, minutes=120, source=RecordSource.REPORT, updated_at=now(),
                ),
            ]
        )  # fmt: skip

        self.contest = Contest(
            register_id=self.register.id, enrolment_id=self.enrolment.id, mark=Mark.PRESENT,
            minutes=120, opened_at=now(),
        )  # fmt: skip
        db.session.add(self.contest)
        db.session.flush()
        said = ContestEvent(
            contest_id=self.contest.id, kind=ContestEventKind.OPENED, at=now(),
            actor_id=self.participant.id, note="Ero presente.",
        )  # fmt: skip
        document = ContestAttachment(
            contest_id=self.contest.id, filename="prova.pdf", kind=AttachmentKind.PDF,
            sha256=sha256(name), size=10, content=b"%PDF %%EOF",
        )  # fmt: skip
        db.session.add_all([said, document])
        self._check_in()

    def _check_in(self) -> None:
        """The lesson takes check-ins; its participant came in, from a device."""
        came = Evidence(
            register_id=self.register.id, enrolment_id=self.enrolment.id,
            kind=EvidenceKind.CHECKIN, mark=Mark.PRESENT, minutes=120,
            author_id=self.participant.id, at=self.lesson.starts_at,
        )  # fmt: skip
        db.session.add_all([came, SelfCheckIn(lesson_id=self.lesson.id, opened_at=now())])
        db.session.flush()
        db.session.add(
            CheckInTrace(
                evidence_id=came.id, register_id=self.register.id, device=sha256("device"), at=now()
            )
        )

    def _certificate(self, name: str) -> Certificate:
        certificate = Certificate(
            cycle_id=self.cycle.id, enrolment_id=self.enrolment.id, number=1,
            serial=f"{self.cycle.code}-00001", code=f"CODE{name.upper()}234567ABCDEFGHIJ"[:26],
            snapshot="{}", holder_name=self.participant.full_name,
            holder_family_name=self.participant.family_name, minutes=120,
            completed_on=date(2026, 5, 1), issued_at=datetime(2026, 5, 2, tzinfo=UTC),
        )  # fmt: skip
        db.session.add(certificate)
        db.session.flush()
        pdf = b"%PDF-1.7 " + name.encode()
        db.session.add_all(
            [
                CertificateDocument(
                    certificate_id=certificate.id, pdf=pdf, size=len(pdf),
                    sha256=hashlib.sha256(pdf).hexdigest(), rendered_at=now(),
                ),
                CertificateEvent(
                    certificate_id=certificate.id, kind=CertificateEventKind.ISSUED, at=now()
                ),
                CertificateTask(
                    certificate_id=certificate.id, change=Change.HOURS, fact="90", raised_at=now()
                ),
            ]
        )  # fmt: skip
        return certificate


def staged_report() -> bytes:
    """A tiny Zoom meeting report of yesterday, unambiguous."""
    return (
        b"Topic,ID,Host,Duration (minutes),Start time,End time,Participants\n"
        b"Incontro di prova,123,Docente,120,2026-05-20 10:00:00,2026-05-20 12:00:00,1\n\n"
        b"Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,"
        b"In waiting room\n"
        b"Ada Prova,ada@example.org,2026-05-20 10:00:00,2026-05-20 12:00:00,120,Yes,No\n"
    )


def factors_of_the_world(person: Person) -> Passkey:
    """An account with an app, a passkey, a recovery code, and an open step with its challenge."""
    account = account_of(person.id)
    assert account is not None
    step = SecondStep(
        account_id=account.id, token_hash=sha256("step"), password_mark=sha256(""),
        destination="/", created_at=now(), expires_at=now(),
    )  # fmt: skip
    passkey = Passkey(
        account_id=account.id, name="Telefono", credential="AAAA", public_key=b"key", sign_count=0,
        created_at=now(),
    )  # fmt: skip
    totp = TotpFactor(
        account_id=account.id, sealed_secret=b"sealed", created_at=now(), confirmed_at=now()
    )
    code = RecoveryCode(account_id=account.id, code_hash=sha256("code"), created_at=now())
    db.session.add_all([step, passkey, totp, code])
    db.session.flush()
    db.session.add(
        PasskeyChallenge(second_step_id=step.id, challenge=b"challenge", expires_at=now())
    )
    return passkey


class World:
    """Two halves of one track, one of another track, and the people who belong to none."""

    def __init__(self) -> None:
        track = factories.track(slug="percorso-del-mondo")
        db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="eu", label="Unione"))
        db.session.commit()
        self.track = track
        self.this = Half(track.id, "questo")
        self.other = Half(track.id, "altro")
        self.elsewhere = Half(factories.track(slug="percorso-altrove").id, "altrove")
        self.organiser = factories.organiser()
        self.administrator = factories.staff(StaffRole.ADMINISTRATOR)
        self.scoped = {
            f"{role} of {which}": factories.staff(
                StaffRole(role),
                track=half.cycle.track if role != "referent" else None,
                of=half.participant.organisation if role == "referent" else None,
            )
            for which, half in (("this", self.this), ("another", self.elsewhere))
            for role in ("organiser", "referent", "auditor")
        }
        db.session.add_all(
            AuditSession(
                person_id=self.scoped[f"auditor of {which}"].id, track_id=half.cycle.track_id,
                purpose="Verifica di prova", opened_at=now(), closes_at=now() + timedelta(hours=8),
            )
            for which, half in (("this", self.this), ("another", self.elsewhere))
        )  # fmt: skip
        db.session.add(
            AccessLook(
                at=now(), actor_id=self.scoped["auditor of this"].id, endpoint="auditing.enrolment",
                object_type="enrolment", object_id=self.this.enrolment.id,
                person_id=self.this.participant.id, purpose="Verifica di prova",
            )
        )  # fmt: skip
        self.feed = CalendarFeed(
            person_id=self.this.participant.id, token_hash=sha256(FEED_TOKEN), created_at=now()
        )
        db.session.add(self.feed)
        self.passkey = factors_of_the_world(self.this.participant)
        self.identity = self._federation()
        self.merge = self._merge()
        self.job = jobs.enqueue(
            "issue_certificates", "world", {"cycle_id": self.this.cycle.id}, total=1
        )
        self.message = OutboxMessage(
            key="world", recipient="ada@example.org", language="it", subject="Prova",
            letter=Letter("Prova", ("Una riga.",)).to_json(), status=MessageStatus.FAILED,
            attempts=1, created_at=now(), queued_at=now(), tried_at=now(), ended_at=now(),
            answer="550 no such user",
        )  # fmt: skip
        db.session.add(self.message)
        key = issuer_keys.row_of(_issuers_key())
        self.issuer_kid = key["kid"]
        db.session.add(IssuerKey(**key))
        self._joining()
        self._privacy()
        audit.record("world.made", track, actor_id=self.organiser.id)
        db.session.commit()

    def _privacy(self) -> None:
        """A request to be erased, a hold that stands and a certificate's record."""
        self.request = ErasureRequest(
            person_id=self.this.participant.id, asked_at=now(), note="",
            asked_by_id=self.this.participant.id, status=RequestStatus.OPEN,
        )  # fmt: skip
        self.hold = LegalHold(
            person_id=self.other.participant.id, reason="Accertamento", set_at=now(),
            set_by_id=self.administrator.id,
        )  # fmt: skip
        original = SealedOriginal(report_file_id=self.this.report.id, sealed=b"x", at=now())
        retained = RetainedCertificate(
            certificate_id=self.other.certificate.id, legal_basis="Legge",
            kept_until=date(2036, 12, 31),
        )  # fmt: skip
        db.session.add_all([self.request, self.hold, original, retained])
        db.session.flush()

    def _joining(self) -> None:
        """A link of every purpose, each with what it is about; the organiser changes address."""
        account_id = self.this.session.account_id
        own = session_of(self.organiser, "segreteria@example.org").account_id
        wish = Registration(
            email="nuova@example.org", given_name="Nuova", family_name="Persona", language="it",
            notice_version="1", asked_at=now(),
        )  # fmt: skip
        change = LoginChange(
            account_id=own, old_login="segreteria@example.org",
            new_login="nuovo@example.org", asked_at=now(),
        )  # fmt: skip
        read = NoticeAcceptance(person_id=self.this.participant.id, version="1", accepted_at=now())
        db.session.add_all([wish, change, read])
        db.session.flush()
        about = {
            LinkPurpose.REGISTRATION: {"registration_id": wish.id},
            LinkPurpose.OLD_LOGIN: {"login_change_id": change.id},
            LinkPurpose.NEW_LOGIN: {"login_change_id": change.id},
        }
        for purpose, token in LINK_TOKENS.items():
            db.session.add(
                MailedLink(
                    purpose=purpose, address="questo@example.org", asked_at=now(),
                    token_hash=sha256(token), expires_at=now() + LIFETIMES[purpose],
                    **about.get(purpose, {"account_id": account_id}),
                )
            )  # fmt: skip
        db.session.flush()

    def _federation(self) -> FederatedIdentity:
        """An identity of a participant, with a way in besides, and what goes with signing in."""
        account = account_of(self.this.participant.id)
        assert account
        identity = FederatedIdentity(
            account_id=account.id, provider="prova", issuer="http://127.0.0.1:9", subject="ada",
            linked_by=LinkedBy.CONFIRMATION, linked_at=now(),
        )  # fmt: skip
        soon = now() + timedelta(minutes=10)
        db.session.add_all(
            [
                identity,
                FederationRequest(
                    state_hash=sha256("state"), browser_hash=sha256("browser"), provider="prova",
                    nonce="n", verifier="v", after="/", account_id=account.id, expires_at=soon,
                ),
                FederationArrival(
                    browser_hash=sha256("browser"), provider="prova", sealed=b"x", after="/",
                    transaction_hash=sha256("state"), account_id=account.id, expires_at=soon,
                ),
                FederatedSession(
                    account_id=account.id, browser_hash=sha256("browser"), provider="prova",
                    sealed=b"x", created_at=now(),
                ),
                FederationTransaction(
                    at=now(), provider="prova", transaction_hash=sha256("state"),
                    outcome=Outcome.SIGNED_IN, detail="", person_id=account.person_id, network="",
                ),
            ]
        )  # fmt: skip
        return identity

    def _merge(self) -> PersonMerge:
        """A second record of the other participant, united with the first."""
        second = factories.person(email=None, merged_into_id=self.other.participant.id)
        merge = PersonMerge(
            kept_id=self.other.participant.id, other_id=second.id, at=now(),
            by_id=self.organiser.id,
            changes={"rows": [], "written": [], "last_evidence": 0, "statuses": {}},
        )  # fmt: skip
        db.session.add(merge)
        db.session.flush()
        return merge
