"""A referent: own people, hours and outcomes, files, and nothing of anybody else."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask

from lms.accounts.models import RoleGrant, StaffRole
from lms.clock import now
from lms.extensions import db
from lms.organisations.models import Organisation
from lms.referents.rules import Outcome, minutes_in, outcome
from lms.spreadsheets import xlsx_bytes
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.issuance.cycles import TaughtCycle

YEAR = now().year - 1  # never across a New Year
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def body(app: Flask) -> Organisation:
    return factories.organisation("Comune di Casa")


@pytest.fixture
def referent(client: PercorsoClient, body: Organisation) -> PercorsoClient:
    return client.sign_in(factories.referent(body, given_name="Rita"))


def taught(body: Organisation) -> TaughtCycle:
    """Two lessons of two hours, held and closed, with one of the body's people at both."""
    cycle = TaughtCycle(2, title="Ciclo frequentato")
    for day, lesson in enumerate(cycle.lessons, 20):
        lesson.starts_at = datetime(YEAR, 5, day, 8, tzinfo=UTC)
        lesson.ends_at = lesson.starts_at + timedelta(hours=2)
    cycle.attendee(120, 60, who=factories.person("Ada", "Casalini", organisation=body))
    return cycle


def test_hours_and_outcome_but_not_minute_by_minute(
    referent: PercorsoClient, body: Organisation
) -> None:
    """ASVS 8.2.3."""
    cycle = taught(body)
    page = referent.get(f"/referente/{body.id}?anno={YEAR}").text
    assert "Casalini" in page
    assert "Ciclo frequentato" not in referent.get(f"/referente/{body.id}").text  # not this year's
    assert "3\N{NO-BREAK SPACE}h" in page
    enrolment = next(iter(db.session.query(factories.Enrolment).all()))
    person = referent.get(f"/referente/{body.id}/persone/{enrolment.person_id}").text
    assert "Ciclo frequentato" in person
    assert "75%" in person
    assert cycle.lessons[0].title not in person
    why = f"/incontri/{cycle.lessons[0].id}/registro/{enrolment.id}"
    assert referent.get(why).status_code == 404
    assert referent.get(f"/incontri/{cycle.lessons[0].id}/registro").status_code == 403


def test_of_other_employers_nothing(
    app: Flask, referent: PercorsoClient, body: Organisation
) -> None:
    """People of another body; and what one's own people did for an earlier one. ASVS 8.4.1."""
    other = factories.organisation("Comune di Altrove")
    cycle = TaughtCycle(2, title="Ciclo di prima")
    mover = factories.person("Mara", "Migrata", organisation=other)
    cycle.attendee(120, 120, who=mover)
    mover.organisation_id = body.id
    stranger = factories.person("Bruno", "Lontano", organisation=other)
    factories.enrolment(cycle.cycle, stranger)
    db.session.commit()
    for path in (f"/referente/{body.id}", f"/referente/{body.id}/persone/{mover.id}"):
        page = referent.get(path).text
        assert "Migrata" in page
        assert "Ciclo di prima" not in page, path
        assert "Lontano" not in page
    assert "Ciclo di prima" not in referent.get(f"/referente/{body.id}/ore.csv").text
    for path in (
        f"/referente/{other.id}", f"/referente/{other.id}/ore.csv",
        f"/referente/{other.id}/ore.xlsx",
        f"/referente/{other.id}/designazioni", f"/referente/{body.id}/persone/{stranger.id}",
        f"/referente/{other.id}/cicli/{cycle.cycle.slug}/designa",
    ):  # fmt: skip
        assert referent.get(path).status_code == 404, path
    # The earlier employer keeps what was done for it.
    old = PercorsoClient(app).sign_in(factories.referent(other))
    assert "Ciclo di prima" in old.get(f"/referente/{other.id}/persone/{mover.id}").text


def test_the_files_hold_the_same_and_no_formula(
    referent: PercorsoClient, body: Organisation
) -> None:
    """ASVS 1.2.10."""
    cycle = taught(body)
    cycle.attendee(120, 120, who=factories.person("=1+1", "@Formula", organisation=body))
    csv = referent.get(f"/referente/{body.id}/ore.csv?anno={YEAR}").text
    assert "Casalini;Ada;Ciclo frequentato" in csv
    assert ";3,00;3,00;4,00;" in csv
    assert "'@Formula;'=1+1" in csv
    workbook = referent.get(f"/referente/{body.id}/ore.xlsx?anno={YEAR}")
    rows = cells(workbook.data)
    assert len(rows) == 3
    assert ["'@Formula", "'=1+1"] in [row[:2] for row in rows]
    assert [row[8:11] for row in rows if row[0] == "Casalini"] == [[3.0, 3.0, 4.0]]
    assert len(cells(referent.get(f"/referente/{body.id}/ore.xlsx?anno={YEAR - 3}").data)) == 1


