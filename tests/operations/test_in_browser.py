"""The administrator's jobs in a real browser: found, understood, tried again, seen to their end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from lms import jobs
from lms.clock import now
from lms.extensions import db
from lms.jobs import Job, JobStatus
from lms.messages.models import JOB_KIND as MAIL
from tests import factories
from tests.browser import serve, turn, window
from tests.issuance.test_in_browser import hold, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ERROR = "OSError: [Errno 28] No space left on device: '/var/lib/percorso/un-nome-molto-lungo.tmp'"
watching: list[Page] = []


@jobs.handler("test.watched")
def _watched(job: Job) -> None:
    jobs.progress(job, 150, 300)
    expect(watching[0].get_by_text("150 su 300")).to_be_visible()
    jobs.progress(job, 300, 300)


def prepared() -> int:
    """Jobs of every standing on two pages; the number of the one that was given up."""
    for number in range(26):
        jobs.enqueue(MAIL, f"message:{number}", {}, run_at=now() + timedelta(days=1))
    gone = jobs.enqueue("test.watched", "certificates:12:1", {}, total=300)
    gone.status, gone.attempts, gone.error = JobStatus.FAILED, jobs.MAX_ATTEMPTS, ERROR
    gone.finished_at = now()
    under_way = jobs.enqueue("issue_certificates", "certificates:13:1", {}, total=6000)
    under_way.status, under_way.done, under_way.claimed_by = JobStatus.RUNNING, 1234, "macchina:12"
    under_way.claimed_until = now() + timedelta(hours=1)
    late = jobs.enqueue("review_certificates", "review:13:1", {})
    late.run_at = now() - timedelta(minutes=5)
    db.session.commit()
    return gone.id


def test_found_by_its_error_tried_again_and_watched(app: Flask, browser: Browser) -> None:
    gone, administrator = prepared(), factories.administrator()
    with serve(app) as root, window(browser) as page:
        sign_in(page, app, administrator, root)
        page.goto(f"{root}/lavori")
        hold(page)
        turn(page.get_by_role("link", name="Pagina 2"))
        hold(page)
        page.fill("input[name=q]", "no space")
        page.select_option("select[name=status]", "failed")
        turn(page.locator("form[role=search] button[type=submit]"))
        hold(page)
        turn(page.locator(f"a[href='/lavori/{gone}']"))
        hold(page)
        assert page.get_by_text("No space left on device").is_visible()
        turn(page.get_by_role("link", name="Riprova"))
        hold(page)
        turn(page.locator("main form button[type=submit]"))
        hold(page)
        expect(page.get_by_text("In attesa")).to_be_visible()
        watching[:] = [page]
        db.session.rollback()
        assert jobs.run_one({"test.watched"})
        expect(page.get_by_text("Fatto")).to_be_visible()
        expect(page.get_by_text("300 su 300")).to_be_visible()


def test_without_script_the_page_renews_itself(app: Flask, browser: Browser) -> None:
    prepared()
    waiting = jobs.enqueue("test.watched", "certificates:14:1", {}).id
    administrator = factories.administrator()
    with serve(app) as root, window(browser, java_script_enabled=False) as page:
        sign_in(page, app, administrator, root)
        page.goto(f"{root}/lavori/{waiting}")
        expect(page.get_by_text("In attesa")).to_be_visible()
        job = db.session.get_one(Job, waiting)
        job.status, job.finished_at = JobStatus.DONE, now()
        db.session.commit()
        expect(page.get_by_text("Fatto")).to_be_visible()
