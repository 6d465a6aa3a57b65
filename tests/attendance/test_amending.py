"""An import taken back and done again with other answers; a lesson shortened after its marks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import jobs
from lms.attendance.models import AttendanceRecord, ReportEntry, ReportFile
from lms.attendance.queries_seals import verify_seals
from lms.audit import AuditEvent
from lms.clock import frozen, now
from lms.extensions import db
from tests.attendance.scene import Scene, answer, bring_in, cells, hidden, upload, zoom
from tests.client import PercorsoClient


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    """Ada was there for the whole lesson, somebody unknown too; Bruno is marked by hand."""
    made = Scene("Ada Rossi", "Bruno Bianchi")
    client.sign_in(made.trainer)
    drawn = cells(client.get(made.url))
    client.post(made.url, {**drawn, f"mark-{made.people[1].id}": "excused"})
    return made


CONTENT = zoom(
    ("Ada Rossi", "", "10:00:00", "12:00:00"),
    ("Bruno Bianchi", "", "10:00:00", "11:00:00"),
    ("qualcuno", "", "10:00:00", "11:00:00"),
)


def test_an_import_is_taken_back_and_done_again(client: PercorsoClient, scene: Scene) -> None:
    ada, bruno = scene.people
    address = bring_in(client, scene, CONTENT, zone="other", other_zone="Europe/London")
    assert scene.record(ada) == ("present", 60, "report"), "read on the wrong clock"
    assert "Vuoi ritirare" in client.get(f"{address}/ritira").text
    assert client.post(f"{address}/ritira").status_code == 303
    assert scene.record(ada) is None
    assert scene.record(bruno) == ("excused", 0, "trainer")
    assert "Nessuna riga da abbinare" in client.get(f"{scene.url}/da-abbinare").text
    assert upload(client, scene, CONTENT).location == address, "the same bytes, the same file"
    answer(client, address)
    preview = client.get(address)
    client.post(f"{address}/conferma", {"fingerprint": hidden(preview, "fingerprint")})
    assert scene.record(ada) == ("present", 120, "report")
    assert [each.reason for each in scene.evidence(ada)] == ["", "undone", ""]
    assert db.session.scalar(select(func.count()).select_from(ReportEntry)) == 6
    assert client.get(address).text.count("qualcuno") == 1
    assert "1 riga di un report" in client.get(scene.url).text


def test_what_was_taken_back_stays_as_evidence(client: PercorsoClient, scene: Scene) -> None:
    address = bring_in(client, scene, CONTENT)
    entry = db.session.scalar(select(ReportEntry.id).where(ReportEntry.match.is_(None)))
    client.post(f"{address}/ritira")
    assert client.post(f"{address}/ritira").status_code == 409
    assert client.post(f"{address}/scarta").status_code == 409
    choice = {"person": scene.people[0].id, "was": ":"}
    assert client.post(f"{scene.url}/da-abbinare/{entry}", choice).status_code == 409
    with frozen(now() + timedelta(hours=30)):
        jobs.run_until_empty()
    assert db.session.scalar(select(func.count()).select_from(ReportFile)) == 1
    assert "è stata tolta" in client.get(f"{scene.url}/{scene.people[0].id}/perche").text


def test_decisions_of_an_import_taken_back_are_forgotten(
    client: PercorsoClient, scene: Scene
) -> None:
    address = bring_in(client, scene, CONTENT)
    entry = db.session.scalar(select(ReportEntry.id).where(ReportEntry.match.is_(None)))
    client.post(f"{scene.url}/da-abbinare/{entry}", {"person": "dismiss", "was": ":"})
    client.post(f"{address}/ritira")
    bring_in(client, scene, zoom(("qualcuno", "", "10:00:00", "11:00:00")))
    assert "1 riga di un report" in client.get(scene.url).text


def test_a_shortened_lesson_is_counted_again_on_purpose_only(
    client: PercorsoClient, scene: Scene
) -> None:
    ada, bruno = scene.people
    bring_in(client, scene, CONTENT)
    drawn = cells(client.get(scene.url))
    client.post(scene.url, {**drawn, f"mark-{bruno.id}": "present"})
    scene.lesson.ends_at -= timedelta(minutes=30)
    page = client.get(scene.url)
    assert "accorciato" in page.text
    assert scene.record(ada) == ("present", 120, "report"), "nothing moves by itself"
    expected = {"expected": hidden(client.get(f"{scene.url}/chiudi"), "expected"),
                "leave_queue": "y"}  # fmt: skip
    assert client.post(f"{scene.url}/chiudi", expected).status_code == 422
    assert client.post(scene.url, cells(page)).status_code == 303, "an untouched row is no slip"
    assert client.post(f"{scene.url}/ricalcola").status_code == 303
    assert scene.record(ada) == ("present", 90, "report")
    assert scene.record(bruno) == ("present", 120, "trainer"), "a word by hand stays"
    assert [each.minutes for each in scene.evidence(ada)] == [120, 90]
    events = select(func.count()).where(AuditEvent.action == "register.counted_again")
    assert db.session.scalar(events) == 1
    client.post(f"{scene.url}/ricalcola")
    assert db.session.scalar(events) == 1, "nothing changed, nothing noted"
    drawn = cells(client.get(scene.url))
    client.post(scene.url, {**drawn, f"minutes-{bruno.id}": "90"})
    expected["expected"] = hidden(client.get(f"{scene.url}/chiudi"), "expected")
    assert client.post(f"{scene.url}/chiudi", expected).status_code == 303
    assert verify_seals().faults == ()
    assert client.post(f"{scene.url}/ricalcola").status_code == 409
    address = f"{scene.url}/report/{db.session.scalar(select(ReportFile.id))}"
    assert client.post(f"{address}/ritira").status_code == 409


def test_nobody_else_may(client: PercorsoClient, scene: Scene) -> None:
    address = bring_in(client, scene, CONTENT)
    other = Scene("Carla Verdi")
    for person in (other.trainer, scene.people[0].person):
        client.sign_in(person)
        assert client.post(f"{scene.url}/ricalcola").status_code == 403
        assert client.post(f"{address}/ritira").status_code == 404
    assert db.session.scalar(select(func.count()).select_from(AttendanceRecord)) == 2
