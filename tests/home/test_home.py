"""First pages by role, the language, and the header's sections."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from justhtml import JustHTML

from lms.accounts.models import RoleGrant, StaffRole
from lms.accounts.scopes import EVERYTHING
from lms.attendance.models import AttendanceRegister, ReportEntry, ReportFile, ReportStatus
from lms.catalogue.models import CycleStatus, CycleTrainer, EnrolmentMode, LessonStatus
from lms.clock import now
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from lms.home import queries
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import SHORT_POLYGLOT, assert_harmless

HOUR = timedelta(hours=1)


def sections(page: str) -> list[str]:
    found = JustHTML(page, sanitize=False).query("nav#site-navigation a")
    return [link.to_text().strip() for link in found]


def lesson_in(cycle: object, hours: float, **more: object) -> object:
    module = factories.module(cycle)
    starts = now() + timedelta(hours=hours)
    return factories.lesson(module, starts_at=starts, ends_at=starts + 2 * HOUR, **more)


def test_strangers_read_what_this_is_and_which_cycles_are_open(client: PercorsoClient) -> None:
    lesson_in(factories.cycle(title="Ciclo aperto"), 24)
    factories.cycle(title="Ciclo in bozza", status=CycleStatus.DRAFT)
    factories.cycle(title="Ciclo chiuso", status=CycleStatus.CLOSED)
    factories.cycle(title="Ciclo della segreteria", enrolment_mode=EnrolmentMode.BY_ORGANISER)
    factories.cycle(title="Ciclo scaduto", enrolment_closes_at=now() - HOUR)
    factories.cycle(title="Ciclo futuro", enrolment_opens_at=now() + HOUR)
    page = client.get("/").text
    assert "Come funziona" in page
    assert "Ciclo aperto" in page
    for hidden in ("bozza", "chiuso", "della segreteria", "scaduto", "futuro"):
        assert f"Ciclo {hidden}" not in page
    assert 'href="/verifica"' in page
    assert sections(page) == ["Cicli", "Verifica un attestato"]


def test_the_first_cycle_to_begin_stands_first(app: Flask) -> None:
    late, soon, never = (factories.cycle() for _each in range(3))
    lesson_in(late, 48)
    lesson_in(soon, 24)
    lesson_in(soon, 12, status=LessonStatus.CANCELLED)
    found = queries.open_cycles(now())
    assert [row.cycle.id for row in found] == [soon.id, late.id, never.id]
    assert [row.lessons for row in found] == [1, 1, 0]


def test_participants_find_their_next_lessons(client: PercorsoClient) -> None:
    cycle, left, over = factories.cycle(title="Mio"), factories.cycle(), factories.cycle(
        title="Concluso", status=CycleStatus.CLOSED
    )  # fmt: skip
    person = factories.person("Ada", "Prova")
    factories.enrolment(cycle, person)
    factories.enrolment(over, person)
    factories.enrolment(left, person, status=EnrolmentStatus.WITHDRAWN)
    for hours in (-30, -1, 24, 48, 72):
        lesson_in(
            cycle, hours, title=f"Tra {hours} ore", join_url=f"https://meet.example.org/{hours}"
        )
    lesson_in(cycle, 20, title="Saltato", status=LessonStatus.CANCELLED,
              join_url="https://meet.example.org/saltato")  # fmt: skip
    lesson_in(left, 5, title="Di altri")
    page = client.sign_in(person).get("/").text
    assert "Ciao, Ada" in page
    for shown in ("Mio", "Tra -1 ore", "Tra 24 ore", "Saltato", "Annullato", "In corso",
                  'href="http://localhost/j/', "Concluso"):  # fmt: skip
        assert shown in page, shown
    for hidden in ("Tra -30 ore", "Tra 48 ore", "Di altri", "meet.example.org"):
        assert hidden not in page, hidden
    assert "I cicli in breve" not in page
    assert sections(page) == ["La mia pagina", "Cicli", "Attestati", "Calendario"]


def test_nobodys_cycles_are_told_so(client: PercorsoClient) -> None:
    factories.cycle(title="Ciclo aperto")
    page = client.sign_in(factories.person()).get("/").text
    assert "Al momento non partecipi a nessun ciclo" in page
    assert "Ciclo aperto" in page


def test_trainers_find_registers_to_keep_and_lessons_to_come(client: PercorsoClient) -> None:
    cycle, other = factories.cycle(), factories.cycle()
    trainer = factories.trainer(cycle)
    old = lesson_in(cycle, -50, title="Vecchio aperto")
    closed = lesson_in(cycle, -40, title="Vecchio chiuso")
    lesson_in(cycle, -30, title="Annullato ieri", status=LessonStatus.CANCELLED)
    lesson_in(cycle, 72, title="Tra tre giorni")
    lesson_in(cycle, 24 * 20, title="Tra venti giorni")
    lesson_in(other, -50, title="Di un altro ciclo")
    factories.register(old)
    register = factories.register(closed)
    close(register, closed)
    page = client.sign_in(trainer).get("/").text
    for shown in ("Registri da compilare", "Vecchio aperto", "Registro iniziato",
                  "prossime due settimane", "Tra tre giorni"):  # fmt: skip
        assert shown in page, shown
    for hidden in ("Vecchio chiuso", "Annullato ieri", "Tra venti", "Di un altro ciclo"):
        assert hidden not in page, hidden
    assert f'href="/incontri/{old.id}/registro"' in page


def close(register: AttendanceRegister, lesson: object) -> None:
    from lms.attendance.actions_closing import close_register

    assert register.id
    close_register(lesson, absent=True, leave_queue=False, by=None)
    db.session.commit()


def test_organisers_see_the_cycles_at_a_glance(client: PercorsoClient) -> None:
    cycle = factories.cycle(title="Ciclo grande")
    factories.cycle(title="Ciclo in bozza", status=CycleStatus.DRAFT)
    for _each in range(3):
        factories.enrolment(cycle)
    factories.enrolment(cycle, status=EnrolmentStatus.WITHDRAWN)
    lesson = lesson_in(cycle, -10, title="Senza registro")
    lesson_in(cycle, 10)
    report = ReportFile(
        register_id=factories.register(lesson).id, filename="z.csv", sha256="0" * 64, size=1,
        content=b"x", platform="zoom", status=ReportStatus.IMPORTED, uploaded_at=now(),
        imported_at=now(),
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    db.session.add_all(
        ReportEntry(report_file_id=report.id, position=n, name="iPhone", intervals=[],
                    source_lines=[n])
        for n in (1, 2)
    )  # fmt: skip
    glance = queries.cycles_at_a_glance(now(), EVERYTHING)
    assert [row.cycle.title for row in glance] == ["Ciclo grande", "Ciclo in bozza"]
    row = glance[0]
    assert (row.participants, row.lessons, row.held, row.closed, row.people_to_match) == (
        3, 2, 1, 0, 2,
    )  # fmt: skip
    page = client.sign_in(factories.organiser()).get("/").text
    for shown in ("I cicli in breve", "1 di 2", "0 di 1", "1 registro da chiudere",
                  "Senza registro"):  # fmt: skip
        assert shown in page, shown
    assert sections(page) == ["La mia pagina", "Cicli", "Persone", "Enti", "Calendario"]


def everything(person: object, number: int) -> None:
    """`number` cycles of which the person is participant and trainer."""
    for _each in range(number):
        cycle = factories.cycle()
        factories.enrolment(cycle, person)
        db.session.add(CycleTrainer(cycle_id=cycle.id, person_id=person.id))
        for hours in (-50, 24, 48):
            lesson_in(cycle, hours)


def test_a_page_with_every_role_costs_the_same_for_many_cycles(client: PercorsoClient) -> None:
    person = factories.person()
    everything(person, 1)
    db.session.add(RoleGrant(person_id=person.id, role=StaffRole.ORGANISER, granted_at=now()))
    client.sign_in(person)
    with statements() as few:
        client.get("/")
    everything(person, 6)
    with statements() as many:
        client.get("/")
    assert len(many) == len(few) <= 9, "\n\n".join(many)


@pytest.mark.parametrize("role", ["stranger", "participant", "trainer", "organiser"])
def test_each_roles_page_makes_at_most_eight_queries(client: PercorsoClient, role: str) -> None:
    cycle = factories.cycle()
    lesson_in(cycle, 24)
    person = {
        "stranger": lambda: None,
        "participant": lambda: factories.enrolment(cycle).person,
        "trainer": lambda: factories.trainer(cycle),
        "organiser": factories.organiser,
    }[role]()
    if person:
        client.sign_in(person)
    with statements() as sent:
        client.get("/")
    assert len(sent) <= 8, "\n\n".join(sent)


def test_titles_are_text(client: PercorsoClient) -> None:
    cycle = factories.cycle(title=SHORT_POLYGLOT, summary=SHORT_POLYGLOT)
    person = factories.person(SHORT_POLYGLOT, "Prova")
    assert_harmless(client.get("/").text)
    everything(person, 1)
    lesson_in(cycle, 24, title=SHORT_POLYGLOT, place=SHORT_POLYGLOT)
    factories.enrolment(cycle, person)
    db.session.add(RoleGrant(person_id=person.id, role=StaffRole.ORGANISER, granted_at=now()))
    assert_harmless(client.sign_in(person).get("/").text)


def test_the_language_changes_and_the_page_stays(client: PercorsoClient) -> None:
    response = client.post("/lingua", {"language": "en", "next": "/cicli?q=x&page=2"})
    assert (response.status_code, response.location) == (303, "/cicli?q=x&page=2")
    page = client.get("/").text
    assert '<html lang="en">' in page
    assert "How it works" in page
    client.post("/lingua", {"language": "xx", "next": "//evil.example"})
    assert '<html lang="en">' in client.get("/").text
    assert client.post("/lingua", {"language": "it", "next": "//evil.example"}).location == "/"
    assert '<html lang="it">' in client.get("/").text
    assert client.post("/lingua", {"language": "en"}, csrf=False).status_code == 400


@pytest.mark.parametrize("path", ["/no-such-page", "/persone", "/cicli/missing"])
def test_error_pages_have_the_sections_too(client: PercorsoClient, path: str) -> None:
    client.sign_in(factories.person())
    response = client.get(path)
    assert response.status_code in {403, 404}
    assert sections(response.text) == ["La mia pagina", "Cicli", "Attestati", "Calendario"]


def test_the_section_of_the_page_is_marked(client: PercorsoClient) -> None:
    client.sign_in(factories.organiser())
    cycle = factories.cycle()
    for path, label in (("/", "La mia pagina"), ("/persone", "Persone"), ("/enti/nuovo", "Enti"),
                        (f"/cicli/{cycle.slug}/iscritti", "Cicli")):  # fmt: skip
        page = JustHTML(client.get(path).text, sanitize=False)
        marked = page.query("nav#site-navigation a[aria-current]")
        assert [link.to_text().strip() for link in marked] == [label], path


def test_a_faults_page_asks_nothing_of_the_database(
    client: PercorsoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database may be what failed: the page must come all the same."""
    client.sign_in(factories.organiser())

    def broken(*_any: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr("lms.accounts.signing_in.db.session.execute", broken)
    monkeypatch.setattr("lms.accounts.signing_in.db.session.scalar", broken)
    response = client.http.get("/")
    assert response.status_code == 500
    assert "da parte nostra" in response.text


def test_sections_never_fail(client: PercorsoClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_any: object) -> None:
        raise RuntimeError("the roles cannot be asked")

    client.sign_in(factories.organiser())
    monkeypatch.setattr("lms.home.navigation.holds_any", broken)
    page = client.get("/cicli")
    assert page.status_code == 200
    assert sections(page.text) == ["Cicli", "Verifica un attestato"]


@pytest.mark.parametrize("path", ["/privacy", "/accessibilita"])
def test_the_notices_are_open_and_linked_from_every_page(client: PercorsoClient, path: str) -> None:
    assert f'href="{path}"' in client.get("/").text
    assert client.get(path).status_code == 200


def test_referents_and_auditors_find_the_way_to_their_work(client: PercorsoClient) -> None:
    client.sign_in(factories.referent(factories.organisation()))
    page = client.get("/").text.split("<main")[1]
    assert 'href="/referente"' in page
    assert "Al momento non partecipi a nessun ciclo" not in page
    auditor = factories.person()
    factories.grant(auditor, StaffRole.AUDITOR, track=factories.cycle().track)
    db.session.commit()
    client.sign_in(auditor)
    page = client.get("/").text.split("<main")[1]
    assert 'href="/revisione"' in page
    assert 'href="/referente"' not in page
