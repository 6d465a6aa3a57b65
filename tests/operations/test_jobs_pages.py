"""The pages of jobs: what waits, runs, is planned, failed and why; trying again asks first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from lms import jobs
from lms.audit import AuditEvent
from lms.clock import frozen, now
from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.messages.models import JOB_KIND as MAIL
from lms.operations.words import KINDS
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements

SECRET = "Ada Lovelace, ada@example.org"
broken: list[Exception] = []


@jobs.handler("test.breaks")
def _breaks(_job: Job) -> None:
    if broken:
        raise broken[0]


@pytest.fixture
def admin(client: PercorsoClient) -> PercorsoClient:
    client.sign_in(factories.administrator())
    return client


def job(number: int = 1, kind: str = MAIL, **values: object) -> Job:
    made = jobs.enqueue(kind, f"{kind}:{number}", {})
    for name, value in values.items():
        setattr(made, name, value)
    db.session.commit()
    return made


def failed(error: Exception) -> Job:
    """A job that was given up with this error."""
    broken[:] = [error]
    made = job(1, "test.breaks")
    start = now()
    for attempt in range(jobs.MAX_ATTEMPTS):
        with frozen(start + timedelta(minutes=attempt)):
            jobs.run_until_empty()
    db.session.refresh(made)
    assert made.status is JobStatus.FAILED
    return made


def test_without_jobs_the_page_says_so(admin: PercorsoClient) -> None:
    assert "Niente da fare" in admin.get("/lavori").text


def test_every_standing_is_told(admin: PercorsoClient) -> None:
    later = now() + timedelta(days=2)
    job(1)
    job(2, run_at=later)
    running = job(3, status=JobStatus.RUNNING, done=7, total=31, claimed_by="macchina:12")
    job(4, status=JobStatus.DONE, finished_at=now())
    page = admin.get("/lavori").text
    for words in (
        "In attesa (1)",
        "Programmato (1)",
        "In corso (1)",
        "Fatto (1)",
        "Non riuscito (0)",
    ):
        assert words in page
    assert "7 su 31" in page
    assert "previsto per il" in page
    shown = admin.get(f"/lavori/{running.id}").text
    assert "macchina:12" in shown
    assert f"/lavori/{running.id}/stato.json" in shown
    state = admin.get(f"/lavori/{running.id}/stato.json").json
    assert state == {"done": 7, "total": 31, "stands": "running"}


def test_a_failed_job_tells_its_error_and_is_tried_again(admin: PercorsoClient) -> None:
    made = failed(RuntimeError("the disk is full"))
    assert "RuntimeError: the disk is full" in admin.get("/lavori?status=failed").text
    assert "RuntimeError: the disk is full" in admin.get(f"/lavori/{made.id}").text
    asked = admin.get(f"/lavori/{made.id}/riprova").text
    assert f"Riprovare il lavoro n. {made.id}?" in asked
    db.session.refresh(made)
    assert made.status is JobStatus.FAILED  # asking has done nothing
    assert admin.post(f"/lavori/{made.id}/riprova").status_code == 303
    db.session.refresh(made)
    assert (made.status, made.attempts, made.error) == (JobStatus.QUEUED, 0, None)
    event = db.session.query(AuditEvent).filter_by(action="job.retried").one()
    assert (event.object_id, event.detail) == (made.id, {"attempts_before": jobs.MAX_ATTEMPTS})
    broken.clear()
    assert jobs.run_until_empty() == 1
    assert "Fatto" in admin.get(f"/lavori/{made.id}").text


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        IntegrityError("INSERT …", {"name": SECRET}, Exception("UNIQUE constraint failed")),
    ],
)
def test_what_somebody_typed_is_never_kept_with_an_error(
    admin: PercorsoClient, error: Exception
) -> None:
    made = failed(error)
    assert type(error).__name__ in (made.error or "")
    for path in ("/lavori", f"/lavori/{made.id}"):
        page = admin.get(path).text
        assert "Lovelace" not in page
        assert "ada@example.org" not in page


def test_only_what_failed_can_be_tried_again(admin: PercorsoClient) -> None:
    made = job()
    assert "riprova" not in admin.get(f"/lavori/{made.id}").text
    assert admin.get(f"/lavori/{made.id}/riprova").status_code == 303
    assert admin.post(f"/lavori/{made.id}/riprova").status_code == 409
    assert db.session.query(AuditEvent).filter_by(action="job.retried").count() == 0


def test_search_filters_and_pages(admin: PercorsoClient) -> None:
    numbers = [job(number).id for number in range(30)]
    other = job(99, "issue_certificates", status=JobStatus.FAILED, error="OSError: no space")
    assert f'/lavori/{other.id}"' in admin.get("/lavori?q=NO+SPACE").text
    assert f'/lavori/{numbers[4]}"' not in admin.get("/lavori?q=NO+SPACE").text
    assert f'/lavori/{numbers[4]}"' in admin.get(f"/lavori?q={numbers[4]}").text
    kinds = admin.get("/lavori?kind=issue_certificates").text
    assert f'/lavori/{other.id}"' in kinds
    assert f'/lavori/{numbers[29]}"' not in kinds
    assert "Nessun lavoro corrisponde" in admin.get("/lavori?q=%25").text
    assert "Nessun lavoro corrisponde" in admin.get("/lavori?status=done").text
    assert f'/lavori/{numbers[0]}"' in admin.get("/lavori?page=2").text
    assert admin.get("/lavori?status=nonsense&kind=nonsense&page=-1").status_code == 200


def test_what_is_planned_hides_nothing_that_happened(admin: PercorsoClient) -> None:
    start = now()
    for number in range(30):
        job(number, run_at=start + timedelta(hours=30 - number))
    gone = job(99, status=JobStatus.FAILED, finished_at=start - timedelta(days=1), error="OSError")
    first = admin.get("/lavori").text
    assert f'/lavori/{gone.id}"' in first
    soonest, latest = (db.session.query(Job).filter_by(key=f"{MAIL}:{n}").one() for n in (29, 0))
    assert f'/lavori/{soonest.id}"' in first
    assert f'/lavori/{latest.id}"' not in first


def test_work_that_nobody_takes_is_told(admin: PercorsoClient) -> None:
    job(1)
    assert "nessuno" not in admin.get("/lavori").text
    job(2, run_at=now() - timedelta(minutes=5))
    assert "Ci sono lavori che nessuno prende" in admin.get("/lavori").text


def test_the_list_asks_as_often_for_many_as_for_one(admin: PercorsoClient) -> None:
    job(1)
    with statements() as one:
        admin.get("/lavori")
    for number in range(2, 40):
        job(number)
    with statements() as many:
        admin.get("/lavori")
    assert len(one) == len(many) <= 8


def test_organisers_have_no_page_of_jobs(client: PercorsoClient) -> None:
    made = job(1, status=JobStatus.FAILED)
    client.sign_in(factories.organiser())
    for path in ("/lavori", f"/lavori/{made.id}", f"/lavori/{made.id}/stato.json"):
        assert client.get(path).status_code == 403
    assert client.post(f"/lavori/{made.id}/riprova").status_code == 403
    assert "/lavori" not in client.get("/").text


def test_every_kind_has_its_words(app: Flask) -> None:
    assert {kind for kind in jobs.kinds() if not kind.startswith("test.")} == set(KINDS)
