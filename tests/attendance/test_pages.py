"""Why a mark is what it is, the registers of a cycle, the box on a lesson, the CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from lms.catalogue.models import LessonStatus
from lms.clock import now
from lms.enrolment.models import EnrolmentStatus
from tests import factories
from tests.attendance.scene import Scene, bring_in, cells, upload, zoom
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import SHORT_POLYGLOT, assert_harmless


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    """Ada was there twice by the report and is marked by hand after it; Bruno by the report."""
    made = Scene("Ada Rossi", "Bruno Bianchi")
    client.sign_in(made.trainer)
    content = zoom(
        ("Ada Rossi", "", "09:50:00", "10:40:00"),
        ("Ada Rossi", "", "10:50:00", "11:30:30"),
        ("Bruno Bianchi", "", "10:00:00", "10:30:00"),
    )
    bring_in(client, made, content)
    drawn = cells(client.get(made.url))
    ada = made.people[0].id
    client.post(made.url, {**drawn, f"minutes-{ada}": "100"})
    return made


def test_why_tells_every_piece_of_evidence(client: PercorsoClient, scene: Scene) -> None:
    page = client.get(f"{scene.url}/{scene.people[0].id}/perche").text
    assert "Perché 1\xa0h 40\xa0min?" in page
    for told in (
        "09:50:00 – 10:40:00",
        "10:00:00 – 10:40:00",
        "10:50:00 – 11:30:30",
        "righe 2, 3",
        "zoom.csv",
        "SHA-256",
        "Segnata a mano: Presente, 1\xa0h 40\xa0min",
        scene.trainer.full_name,
    ):
        assert told in page, told


def test_a_participant_sees_their_own_evidence_only(client: PercorsoClient, scene: Scene) -> None:
    """Weakness 7."""
    ada, bruno = scene.people
    client.sign_in(ada.person)
    own = client.get(f"{scene.url}/{ada.id}/perche")
    assert own.status_code == 200
    assert "/registro/report/" not in own.text, "the raw file is not theirs"
    assert client.get(f"{scene.url}/{bruno.id}/perche").status_code == 404
    other = Scene("Ada Rossi")
    client.sign_in(other.trainer)
    assert client.get(f"{scene.url}/{ada.id}/perche").status_code == 404
    client.sign_in(factories.organiser())
    assert client.get(f"{scene.url}/{ada.id}/perche").status_code == 200
    assert client.get(f"{scene.url}/{other.people[0].id}/perche").status_code == 404


def test_why_of_somebody_unmarked(client: PercorsoClient, scene: Scene) -> None:
    late = scene.enrol("Carla Verdi")
    page = client.get(f"{scene.url}/{late.id}/perche")
    assert "non vuol dire assente" in page.text


def test_the_registers_of_a_cycle(client: PercorsoClient, scene: Scene) -> None:
    start = now()
    for title, days, more in (
        ("Domani", 1, {}),
        ("Ieri", -1, {}),
        ("Annullato", -2, {"status": LessonStatus.CANCELLED}),
    ):
        at = start + timedelta(days=days)
        factories.lesson(
            scene.module, title=title, starts_at=at, ends_at=at + timedelta(hours=1), **more
        )
    url = f"/cicli/{scene.cycle.slug}/registri"
    page = client.get(url).text
    for told in (
        "In programma",
        "In attesa delle presenze",
        "Incontro annullato",
        "Pronto da chiudere",
        "segnati 2 su 2, presenti 2",
    ):
        assert told in page, told
    scene.people[1].status = EnrolmentStatus.WITHDRAWN
    assert "segnati 2 su 2" in client.get(url).text, "who withdrew with a mark still counts"
    assert "Domani" not in client.get(f"{url}?q=ieri").text
    client.sign_in(scene.people[0].person)
    assert client.get(url).status_code == 403


def test_the_overview_costs_the_same_for_many_lessons(client: PercorsoClient, scene: Scene) -> None:
    url = f"/cicli/{scene.cycle.slug}/registri"
    with statements() as few:
        client.get(url)
    for day in range(40):
        at = datetime(2026, 6, 1, 9, tzinfo=UTC) + timedelta(days=day)
        factories.register(
            factories.lesson(scene.module, starts_at=at, ends_at=at + timedelta(hours=1))
        )
    with statements() as many:
        page = client.get(url)
    assert len(few) == len(many) <= 8 + 1
    assert "page=2" in page.text


def test_the_box_on_a_lesson(client: PercorsoClient, scene: Scene) -> None:
    url = f"/incontri/{scene.lesson.id}"
    assert "Apri il registro" in client.get(url).text
    client.sign_in(scene.people[0].person)
    own = client.get(url).text
    assert "La tua presenza" in own
    assert "1\xa0h 40\xa0min" in own
    assert "Apri il registro" not in own
    client.sign_in(factories.person())
    assert "La tua presenza" not in client.get(url).text
    assert "Presenze" not in PercorsoClient(client.app).get(url).text


def test_before_a_lesson_nobody_is_told_of_a_presence(client: PercorsoClient) -> None:
    start = now() + timedelta(days=2)
    scene = Scene("Ada Rossi", lesson={"starts_at": start, "ends_at": start + timedelta(hours=1)})
    [ada] = scene.people
    client.sign_in(ada.person)
    url = f"/incontri/{scene.lesson.id}"
    assert "La tua presenza" not in client.get(url).text
    office = PercorsoClient(client.app).sign_in(scene.trainer)
    office.post(scene.url, {f"was-{ada.id}": "0", f"mark-{ada.id}": "excused"})
    assert "Giustificato" in client.get(url).text, "an excuse given early is told"


def test_what_is_planned_shows_no_figures(client: PercorsoClient) -> None:
    start = now() + timedelta(days=2)
    scene = Scene("Ada Rossi", lesson={"starts_at": start, "ends_at": start + timedelta(hours=1)})
    client.sign_in(scene.trainer)
    page = f"/cicli/{scene.cycle.slug}/registri"
    assert "segnati 0" not in client.get(page).text
    factories.lesson(scene.module)
    assert "segnati 0 su 1" in client.get(page).text, "held and unmarked is worth saying"


def test_only_imported_reports_can_be_counted_again(client: PercorsoClient) -> None:
    scene = Scene("Ada Rossi")
    client.sign_in(scene.trainer)
    content = zoom(("Ada Rossi", "", "10:00:00", "11:00:00"))
    assert upload(client, scene, content).status_code == 303
    waiting = client.get(scene.url).text
    assert "Da confermare" in waiting
    assert "/registro/ricalcola" not in waiting
    bring_in(client, scene, content + b"\n")
    assert "/registro/ricalcola" in client.get(scene.url).text


def test_the_csv_is_what_the_register_says_and_never_a_formula(
    client: PercorsoClient, scene: Scene
) -> None:
    late = scene.enrol('=HYPERLINK("x") +Verdi', organisation="@Comune di Prova")
    download = client.get(f"{scene.url}.csv")
    assert download.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    found = {row[0].lstrip("'"): row for row in rows[1:]}
    assert found["Rossi Ada"][2:7] == ["Presente", "100", "10:00", "11:30", "segnata a mano"]
    assert found["Bianchi Bruno"][2:7] == ["Presente", "30", "10:00", "10:30", "dal report"]
    odd = found[late.sorted_name.lstrip("'")]
    assert odd[2:5] == ["Non segnato", "", ""]
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row), row


def test_names_and_bodies_are_only_text(client: PercorsoClient) -> None:
    scene = Scene(lesson={"title": SHORT_POLYGLOT})
    who = scene.enrol(f"Ada {SHORT_POLYGLOT}", organisation=SHORT_POLYGLOT)
    client.sign_in(scene.trainer)
    client.post(scene.url, {f"was-{who.id}": "0", f"mark-{who.id}": "present"})
    conflict = {f"was-{who.id}": "0::0", f"mark-{who.id}": "absent"}
    pages = [
        client.get(scene.url),
        client.post(scene.url, conflict),
        client.post(scene.url, {f"was-{who.id}": SHORT_POLYGLOT, f"mark-{who.id}": "<x-probe>"}),
        client.get(f"{scene.url}/{who.id}/perche"),
        client.get(f"{scene.url}/{who.id}/rettifica"),
        client.get(f"{scene.url}/chiudi"),
        client.get(f"{scene.url}/altri"),
        client.get(f"{scene.url}/report"),
        client.get(f"{scene.url}/da-abbinare?q={SHORT_POLYGLOT}"),
        client.get(f"{scene.url}?q={SHORT_POLYGLOT}"),
        client.get(f"/incontri/{scene.lesson.id}"),
        client.get(f"/cicli/{scene.cycle.slug}/registri?q={SHORT_POLYGLOT}"),
    ]
    for page in pages:
        assert page.status_code < 500
        assert_harmless(page.text)
