"""A report goes in: kept aside, questioned, previewed, imported once; nothing else stays."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import jobs
from lms.attendance.models import (
    AttendanceRecord,
    Evidence,
    ReportEntry,
    ReportFile,
    ReportStatus,
)
from lms.clock import frozen, now
from lms.extensions import db
from tests import factories
from tests.attendance.scene import (
    Scene,
    answer,
    bring_in,
    cells,
    hidden,
    upload,
    zoom,
)
from tests.client import PercorsoClient
from tests.hostile import POLYGLOT, assert_harmless

ADA = ("Ada Rossi", "", "09:50:00", "11:30:30")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    """Ada, Bruno and Carla; their trainer is signed in."""
    made = Scene("Ada Rossi", "Bruno Bianchi", "Carla Verdi")
    client.sign_in(made.trainer)
    return made


def test_upload_question_preview_import(client: PercorsoClient, scene: Scene) -> None:
    content = zoom(ADA, ("Bruno Bianchi", "", "08:00:00", "09:59:59"))
    staged = upload(client, scene, content)
    assert staged.status_code == 303
    question = client.get(staged.location)
    assert "fuso" in question.text
    assert "Ada Rossi" in question.text, "three rows show what each answer means"
    assert answer(client, staged.location).status_code == 303
    preview = client.get(staged.location)
    for told in ("Rossi Ada", "10:00:00–11:30:30", "Assente", "Verdi Carla", ">90<", ">101"):
        assert told in preview.text, told
    assert count(ReportEntry) == count(AttendanceRecord) == count(Evidence) == 0
    client.post(f"{staged.location}/conferma", {"fingerprint": hidden(preview, "fingerprint")})
    ada, bruno, carla = scene.people
    assert scene.record(ada) == ("present", 90, "report")
    assert scene.record(bruno) == ("absent", 0, "report")
    assert scene.record(carla) is None, "not in the report is unmarked, not absent"
    file = db.session.scalars(select(ReportFile)).one()
    assert file.status is ReportStatus.IMPORTED
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.content == content
    assert file.imported_by_id == scene.trainer.id


def test_a_second_time_changes_nothing_and_says_so(client: PercorsoClient, scene: Scene) -> None:
    content = zoom(ADA)
    address = bring_in(client, scene, content)
    before = count(ReportEntry), count(Evidence), count(AttendanceRecord), count(ReportFile)
    again = upload(client, scene, content, name="un altro nome.csv")
    assert again.location.endswith(address)
    page = client.get(again.location)
    assert "già stato importato" in page.text
    assert scene.trainer.full_name in page.text
    assert client.post(f"{address}/conferma", {"fingerprint": "x"}).status_code == 409
    assert client.post(f"{address}/scarta").status_code == 409
    assert client.post(f"{address}/risposte", {"zone": "UTC"}).status_code == 303
    assert before == (
        count(ReportEntry),
        count(Evidence),
        count(AttendanceRecord),
        count(ReportFile),
    )


def test_morning_and_afternoon_are_united(client: PercorsoClient, scene: Scene) -> None:
    ada = scene.people[0]
    bring_in(client, scene, zoom(("Ada Rossi", "", "10:00:00", "11:00:00")))
    bring_in(client, scene, zoom(("Ada Rossi", "", "10:30:00", "11:45:00")))
    assert scene.record(ada) == ("present", 105, "report")
    assert [each.minutes for each in scene.evidence(ada)] == [60, 75]


def test_a_mark_by_hand_wins_and_is_shown(client: PercorsoClient, scene: Scene) -> None:
    ada = scene.people[0]
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": "excused"})
    staged = upload(client, scene, zoom(ADA)).location
    answer(client, staged)
    preview = client.get(f"{staged}?show=conflicts")
    assert "Rossi Ada" in preview.text
    assert "a mano, resta" in preview.text
    assert "Giustificato" in preview.text
    client.post(f"{staged}/conferma", {"fingerprint": hidden(preview, "fingerprint")})
    assert scene.record(ada) == ("excused", 0, "trainer")
    client.post(scene.url, {**cells(client.get(scene.url)), f"mark-{ada.id}": ""})
    assert scene.record(ada) == ("present", 90, "report"), "the word taken back, the report speaks"


def test_a_report_of_another_day_says_so_loudly(client: PercorsoClient, scene: Scene) -> None:
    content = zoom(ADA).replace(b"2026-05-12", b"2026-06-18")
    staged = upload(client, scene, content).location
    answer(client, staged)
    preview = client.get(staged)
    assert "Sembra il report di un altro incontro" in preview.text
    assert "18 giugno 2026" in preview.text
    fingerprint = {"fingerprint": hidden(preview, "fingerprint")}
    refused = client.post(f"{staged}/conferma", fingerprint)
    assert refused.status_code == 422
    assert "un altro incontro?" in refused.text
    assert count(ReportEntry) == 0
    agreed = client.post(f"{staged}/conferma", {**fingerprint, "elsewhere": "y"})
    assert agreed.status_code == 303
    assert scene.record(scene.people[0]) == ("absent", 0, "report")


def test_what_moved_since_the_preview_is_shown_again(client: PercorsoClient, scene: Scene) -> None:
    staged = upload(client, scene, zoom(ADA, ("Dario Neri", "", "10:00:00", "11:00:00"))).location
    answer(client, staged)
    seen = hidden(client.get(staged), "fingerprint")
    dario = scene.enrol("Dario Neri")
    refused = client.post(f"{staged}/conferma", {"fingerprint": seen})
    assert refused.status_code == 409
    assert "Qualcosa è cambiato" in refused.text
    assert "Neri Dario" in refused.text
    assert count(ReportEntry) == 0
    client.post(f"{staged}/conferma", {"fingerprint": hidden(refused, "fingerprint")})
    assert scene.record(dario) == ("present", 60, "report")


def test_ambiguous_days_are_asked_with_what_each_means(
    client: PercorsoClient, scene: Scene
) -> None:
    content = zoom(ADA).replace(b"2026-05-12", b"12/05/2026")
    staged = upload(client, scene, content).location
    page = client.get(staged)
    assert "12 maggio 2026, il giorno di questo incontro" in page.text
    assert "5 dicembre 2026" in page.text
    assert "checked" not in page.text.split('name="date_order"')[1].split(">")[0]
    refused = answer(client, staged)
    assert refused.status_code == 422
    assert "Indica in che giorno" in refused.text
    assert client.post(f"{staged}/conferma", {"fingerprint": "x"}).status_code == 422
    assert count(ReportEntry) == 0
    assert answer(client, staged, date_order="mdy").status_code == 303
    assert "un altro incontro" in client.get(staged).text
    changing = client.get(f"{staged}?change=1")
    assert "5 dicembre 2026" in changing.text, "an answer can be changed"
    assert answer(client, staged, date_order="dmy").status_code == 303
    assert ">90<" in client.get(staged).text


@pytest.mark.parametrize(
    ("zone", "other", "minutes"),
    [
        ("Europe/Rome", "", 90),
        ("UTC", "", 10),
        ("other", "Europe/London", 70),
        ("other", "Europe/Athens", 30),
    ],
)
def test_the_zone_is_what_the_person_says(
    client: PercorsoClient, scene: Scene, zone: str, other: str, minutes: int
) -> None:
    staged = upload(client, scene, zoom(ADA)).location
    assert answer(client, staged, zone=zone, other_zone=other).status_code == 303
    page = client.get(staged)
    assert f'class="pc-number">{minutes}<' in page.text


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Mars\x00"])
def test_a_zone_that_does_not_exist(client: PercorsoClient, scene: Scene, zone: str) -> None:
    staged = upload(client, scene, zoom(ADA)).location
    assert answer(client, staged, zone="other", other_zone=zone).status_code == 422
    assert answer(client, staged, zone=zone or "x").status_code == 422


HOSTILE = {
    "empty": (b"", "vuoto"),
    "blank": (b" \r\n\t\n", "vuoto"),
    "binary": (bytes(range(256)) * 40, ""),
    "zip": (b"PK\x03\x04" + b"\x00" * 500, "ZIP"),
    "xlsx": (b"PK\x03\x04....[Content_Types].xml xl/workbook.xml" + b"\0" * 90, "Excel"),
    "pdf": (b"%PDF-1.7\n" + b"x" * 100, "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "immagine"),
    "html": (b"<!doctype html><script>alert(1)</script>", "pagina web"),
    "prose": (b"Caro ufficio,\nsono venuto.\n", "riga"),
    "headings only": (b"Name (original name),Email,Join time,Leave time,Duration (minutes)\n", ""),
    "open quote": (zoom(ADA) + b'"Bruno,x,2026-05-12\nCarla,,2026-05-12\n', ""),
    "one huge cell": (b"Name," + b"x" * 3_000_000 + b"\n", ""),
    "many columns": (b"," * 500_000 + b"\n", ""),
    "too many rows": (zoom(ADA) + b"a,b,c\n" * 40_000, "30000"),
    "formula bomb": (b"=cmd|'/c calc'!A1,," * 5000, ""),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_be_read_leaves_nothing_behind(
    client: PercorsoClient, scene: Scene, kind: str
) -> None:
    content, told = HOSTILE[kind]
    refused = upload(client, scene, content, name=f"{POLYGLOT}.csv")
    assert refused.status_code == 422
    assert told in refused.text
    assert refused.text.count('pc-error"') <= 1, "one precise sentence"
    assert_harmless(refused.text)
    for model in (ReportFile, ReportEntry, Evidence, AttendanceRecord, jobs.Job):
        assert count(model) == 0


def test_no_file_and_too_large_a_file(client: PercorsoClient, scene: Scene) -> None:
    assert client.post(f"{scene.url}/report", {}).status_code == 422
    client.app.config["MAX_CONTENT_LENGTH"], limit = (
        100_000,
        client.app.config["MAX_CONTENT_LENGTH"],
    )
    try:
        assert upload(client, scene, zoom(ADA) + b" " * 200_000).status_code == 413
    finally:
        client.app.config["MAX_CONTENT_LENGTH"] = limit
    assert count(ReportFile) == 0


def test_names_in_a_report_are_only_text(client: PercorsoClient, scene: Scene) -> None:
    name = POLYGLOT.replace('"', '""')
    content = zoom(ADA, (name, "", "10:00:00", "11:00:00"))
    address = bring_in(client, scene, content)
    entry = db.session.scalar(select(ReportEntry).where(ReportEntry.match.is_(None)))
    assert entry is not None
    for page in (address, f"{scene.url}/da-abbinare", f"{scene.url}/da-abbinare/{entry.id}?q=a"):
        answered = client.get(page)
        assert answered.status_code == 200
        assert "x-probe" in answered.text
        assert_harmless(answered.text)


def test_a_staged_report_can_be_thrown_away(client: PercorsoClient, scene: Scene) -> None:
    staged = upload(client, scene, zoom(ADA)).location
    assert client.post(f"{staged}/scarta").status_code == 303
    assert count(ReportFile) == 0
    assert client.get(staged).status_code == 404


def test_forgotten_reports_are_swept_by_the_worker(client: PercorsoClient, scene: Scene) -> None:
    upload(client, scene, zoom(ADA))
    bring_in(client, scene, zoom(("Carla Verdi", "", "10:00:00", "10:30:00")))
    db.session.commit()
    jobs.run_until_empty()
    assert count(ReportFile) == 2
    with frozen(now() + timedelta(hours=25)):
        assert jobs.run_until_empty() == 2
    assert [file.status for file in db.session.scalars(select(ReportFile))] == ["imported"]


def test_forgotten_reports_are_swept_by_the_next_upload(
    client: PercorsoClient, scene: Scene
) -> None:
    upload(client, scene, zoom(ADA))
    with frozen(now() + timedelta(hours=25)):
        client.sign_in(scene.trainer)
        upload(client, scene, zoom(("Carla Verdi", "", "10:00:00", "10:30:00")))
    assert count(ReportFile) == 1


def test_the_original_comes_back_byte_by_byte(client: PercorsoClient, scene: Scene) -> None:
    content = zoom(ADA)
    staged = upload(client, scene, content, name='rè"port;\r\nX: y.csv').location
    download = client.get(f"{staged}/originale")
    assert download.data == content
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert "X: y" not in dict(download.headers)
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert download.mimetype == "application/octet-stream"


def test_reports_are_not_for_others(client: PercorsoClient, scene: Scene) -> None:
    """Weakness 30."""
    staged = upload(client, scene, zoom(ADA)).location
    other = Scene("Bruno Bianchi")
    foreign = staged.replace(scene.url, other.url)
    for person in (other.trainer, scene.people[0].person, other.people[0].person):
        client.sign_in(person)
        for path in (staged, f"{staged}/originale", foreign, f"{foreign}/originale"):
            assert client.get(path).status_code == 404
        for verb in ("conferma", "scarta", "risposte"):
            assert client.post(f"{staged}/{verb}", {}).status_code == 404
            assert client.post(f"{foreign}/{verb}", {}).status_code == 404
    client.sign_in(factories.organiser())
    assert client.get(foreign).status_code == 404, "under another lesson it does not exist"
    assert client.get(staged).status_code == 200
    assert count(ReportFile) == 1
