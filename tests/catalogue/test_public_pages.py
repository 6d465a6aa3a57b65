"""The list of cycles, a cycle, a lesson: who sees what, found how, at what cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.catalogue.models import (
    Cycle,
    CycleStatus,
    Denominator,
    ExcusedPolicy,
    FundingEmblem,
    LessonMode,
    LessonStatus,
)
from lms.clock import frozen, now
from lms.enrolment.models import EnrolmentStatus
from lms.extensions import db
from tests import factories
from tests.catalogue.pages import cycle_with, draft_with
from tests.client import PercorsoClient
from tests.counting import statements

LINK = "https://webinar.example.org/j/42"
HOUR = timedelta(hours=1)


def past_cycle(**more: object) -> Cycle:
    cycle = factories.cycle(**more)
    factories.lesson(factories.module(cycle), starts_at=now() - timedelta(days=30))
    return cycle


# --- the list ------------------------------------------------------------------------------------


def test_without_cycles_the_list_says_so(app: Flask, client: PercorsoClient) -> None:
    draft_with(1, title="Bozza segreta")
    page = client.get("/cicli").text
    assert "Ancora nessun ciclo" in page
    assert "Bozza segreta" not in page


def test_the_list_shows_what_is_public(app: Flask, client: PercorsoClient) -> None:
    cycle_with(2, title="In corso")
    past_cycle(title="Finito da poco")
    past_cycle(title="Chiuso", status=CycleStatus.CLOSED)
    archived = past_cycle(title="Archiviato del tutto", status=CycleStatus.ARCHIVED)
    draft_with(1, title="Bozza segreta")
    page = client.get("/cicli").text
    assert all(title in page for title in ("In corso", "Finito da poco", "Chiuso"))
    assert "Archiviato del tutto" not in page
    assert "Bozza segreta" not in page
    assert page.index("In corso</a>") < page.index("Finito da poco</a>"), "current ones first"
    current, past = client.get("/cicli?when=current").text, client.get("/cicli?when=past").text
    assert "In corso</a>" in current
    assert "Chiuso</a>" not in current
    assert "In corso</a>" not in past
    assert "Finito da poco</a>" in past
    reached = client.get(f"/cicli/{archived.slug}")
    assert reached.status_code == 200, "archived: off the lists, still there"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("citta", True), ("CITTÀ", True), ("l'aria citta", True), ("cp-77", True),
        ("co progetta", True),
        ("citta mare", False), ("%", False), ("_", False), ("'", False), ("\\", False),
        ("' OR 1=1 --", False), ("citt_", True), ("citt%x", False), ("\x00", True), ("   ", True),
    ],
)  # fmt: skip
def test_searching(app: Flask, client: PercorsoClient, text: str, found: bool) -> None:
    track = factories.track(title="Co-Progetta")
    cycle_with(1, title="L’aria della Città", code="CP-77", track=track)
    response = client.get("/cicli", query_string={"q": text})
    assert response.status_code == 200
    assert ("della Città</a>" in response.text) is found


def test_the_list_comes_in_pages(app: Flask, client: PercorsoClient) -> None:
    for number in range(14):
        past_cycle(title=f"Ciclo {number:02}")
    first = client.get("/cicli?when=past").text
    second = client.get("/cicli?when=past&page=2").text
    titles = {f"Ciclo {number:02}" for number in range(14)}
    on_first = {title for title in titles if f"{title}</a>" in first}
    on_second = {title for title in titles if f"{title}</a>" in second}
    assert (len(on_first), len(on_second)) == (12, 2)
    assert on_first | on_second == titles
    for nonsense in ("0", "-1", "99", "x", "9" * 30):
        assert client.get(f"/cicli?page={nonsense}").status_code == 200


def test_the_list_costs_the_same_for_many(app: Flask, client: PercorsoClient) -> None:
    cycle_with(1)
    with statements() as few:
        client.get("/cicli")
    for _number in range(11):
        cycle_with(4)
    with statements() as many:
        client.get("/cicli")
    assert len(many) == len(few) <= 8


# --- a cycle -------------------------------------------------------------------------------------


def test_a_cycle_tells_its_programme_and_rule(app: Flask, client: PercorsoClient) -> None:
    starts_at = datetime(2027, 1, 12, 13, 30, tzinfo=UTC)
    track = factories.track(title="Co-Progetta", funding_statement="Con il sostegno del fondo.")
    db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="eu", label="Unione"))
    cycle = factories.cycle(track=track, threshold_percent=75, excused_policy=ExcusedPolicy.NOT_DUE)
    module = factories.module(cycle, title="Il Codice", subject_area="Diritto")
    lesson = factories.lesson(module, starts_at=starts_at, title="Le basi")
    factories.lesson(module, title="Saltato", status=LessonStatus.CANCELLED)
    person = factories.trainer(cycle, given_name="Zoe", organisation=factories.organisation("ETS"))
    factories.teaches(person, lesson)
    page = client.get(f"/cicli/{cycle.slug}").text.replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "Co-Progetta", "Il Codice", "Diritto", "Le basi", "14:30–16:30", "Saltato", "Annullato",
        person.full_name, "ETS", "75%", "1 h 30 min su 2 h", "si tolgono dalle ore",
        "tutti gli incontri del ciclo", "Con il sostegno del fondo.", "Unione", "img/eu.svg",
    ):  # fmt: skip
        assert words in page, words
    assert cycle.signatory_name not in page


def test_other_rules_in_words(app: Flask, client: PercorsoClient) -> None:
    cycle = factories.cycle(threshold_percent=100, denominator=Denominator.SINCE_ENROLMENT)
    page = client.get(f"/cicli/{cycle.slug}").text
    for words in ("per intero tutti gli incontri", "successivi all’iscrizione", "contano come"):
        assert words in page


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (None, None, "Le iscrizioni sono aperte."),
        (-HOUR, HOUR, "Le iscrizioni sono aperte fino a"),
        (HOUR, None, "Le iscrizioni aprono: "),
        (None, -HOUR, "Le iscrizioni sono chiuse."),
    ],
)
def test_enrolment_in_words(
    app: Flask,
    client: PercorsoClient,
    opens: timedelta | None,
    closes: timedelta | None,
    words: str,
) -> None:
    instant = datetime(2026, 9, 1, 10, tzinfo=UTC)
    cycle = factories.cycle(
        enrolment_opens_at=instant + opens if opens else None,
        enrolment_closes_at=instant + closes if closes else None,
    )
    with frozen(instant):
        assert words in client.get(f"/cicli/{cycle.slug}").text


def test_a_draft_is_for_its_staff(app: Flask) -> None:
    cycle = draft_with(1)
    lesson_id = _a_lesson_of(cycle)
    people = {
        "stranger": (None, 404),
        "participant": (factories.person(), 404),
        "trainer": (factories.trainer(cycle), 200),
        "other trainer": (factories.trainer(factories.cycle()), 404),
        "organiser": (factories.organiser(), 200),
    }
    factories.enrolment(cycle, people["participant"][0])
    for name, (person, status) in people.items():
        client = PercorsoClient(app)
        if person is not None:
            client.sign_in(person)
        for path in (f"/cicli/{cycle.slug}", f"/incontri/{lesson_id}"):
            assert client.get(path).status_code == status, (name, path)


def test_what_does_not_exist_is_not_found(app: Flask, client: PercorsoClient) -> None:
    for path in (
        "/cicli/nessuno", "/cicli/%00", "/cicli/a%0Ab", "/incontri/0", "/incontri/999999",
        "/incontri/2147483648", "/incontri/99999999999999999999", "/incontri/-1",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_cycle_costs_the_same_for_many_lessons(app: Flask, signed_in: bool) -> None:
    paths = [f"/cicli/{cycle.slug}" for cycle in (cycle_with(1), cycle_with(100))]
    client = PercorsoClient(app)
    if signed_in:
        client.sign_in(factories.organiser())
    found = []
    for path in paths:
        with statements() as sent:
            assert client.get(path).status_code == 200
        found.append(sent)
    assert len(found[0]) == len(found[1]) <= 8, found[1]


# --- a lesson ------------------------------------------------------------------------------------


def _a_lesson_of(cycle: Cycle) -> int:
    return int(factories.lesson(factories.module(cycle)).id)


def test_the_joining_link_is_for_those_who_take_part(app: Flask) -> None:
    module = factories.module()
    cycle = module.cycle
    lesson = factories.lesson(module, join_url=LINK, starts_at=now() + HOUR)
    left = factories.person()
    factories.enrolment(cycle, left, status=EnrolmentStatus.WITHDRAWN)
    elsewhere = factories.enrolment(factories.cycle()).person
    sees = {
        "participant": (factories.enrolment(cycle).person, True),
        "trainer": (factories.trainer(cycle), True),
        "organiser": (factories.organiser(), True),
        "stranger": (None, False),
        "somebody": (factories.person(), False),
        "who left": (left, False),
        "participant elsewhere": (elsewhere, False),
        "trainer elsewhere": (factories.trainer(factories.cycle()), False),
    }
    for name, (person, shown) in sees.items():
        client = PercorsoClient(app)
        if person is not None:
            client.sign_in(person)
        page = client.get(f"/incontri/{lesson.id}").text
        own = name == "participant"  # everybody else has no presence that a click could tell of
        assert ("http://localhost/j/" in page) is own, name
        assert (LINK in page) is (shown and not own), name


@pytest.mark.parametrize("why", ["cancelled", "over"])
def test_no_joining_link_when_there_is_nothing_to_join(app: Flask, why: str) -> None:
    lesson = factories.lesson(
        join_url=LINK, starts_at=now() + (HOUR if why == "cancelled" else -3 * HOUR)
    )
    if why == "cancelled":
        lesson.status = LessonStatus.CANCELLED
    client = PercorsoClient(app).sign_in(factories.organiser())
    page = client.get(f"/incontri/{lesson.id}").text
    assert LINK not in page
    assert ("Annullato" if why == "cancelled" else "Svolto") in page


def test_calendars_are_offered_what_is_still_to_come(client: PercorsoClient) -> None:
    held = factories.lesson()
    cycle = held.module.cycle
    pages = {f"/incontri/{held.id}": "Aggiungi l’incontro", f"/cicli/{cycle.slug}": "Abbonati"}
    for page, words in pages.items():
        assert words not in client.get(page).text
    held.ends_at = now() + timedelta(hours=1)
    for page, words in pages.items():
        assert words in client.get(page).text


def test_the_way_to_enrolling_stands_at_the_top(client: PercorsoClient) -> None:
    cycle = factories.cycle()
    page = f"/cicli/{cycle.slug}"
    assert 'href="#enrolment"' in client.get(page).text
    cycle.enrolment_closes_at = now()
    assert 'href="#enrolment"' not in client.get(page).text


def test_a_lesson_elsewhere_names_its_zone(app: Flask, client: PercorsoClient) -> None:
    lesson = factories.lesson(
        starts_at=datetime(2027, 1, 12, 9, tzinfo=UTC), zone="Europe/Lisbon",
        mode=LessonMode.BLENDED, place="Sala Rossa",
    )  # fmt: skip
    page = client.get(f"/incontri/{lesson.id}").text
    assert "martedì 12 gennaio 2027, ore 09:00–11:00 (Europe/Lisbon)" in page
    assert "Sala Rossa" in page
    assert "In presenza e online" in page


def test_a_lesson_costs_few_statements(app: Flask) -> None:
    lesson = factories.lesson(join_url=LINK, starts_at=now() + HOUR)
    path = f"/incontri/{lesson.id}"
    client = PercorsoClient(app).sign_in(factories.enrolment(lesson.module.cycle).person)
    with statements() as sent:
        client.get(path)
    assert len(sent) <= 8, sent
