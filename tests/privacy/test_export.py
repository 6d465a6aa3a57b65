"""One's own data: everything we hold, nothing of others, no secrets, no formulas."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from flask import Flask
from sqlalchemy import select

from lms.accounts.security_log import SecurityEntry, SecurityEvent
from lms.accounts.tax_codes import TaxCodeSource, set_tax_code
from lms.enrolment.models import EnrolmentEvent
from lms.extensions import db
from lms.personal import Export, holdings
from tests import factories
from tests.client import PercorsoClient
from tests.privacy.scene import FAMILY, GIVEN, LOGIN, Somebody

PATH = "/profilo/dati/scarica"


def exported(client: PercorsoClient) -> dict[str, list[dict[str, object]]]:
    response = client.post(PATH, {"format": "json"})
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    found: dict[str, list[dict[str, object]]] = json.loads(response.data)["data"]
    return found


def test_everything_is_there(client: PercorsoClient) -> None:
    somebody = Somebody(client)
    data = exported(somebody.browser)
    assert data["person"][0]["family_name"] == FAMILY
    assert data["email_addresses"][0]["address"] == LOGIN
    assert data["attendance"][0]["minutes"] == 87
    assert data["reports_of_platforms"][0]["name"] == f"{GIVEN} {FAMILY}"
    assert data["certificates"][0]["serial"] == "S-00001"
    assert f"Per {GIVEN}" in [row["subject"] for row in data["messages"]]
    assert data["history_of_enrolments"][-1]["note"] == f"{FAMILY} ha telefonato"
    assert set(data) == {
        one.export.name for one in holdings().values() if isinstance(one.export, Export)
    }
    noted = db.session.scalars(select(SecurityEntry.event).order_by(SecurityEntry.id.desc()))
    assert noted.first() is SecurityEvent.DATA_EXPORTED


def test_nothing_of_others_and_no_secret(client: PercorsoClient) -> None:
    somebody = Somebody(client)
    other = factories.person("Bruno", "Altrove", email="office@example.org")
    somebody_text = json.dumps(exported(somebody.browser))
    for word in ("Altrove", "Ada", "Rossi", "$argon2", "f" * 64, other.given_name):
        assert word not in somebody_text, word


def test_an_offices_mailbox_is_not_theirs_alone(app: Flask, client: PercorsoClient) -> None:
    from lms.messages.actions import post
    from lms.messages.letters import Letter

    mine = factories.person("Carla", "Sola", email="ufficio@example.org")
    factories.person("Dario", "Collega", email="ufficio@example.org")
    post("shared", "ufficio@example.org", Letter("Di chi?", ("Una riga.",), None))
    db.session.commit()
    data = exported(client.sign_in(mine))
    assert data["messages"] == []
    assert data["email_addresses"] == [{"address": "ufficio@example.org"}]


def test_a_tax_code_is_opened_for_its_owner(app: Flask, client: PercorsoClient) -> None:
    person = factories.person("Mario", "Rossi")
    with app.test_request_context():
        set_tax_code(person, "RSSMRA80A01H501U", source=TaxCodeSource.DECLARED, by=person.id)
        db.session.commit()
    assert exported(client.sign_in(person))["tax_code"][0]["tax_code"] == "RSSMRA80A01H501U"


def test_the_zip_holds_no_formula(client: PercorsoClient) -> None:
    """ASVS 1.2.10."""
    somebody = Somebody(client)
    db.session.add(
        EnrolmentEvent(
            enrolment_id=somebody.enrolment.id, status=somebody.enrolment.status,
            at=somebody.enrolment.enrolled_at, note='=HYPERLINK("x")',
        )
    )  # fmt: skip
    db.session.commit()
    response = somebody.browser.post(PATH, {"format": "csv"})
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.testzip() is None
        text = archive.read("history_of_enrolments.csv").decode("utf-8-sig")
        assert "left_out.csv" in archive.namelist()
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows[-1]["note"] == '\'=HYPERLINK("x")'


def test_after_an_erasure_nothing_is_left_to_export(app: Flask, client: PercorsoClient) -> None:
    from lms.privacy import actions, exporting, queries
    from tests.privacy.scene import WORDS

    somebody = Somebody(client)
    request = somebody.ask()
    with app.test_request_context():
        actions.erase(request, "", by=somebody.organiser.id)
        db.session.commit()
    text = exporting.as_json([queries.whose(somebody.person)]).read().decode().casefold()
    record = json.loads(text)["data"]["certificates"][0].pop("holder_name")
    assert record == f"{GIVEN} {FAMILY}".casefold()
    without = text.replace(record, "")
    assert [word for word in WORDS if word.casefold() in without] == []
