"""Real reports, from upload to register, where this machine has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.attendance.models import ReportEntry, ReportFile
from lms.extensions import db
from tests.attendance.scene import Scene, answer, hidden, upload
from tests.client import PercorsoClient


@pytest.fixture
def dev(shared_data: Path) -> Path:
    return shared_data / "attendance" / "dev"


def bring(client: PercorsoClient, scene: Scene, file: Path, **answers: str) -> None:
    staged = upload(client, scene, file.read_bytes(), name=file.name).location
    assert answer(client, staged, **answers).status_code == 303
    preview = client.get(staged)
    imported = client.post(f"{staged}/conferma", {"fingerprint": hidden(preview, "fingerprint")})
    assert imported.status_code == 303


def test_an_italian_meeting_in_two_halves(client: PercorsoClient, dev: Path) -> None:
    start = datetime(2025, 7, 8, 7, tzinfo=UTC)  # 09:00 in Rome
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=8)})
    noemi = scene.enrol("Noemi D'Aniello", email="noemi.daniello@ente.example.it")
    rosalba, gianpiero = scene.enrol("Rosalba Iodice"), scene.enrol("Gianpiero Tedesco")
    client.sign_in(scene.trainer)
    staged = upload(client, scene, (dev / "zoom_it_riunione_mattina.csv").read_bytes()).location
    assert "8 luglio 2025" in client.get(staged).text
    assert "7 agosto 2025" in client.get(staged).text
    assert answer(client, staged).status_code == 422, "an ambiguous date is never guessed"
    client.post(f"{staged}/scarta")
    bring(client, scene, dev / "zoom_it_riunione_mattina.csv", date_order="dmy")
    # 09:00:00-13:00:25; the waiting room does not count; three stays end where the next begins.
    assert scene.record(noemi) == ("present", 240, "report")
    assert scene.record(rosalba) == ("present", 237, "report")
    assert scene.record(gianpiero) == ("present", 102, "report")
    bring(client, scene, dev / "zoom_it_riunione_pomeriggio.csv", date_order="dmy")
    assert scene.record(noemi) == ("present", 240 + 195, "report")  # 13:45:19-17:00 and 25 s
    assert scene.record(gianpiero) == ("present", 273, "report")  # 1:42:30 and 2:51:22
    waiting = db.session.scalars(select(ReportEntry.name).where(ReportEntry.match.is_(None)))
    assert list(waiting) == ["nevio", "nevio"]


def test_a_webinar_of_hundreds(client: PercorsoClient, dev: Path) -> None:
    start = datetime(2020, 3, 28, 12, 7, 27, tzinfo=UTC)
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(minutes=548)})
    host = scene.enrol("Ospite Di Prova", email="hostname_1@email.com")
    client.sign_in(scene.trainer)
    bring(
        client, scene, dev / "zoom_webinar_2020_anonimo.csv",
        zone="other", other_zone="America/New_York",
    )  # fmt: skip
    assert scene.record(host) == ("present", 547, "report")
    people = db.session.scalar(select(func.count()).select_from(ReportEntry)) or 0
    assert people > 400
    page = client.get(f"{scene.url}/da-abbinare")
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("zoom_en_partecipanti.csv", datetime(2021, 11, 19, 9, tzinfo=UTC)),
        ("zoom_en_partecipanti_preambolo.csv", datetime(2021, 11, 19, 9, tzinfo=UTC)),
        ("zoom_webinar_2026_meta.csv", datetime(2026, 5, 12, 7, tzinfo=UTC)),
    ],
)
def test_the_others(client: PercorsoClient, dev: Path, name: str, start: datetime) -> None:
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=2)})
    alice = scene.enrol("Alice Di Prova", email="alice@example.com")
    client.sign_in(scene.trainer)
    bring(client, scene, dev / name, **({"date_order": "mdy"} if "2026" in name else {}))
    if "2026" in name:
        assert scene.record(alice) == ("present", 85, "report")
    assert db.session.scalar(select(func.count()).select_from(ReportFile)) == 1


def test_a_teams_list_of_events_reaches_as_far_as_it_was_downloaded(
    client: PercorsoClient, dev: Path
) -> None:
    start = datetime(2020, 11, 4, 8, 55, tzinfo=UTC)  # 09:55 in Rome
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=1)})
    noemi, alvaro = scene.enrol("Noemi D'Aniello"), scene.enrol("Álvaro Bruni")
    client.sign_in(scene.trainer)
    bring(client, scene, dev / "teams_2020_us_utf8_virgola.csv", date_order="mdy")
    assert scene.record(noemi) == ("present", 12, "report")  # until 10:07:17, the last event
    assert scene.record(alvaro) == ("present", 11, "report")  # until 10:06:45


def test_an_italian_teams_report_of_sections(client: PercorsoClient, dev: Path) -> None:
    start = datetime(2026, 4, 14, 8, tzinfo=UTC)
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=2)})
    noemi = scene.enrol("Noemi D'Aniello", email="noemi.daniello@comune.forli.example.it")
    client.sign_in(scene.trainer)
    bring(client, scene, dev / "teams_it_sezioni_COSTRUITO.csv")
    assert scene.record(noemi) == ("present", 105, "report")  # 10:00 to 11:00:10, 11:14:59 to 12:00


def test_a_meet_sheet_is_asked_for_its_day(client: PercorsoClient, dev: Path) -> None:
    start = datetime(2026, 4, 14, 8, tzinfo=UTC)
    scene = Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=2)})
    ottavio = scene.enrol("Ottavio Dell'Orto")
    client.sign_in(scene.trainer)
    file = dev / "meet_workspace_COSTRUITO.csv"
    staged = upload(client, scene, file.read_bytes(), name=file.name).location
    assert answer(client, staged).status_code == 422, "the day is never guessed"
    client.post(f"{staged}/scarta")
    bring(client, scene, file, day="2026-04-14")
    assert scene.record(ottavio) == ("present", 61, "report")
