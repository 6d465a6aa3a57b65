"""The organisers' pages about organisations."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lms.extensions import db
from lms.organisations import queries
from lms.organisations.models import Organisation, OrganisationKind
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT, assert_harmless

FORM = {"name": "Comune di Forlì", "kind": "municipality", "province_code": "fc",
        "region": "Emilia-Romagna", "ipa_code": "c_d704", "fiscal_code": "00606620409",
        "istat_code": "040012", "cadastral_code": "d704"}  # fmt: skip


@pytest.fixture
def office(client: PercorsoClient) -> PercorsoClient:
    return client.sign_in(factories.organiser())


def test_adding_finding_and_editing(office: PercorsoClient) -> None:
    response = office.post("/enti/nuovo", FORM)
    row = db.session.scalars(select(Organisation)).one()
    assert response.location == f"/enti/{row.id}"
    assert (row.province_code, row.ipa_code, row.kind) == ("FC", "C_D704", "municipality")
    for text in ("forli", "FORLÌ comune", "D704", "00606620409", "c_d704"):
        assert "Comune di Forlì" in office.get("/enti", query_string={"q": text}).text
    assert "Nessun ente" in office.get("/enti?q=cesena").text
    page = office.get(f"/enti/{row.id}/modifica").text
    assert 'value="Comune di Forlì"' in page
    changed = {**FORM, "name": "Comune di Forlì-Cesena", "ipa_code": ""}
    assert office.post(f"/enti/{row.id}/modifica", changed).status_code == 303
    db.session.expire_all()
    assert row.ipa_code is None
    assert row.search_key == "comune di forli cesena"


def test_a_former_name_is_kept_unless_it_was_a_slip(office: PercorsoClient) -> None:
    row = factories.organisation("Comune di Prova")
    path = f"/enti/{row.id}/modifica"
    office.post(path, {"name": "Comune di Prva", "kind": "municipality", "keep_name": "y"})
    office.post(path, {"name": "Comune di Prova Nuova", "kind": "municipality"})
    assert [each.name for each in queries.named("comune di prova")] == ["Comune di Prova Nuova"]
    assert queries.named("comune di prva") == []
    page = office.get("/enti?q=comune+di+prova").text
    assert "Comune di Prova Nuova" in page
    assert "Nome precedente" in office.get(f"/enti/{row.id}").text


def test_filters(office: PercorsoClient) -> None:
    factories.organisation("Comune di Uno", region="Umbria")
    factories.organisation("Unione Due", kind=OrganisationKind.UNION, region="Lazio")
    for query, shown in (
        ("kind=union", {"Unione Due"}), ("region=Umbria", {"Comune di Uno"}),
        ("status=closed", set()), ("kind=pirati&region=Atlantide", {"Comune di Uno", "Unione Due"}),
        ("q=due&kind=union&status=confirmed", {"Unione Due"}),
    ):  # fmt: skip
        page = office.get(f"/enti?{query}").text
        assert {name for name in ("Comune di Uno", "Unione Due") if name in page} == shown, query


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": " \u202e "}, "Scrivi il nome"),
        ({"name": "x" * 201}, "200"),
        ({"kind": "pirates"}, "valid"),
        ({"istat_code": "1"}, "non è scritto come dovrebbe"),
        ({"fiscal_code": "00606620408"}, "non è scritto come dovrebbe"),
        ({"cadastral_code": "D704\0"}, ""),
        ({"kind": "third_sector"}, "non ha codice IPA"),
        ({"ipa_code": "C_ALTRO"}, "è già di Comune già presente"),
    ],
)
def test_what_is_refused_is_kept_in_the_form(
    office: PercorsoClient, fields: dict[str, str], complaint: str
) -> None:
    factories.organisation("Comune già presente", ipa_code="C_ALTRO")
    response = office.post("/enti/nuovo", {**FORM, **fields})
    if not complaint:  # a NUL is as if it were not there
        assert response.status_code == 303
        return
    assert response.status_code in {409, 422}
    assert complaint in response.text
    assert 'value="Emilia-Romagna"' in response.text
    assert db.session.scalar(select(func.count(Organisation.id))) == 1


def test_a_refused_edit_changes_nothing(office: PercorsoClient) -> None:
    factories.organisation("Altro", ipa_code="C_ALTRO")
    row = factories.organisation("Comune di Prova", ipa_code="C_PROVA")
    response = office.post(f"/enti/{row.id}/modifica", {**FORM, "ipa_code": "C_ALTRO"})
    assert response.status_code == 409
    db.session.expire_all()
    assert (row.name, row.ipa_code) == ("Comune di Prova", "C_PROVA")


def test_names_are_text(office: PercorsoClient) -> None:
    row = factories.organisation(POLYGLOT, region=POLYGLOT[:120])
    for path in ("/enti", f"/enti/{row.id}/modifica"):
        assert_harmless(office.get(path).text)
    assert_harmless(office.post("/enti/nuovo", {**FORM, "name": POLYGLOT, "kind": "x"}).text)


def test_the_list_costs_the_same_for_many(office: PercorsoClient) -> None:
    with statements() as few:
        office.get("/enti")
    for _each in range(40):
        factories.organisation()
    with statements() as many:
        page = office.get("/enti").text
    assert len(many) == len(few) <= 8
    assert "1–25 di 40" in page


def test_namesakes_and_candidates(app: object) -> None:
    rows = [factories.organisation("Comune di Samone", province_code=p) for p in ("TO", "TN")]
    factories.organisation("Unione di Samone e Altri", kind=OrganisationKind.UNION)
    assert queries.named("comune di SAMONE") == rows
    assert len(queries.candidates("samone")) == 3
    assert queries.named("--") == queries.candidates("--") == []
    assert queries.by_names({"Comune di Samone", "Nessuno", ""}) == {
        "comune di samone": rows, "nessuno": [],
    }  # fmt: skip
