"""Mail when documents are made: whoever issued hears once how it ended, holders where asked for."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import jobs
from lms.accounts.models import Person
from lms.extensions import db
from lms.issuance import actions, making, queries, rendering, telling
from lms.jobs import Job
from lms.messages.models import OutboxMessage
from tests import factories
from tests.client import PercorsoClient
from tests.issuance.cycles import TaughtCycle
from tests.issuance.test_issuing import certificates
from tests.issuance.test_races import together


@pytest.fixture
def olga(app: Flask) -> Person:
    return factories.organiser(given_name="Olga", email="olga@example.org")


@pytest.fixture
def taught(app: Flask) -> TaughtCycle:
    made = TaughtCycle(code="CP-1", title="Bilancio degli enti")
    for name in ("ada", "bea", "eva"):
        made.entitled(1, given_name=name.title(), email=f"{name}@example.org")
    return made


def issue(app: Flask, taught: TaughtCycle, by: Person, *, tell_holders: bool = True) -> None:
    with app.test_request_context():
        actions.issue(taught.cycle, by=by.id, tell_holders=tell_holders)
        db.session.commit()


def work() -> None:
    """Let the worker make documents; the mail stays in the outbox."""
    while jobs.run_one({making.JOB_KIND}):
        pass


def letters() -> dict[str, list[str]]:
    """The subjects in the outbox, by address, the oldest first."""
    db.session.rollback()
    found: dict[str, list[str]] = {}
    for row in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)):
        found.setdefault(row.recipient, []).append(row.subject)
    return found


def said_to(address: str) -> str:
    rows = select(OutboxMessage.letter).where(OutboxMessage.recipient == address)
    letter = db.session.scalars(rows.order_by(OutboxMessage.id.desc())).first()
    assert letter is not None
    return " ".join([*letter["paragraphs"], letter["button"]["url"]])


READY = ["Il tuo attestato è pronto: Bilancio degli enti"]


def test_the_issuer_and_each_holder_are_told_once(app: Flask, taught, olga) -> None:
    issue(app, taught, olga)
    assert letters() == {}
    work()
    told = {
        "ada@example.org": READY, "bea@example.org": READY, "eva@example.org": READY,
        "olga@example.org": ["Attestati pronti: Bilancio degli enti"],
    }  # fmt: skip
    assert letters() == told
    assert "3 attestati di «Bilancio degli enti» sono pronti." in said_to("olga@example.org")
    assert f"/cicli/{taught.cycle.slug}/attestati" in said_to("olga@example.org")
    assert "numero CP-1-00002" in said_to("bea@example.org")
    assert said_to("bea@example.org").endswith("/attestati")
    job = db.session.query(Job).filter_by(kind=making.JOB_KIND).one()
    rendering.prepare_documents(job)  # its worker was killed before it could say that it is done
    db.session.commit()
    assert letters() == told


def test_holders_are_not_told_unless_asked_for(app: Flask, taught, olga) -> None:
    issue(app, taught, olga, tell_holders=False)
    work()
    assert set(letters()) == {"olga@example.org"}


def test_thousands_of_letters_let_others_in_between(app: Flask, taught, olga) -> None:
    """They leave at a pace: who waits for a new password does not wait for all of them."""
    issue(app, taught, olga)
    work()
    rows = select(Job.run_at).where(Job.key.startswith("message:")).order_by(Job.id)
    first, second, third, to_issuer = db.session.scalars(rows)
    assert second - first == third - second == telling.PACE
    assert to_issuer < third + timedelta(seconds=1)


def test_that_some_could_not_be_made_is_told_when_it_is_given_up(
    app: Flask, taught, olga, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(app, taught, olga)
    bad = certificates()[0].serial
    real = rendering._press()

    class Failing:
        def render(self, data):
            if data.serial == bad:
                raise ValueError("on purpose")
            return real.render(data)

    monkeypatch.setattr(rendering, "_press", Failing)
    monkeypatch.setattr(jobs, "RETRY_AFTER", timedelta(0))
    work()
    assert db.session.query(Job).filter_by(kind=making.JOB_KIND).one().attempts == 5
    told = {
        "bea@example.org": READY, "eva@example.org": READY,
        "olga@example.org": ["Alcuni attestati non sono pronti: Bilancio degli enti"],
    }  # fmt: skip
    assert letters() == told
    assert "2 attestati su 3" in said_to("olga@example.org")
    assert said_to("olga@example.org").endswith("/attestati/preparazione")
    monkeypatch.undo()
    with app.test_request_context():
        assert actions.prepare_again(taught.cycle, by=None)
        db.session.commit()
    work()
    told["olga@example.org"] = [*told["olga@example.org"], "Attestati pronti: Bilancio degli enti"]
    assert letters() == told | {"ada@example.org": READY}


def test_words_that_fail_do_not_keep_a_job_from_being_given_up(
    app: Flask, taught, olga, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    monkeypatch.setattr(rendering, "_press", lambda: None)  # nothing can be made
    monkeypatch.setattr(rendering, "tell_issuer", None)
    issue(app, taught, olga)
    work()
    job = db.session.query(Job).filter_by(kind=making.JOB_KIND).one()
    assert (job.status, letters()) == (jobs.JobStatus.FAILED, {})


def test_who_replaces_one_certificate_gets_no_letter(app: Flask, taught, olga) -> None:
    issue(app, taught, olga)
    with app.test_request_context():
        first = certificates()[0]
        actions.replace_certificate(
            first, "Nome corretto.", keep_hours=True, seen="valid", by=olga.id
        )
        db.session.commit()
    work()
    assert "ada@example.org" not in letters(), "hers is no longer valid"
    assert len(letters()["olga@example.org"]) == 1


def test_the_page_asks_whether_holders_are_told(app: Flask, client: PercorsoClient, taught) -> None:
    client.sign_in(factories.organiser())
    page = f"/cicli/{taught.cycle.slug}/attestati/rilascio"
    asked = client.get(page).text
    assert "Scrivi a ciascuno quando il suo attestato è pronto" in asked
    assert client.post(page, {"tell_holders": "y"}).status_code == 303
    assert db.session.query(Job).filter_by(kind=making.JOB_KIND).one().payload["tell_holders"]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PART", 2)


def parts_of(taught: TaughtCycle) -> list[Job]:
    rows = select(Job).where(Job.kind == making.JOB_KIND).order_by(Job.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def test_a_large_act_is_parted_among_workers_and_told_once(
    app: Flask, taught, olga, parts: None
) -> None:
    taught.entitled(2, email=None)
    issue(app, taught, olga)
    made = parts_of(taught)
    assert [(job.payload["part"], job.total) for job in made] == [
        ([1, 3], 2), ([3, 5], 2), ([5, 6], 1),
    ]  # fmt: skip
    middle = made[1].id
    assert jobs.run_one({making.JOB_KIND}, job_id=middle)
    state = queries.preparation(taught.cycle.id)
    assert (state.done, state.total, state.running) == (2, 5, True)
    assert letters() == {"eva@example.org": READY}
    for job_id in (made[2].id, made[0].id):
        assert "olga@example.org" not in letters()
        assert jobs.run_one({making.JOB_KIND}, job_id=job_id)
    assert letters()["olga@example.org"] == ["Attestati pronti: Bilancio degli enti"]
    assert not queries.preparation(taught.cycle.id).running
    assert [(job.done, job.total) for job in parts_of(taught)] == [(2, 2), (2, 2), (1, 1)]


@pytest.mark.one_database("postgresql")  # writers of SQLite take turns
def test_of_two_parts_that_end_at_once_one_tells(
    app: Flask, taught, olga, parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks whether the other is still at it before either has ended."""
    issue(app, taught, olga)
    both, real = threading.Barrier(2), rendering.others_at_it

    def others_at_it(job: Job) -> bool:
        found = real(job)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return found

    monkeypatch.setattr(rendering, "others_at_it", others_at_it)
    work_at = [lambda one=job.id: jobs.run_one(job_id=one) for job in parts_of(taught)]
    assert together(app, work_at) == [True, True]
    assert letters()["olga@example.org"] == ["Attestati pronti: Bilancio degli enti"]


def test_a_part_that_failed_is_told_after_the_others_and_prepared_again(
    app: Flask, taught, olga, parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(app, taught, olga)
    monkeypatch.setattr(jobs, "MAX_ATTEMPTS", 1)
    with monkeypatch.context() as broken:
        broken.setattr(rendering, "_press", lambda: None)
        assert jobs.run_one({making.JOB_KIND})
    assert "olga@example.org" not in letters(), "somebody is still at the rest"
    assert not queries.preparation(taught.cycle.id).failed
    work()
    assert "1 attestati su 3" in said_to("olga@example.org")
    assert queries.preparation(taught.cycle.id).failed
    with app.test_request_context():
        again = actions.prepare_again(taught.cycle, by=None)
        assert again is not None
        assert "part" not in again.payload
        db.session.commit()
    work()
    assert letters()["olga@example.org"][1:] == ["Attestati pronti: Bilancio degli enti"]
