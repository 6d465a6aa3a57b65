"""What somebody takes along: hours of closed registers by year, cycles, lessons taught."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pypdfium2
import pytest
from flask import Flask

from lms.accounts.models import Person
from lms.catalogue.models import LessonStatus, LessonTrainer
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from lms.issuance import actions
from lms.transcripts.rules import YearTotal, by_year
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle

NBSP = "\N{NO-BREAK SPACE}"


def words(response: object) -> str:
    """The text of a PDF."""
    reader = pypdf.PdfReader(io.BytesIO(response.data))  # type: ignore[attr-defined]
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def moved(cycle: TaughtCycle, year: int) -> TaughtCycle:
    """All its lessons in May of a year."""
    for day, lesson in enumerate(cycle.lessons, 10):
        lesson.starts_at = datetime(year, 5, day, 8, tzinfo=UTC)
        lesson.ends_at = lesson.starts_at + timedelta(hours=2)
    db.session.commit()
    return cycle


@pytest.fixture
def ada(app: Flask) -> Person:
    return factories.person("Ada", "Prova")


def test_years_end_in_rome() -> None:
    eve = datetime(2025, 12, 31, 22, 30, tzinfo=UTC)
    held = [
        (eve, 30),
        (eve + timedelta(hours=1), 45),
        (eve, 15),
        (datetime(2024, 3, 1, tzinfo=UTC), 0),
    ]
    assert by_year(held) == [YearTotal(2026, 45), YearTotal(2025, 45)]


def test_all_cycles_and_the_hours_of_each_year(
    app: Flask, client: PercorsoClient, ada: Person
) -> None:
    moved(TaughtCycle(2, title="Ciclo di ieri"), 2024).attendee(120, 60, who=ada)
    recent = moved(TaughtCycle(2, title="Ciclo di oggi"), 2025)
    recent.attendee(120, 120, who=ada)
    recent.attendee(90, 90)  # somebody else's
    with app.test_request_context():
        actions.issue(recent.cycle, by=factories.person().id)
        db.session.commit()
    page = client.sign_in(ada).get("/libretto").text
    assert page.index("Ciclo di oggi") < page.index("Ciclo di ieri")
    assert f"3{NBSP}h" in page
    assert f"4{NBSP}h" in page
    assert f"mancano 36{NBSP}h" in page
    assert f"{recent.cycle.code}-00001" in page
    found = client.get("/libretto?q=ieri").text
    assert "Ciclo di oggi" not in found
    assert "Nessun ciclo corrisponde" in client.get("/libretto?q=altro").text


def test_what_is_not_settled_or_not_decided_is_no_hour(client: PercorsoClient, ada: Person) -> None:
    TaughtCycle(2, title="Registri aperti", closed=False).attendee(120, 120, who=ada)
    TaughtCycle(1, title="Mai deciso").attendee(120, who=ada, status=EnrolmentStatus.REQUESTED)
    page = client.sign_in(ada).get("/libretto").text
    assert "Registri aperti" in page
    assert "Mai deciso" not in page
    assert "Ore per anno" not in page


def test_nothing_yet_is_said(client: PercorsoClient, ada: Person) -> None:
    client.sign_in(ada)
    assert "Ancora nessuna formazione" in client.get("/libretto").text
    assert "Ancora nessun incontro" in client.get("/docenze").text
    assert "/docenze" not in client.get("/attestati").text
    assert "Ancora nessuna formazione" in words(client.get("/libretto.pdf"))
    assert "Ancora nessun incontro" in words(client.get("/docenze.pdf"))


def test_the_record_as_pdf(client: PercorsoClient, ada: Person) -> None:
    cycle = moved(TaughtCycle(2, title="Co-progettare <b>insieme</b>"), 2025)
    cycle.attendee(120, 60, who=ada)
    response = client.sign_in(ada).get("/libretto.pdf")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="libretto-')
    text = words(response)
    for expected in ("Ada Prova", "Co-progettare <b>insieme</b>", "2025", "3 h", "10/05/25"):
        assert expected in text.replace(NBSP, " "), expected
    assert client.get("/libretto.pdf?lang=en").status_code == 200


def teach(who: Person, cycle: TaughtCycle) -> None:
    for lesson in cycle.lessons:
        db.session.add(LessonTrainer(lesson_id=lesson.id, person_id=who.id))
    db.session.commit()


def test_lessons_taught(client: PercorsoClient, ada: Person) -> None:
    cycle = moved(TaughtCycle(3, title="Ciclo insegnato"), 2025)
    teach(ada, cycle)
    teach(ada, TaughtCycle(1, title="Registro aperto", closed=False))
    nine = datetime(2025, 5, 10, 9, tzinfo=UTC)
    cycle.lessons[0].breaks = ((nine, nine + timedelta(minutes=30)),)
    cycle.lessons[2].status = LessonStatus.CANCELLED
    db.session.commit()
    client.sign_in(ada)
    page = client.get("/docenze").text
    assert "Registro aperto" not in page
    assert page.count("Ciclo insegnato") == 2
    assert f"3{NBSP}h 30{NBSP}min" in page or f"3{NBSP}h{NBSP}30{NBSP}min" in page
    assert "/docenze" in client.get("/attestati").text
    text = words(client.get("/docenze.pdf")).replace(NBSP, " ")
    assert "Ciclo insegnato" in text
    assert "3 h 30 min" in text


def test_many_cycles_cost_no_more_queries(client: PercorsoClient, ada: Person) -> None:
    client.sign_in(ada)
    TaughtCycle(1).attendee(60, who=ada)
    client.get("/libretto")
    with statements() as few:
        client.get("/libretto")
    for _each in range(5):
        TaughtCycle(2).attendee(60, 60, who=ada)
    with statements() as many:
        client.get("/libretto")
    assert len(many) == len(few)
    assert len(many) <= 12


def test_names_of_any_script_stand_on_both_papers(client: PercorsoClient, app: Flask) -> None:
    name = "محمد"
    who = factories.person(given_name=name, family_name="Чехов")
    cycle = moved(TaughtCycle(1, title="Ciclo דורה"), 2025)
    cycle.attendee(120, who=who)
    teach(who, cycle)
    client.sign_in(who)
    for paper in ("/libretto.pdf", "/docenze.pdf"):
        answer = client.get(paper)
        text = words(answer)
        for expected in (name, "Чехов", "דורה"):
            assert expected in text, paper
        title = pypdfium2.PdfDocument(io.BytesIO(answer.data)).get_metadata_value("Title")
        assert title.endswith(f"{name} Чехов")
        assert "?" not in text