def cells(workbook: bytes) -> list[list[object]]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [
        [
            float(cell[0].text or "") if cell[0].tag == f"{SPACE}v" else "".join(cell.itertext())
            for cell in row
        ]
        for row in sheet.iter(f"{SPACE}row")
    ]


def test_a_workbook_is_text_numbers_and_equal_bytes() -> None:
    rows = [["=HYPERLINK(1)", 2.5], ["<b>&\x00\x0b", "è"]]
    assert xlsx_bytes(["Uno", "Due"], rows) == xlsx_bytes(["Uno", "Due"], rows)
    assert cells(xlsx_bytes(["Uno", "Due"], rows)) == [
        ["Uno", "Due"], ["'=HYPERLINK(1)", 2.5], ["<b>&", "è"],
    ]  # fmt: skip
    assert b"<f>" not in xlsx_bytes(["=A1"], [])


def test_the_list_asks_as_often_for_many(referent: PercorsoClient, body: Organisation) -> None:
    cycle, page, counts = taught(body), f"/referente/{body.id}?anno={YEAR}", []
    for _each in range(2):
        with statements() as sent:
            assert referent.get(page).status_code == 200
        counts.append(len(sent))
        for number in range(20):
            who = factories.person("Ada", f"Folta{number}", organisation=body)
            factories.enrolment(cycle.cycle, who)
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("status", "facts", "told"),
    [
        ("confirmed", (True, True, True), Outcome.CERTIFIED),
        ("withdrawn", (True, False, True), Outcome.CERTIFIED),
        ("withdrawn", (False, False, True), Outcome.WITHDRAWN),
        ("requested", (False, False, True), Outcome.NOMINATED),
        ("refused", (False, False, True), Outcome.REFUSED),
        ("confirmed", (False, True, True), Outcome.ENTITLED),
        ("confirmed", (False, False, True), Outcome.UNDER_WAY),
        ("confirmed", (False, False, False), Outcome.NOT_REACHED),
    ],
)
def test_outcomes(status: str, facts: tuple[bool, bool, bool], told: Outcome) -> None:
    certified, entitled, reachable = facts
    assert outcome(status, certified=certified, entitled=entitled, reachable=reachable) is told


def test_a_year_begins_at_midnight_in_rome() -> None:
    eve = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    night = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert minutes_in(2026, [(eve, 60), (night, 30)]) == 60
    assert minutes_in(2027, [(eve, 60), (night, 30)]) == 30


def test_referents_are_appointed_with_a_reason(app: Flask, client: PercorsoClient) -> None:
    body = factories.organisation("Comune di Casa")
    person = factories.person("Rita", "Referente", organisation=body)
    path = f"/enti/{body.id}/referenti"
    client.sign_in(factories.organiser())
    assert "Referente" in client.get(path).text
    assert client.post(path, {"person_id": person.id}).status_code == 422
    assert client.post(path, {"person_id": "x", "reason": "Lettera"}).status_code == 422
    assert client.post(path, {"person_id": person.id, "reason": "Lettera"}).status_code == 303
    assert client.post(path, {"person_id": person.id, "reason": "Lettera"}).status_code == 303
    grant = db.session.query(RoleGrant).filter_by(role=StaffRole.REFERENT).one()
    rita = PercorsoClient(app).sign_in(person)
    assert rita.get("/referente").location == f"/referente/{body.id}"
    assert "Il mio ente" in rita.get(f"/referente/{body.id}").text
    elsewhere = factories.organisation()
    ending = f"/referenti/{grant.id}/togli"
    assert client.post(f"/enti/{elsewhere.id}{ending}", {"reason": "x"}).status_code == 404
    assert client.post(f"/enti/{body.id}{ending}", {}).status_code == 422
    assert client.post(f"/enti/{body.id}{ending}", {"reason": "Fine"}).status_code == 303
    assert rita.get(f"/referente/{body.id}").status_code == 404
    assert (grant.reason, grant.end_reason) == ("Lettera", "Fine")
    assert grant.granted_at <= now()


def test_a_referent_of_several_chooses(client: PercorsoClient) -> None:
    one, other = factories.organisation("Comune di Uno"), factories.organisation("Comune di Due")
    person = factories.referent(one)
    factories.grant(person, StaffRole.REFERENT, of=other)
    page = client.sign_in(person).get("/referente").text
    assert "Comune di Uno" in page
    assert "Comune di Due" in page
