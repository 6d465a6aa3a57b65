"""All Italian municipalities, provinces and regions out of the box: loaded once for this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select, text

from lms import create_app
from lms.extensions import db
from lms.organisations import dataset, known, queries
from lms.organisations.ipa import import_rows
from lms.organisations.ipa_file import read
from lms.organisations.ledger import Changes
from lms.organisations.models import Organisation, OrganisationStatus
from lms.organisations.suggestions import suggest
from tests import factories
from tests.conftest import make_settings
from tests.counting import statements
from tests.foundation.asking import digest
from tests.organisations.ipa_files import csv_file, town, union
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def loaded(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Changes]]:
    url = None
    if database == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database("known")
    app = create_app(make_settings(tmp_path_factory.mktemp("known"), url))
    with app.app_context():
        flask_migrate.upgrade()
        # A body made by hand before: recognised by its name, completed, not made again.
        factories.organisation("COMUNE DI FORLI", province_code="FC")
        changes = known.load()
        db.session.commit()
        yield app, changes
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


def body(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def test_everything_is_there(loaded: tuple[Flask, Changes]) -> None:
    living = select(Organisation.kind).where(Organisation.status == OrganisationStatus.CONFIRMED)
    # 7,894 municipalities since 21 February 2026; 20 regions; no province in Friuli or Aosta.
    assert Counter(db.session.scalars(living)) == {
        "municipality": 7894, "province": 90, "metropolitan_city": 15, "region": 20,
    }  # fmt: skip
    with_codes = select(Organisation).where(
        Organisation.kind == "municipality",
        (Organisation.istat_code.is_(None)) | (Organisation.cadastral_code.is_(None)),
    )
    assert db.session.scalars(with_codes).all() == []


def test_a_body_made_by_hand_is_completed(loaded: tuple[Flask, Changes]) -> None:
    row = body("COMUNE DI FORLI")
    assert (row.cadastral_code, row.region) == ("D704", "Emilia-Romagna")
    assert loaded[1].updated == ["COMUNE DI FORLI"]


def test_mergers_of_2026(loaded: tuple[Flask, Changes]) -> None:
    new = body("Comune di Castegnero Nanto")
    assert (new.istat_code, new.cadastral_code, new.region) == ("024129", "M439", "Veneto")
    for name, successor in (("Castegnero", new), ("Nanto", new), ("Lirio", None)):
        old = body(f"Comune di {name}")
        successor = successor or body("Comune di Montalto Pavese")
        assert old.status is OrganisationStatus.MERGED
        assert old.successor_id == successor.id
        assert queries.named(f"comune di {name}") == [successor]
        assert old not in queries.candidates(name)
    items = suggest("lirio")["items"]
    assert [item["label"] for item in items] == ["Comune di Montalto Pavese (PV)"]
    assert "«Comune di Lirio»" in items[0]["detail"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("roma", "Comune di Roma"),
        ("torino prov", None),
        ("h501", "Comune di Roma"),
        ("san giov", "Comune di San Giovanni a Piro"),
        ("bozen", "Comune di Bolzano/Bozen"),
        ("comune di bolzano", "Comune di Bolzano/Bozen"),
        ("murisengo", "Comune di Murisengo Monferrato"),
        ("tripi", "Comune di Tripi - Abakainon"),
        ("ionadi", "Comune di Jonadi"),
        ("reggio emil", "Comune di Reggio nell'Emilia"),
        ("sud sardegna", None),
        ("prov gallura", "Provincia della Gallura Nord-Est Sardegna"),
    ],
)
def test_what_is_found(loaded: tuple[Flask, Changes], text: str, first: str | None) -> None:
    found = [each.name for each in queries.candidates(text)]
    if first is None:
        assert found == []
    else:
        assert found[0] == first


def test_sardinia_after_its_reform(loaded: tuple[Flask, Changes]) -> None:
    codes = {
        row.cadastral_code: row.istat_code
        for row in db.session.scalars(
            select(Organisation).where(
                Organisation.region == "Sardegna", Organisation.kind == "municipality"
            )
        )
    }
    assert len(codes) == len(set(codes.values())) == 377
    per_province = Counter(code[:3] for code in codes.values() if code)
    assert per_province == {
        "112": 66, "113": 26, "114": 53, "115": 87, "116": 23, "117": 28, "118": 70, "119": 24,
    }  # fmt: skip
    assert (body("Comune di Seulo").province_code, body("Comune di Teulada").province_code) == (
        "NU", "CI",
    )  # fmt: skip


def test_the_codes_of_sardinia_are_those_of_the_post_code_list() -> None:
    """A witness in the same package: post codes by ISTAT's codes of 2026, the new ones all used."""
    ours = {each.istat_code for each in dataset.read().bodies if each.kind == "municipality"}
    folder = dataset.find_package() / "database"
    lines = (folder / "garda_cap.csv").read_text(encoding="ascii").splitlines()
    theirs = {line.split(";")[0] for line in lines if line[:6].isdigit()}
    sardinian = {code for code in theirs if "112" <= code[:3] <= "119"}
    assert {code for code in ours if code and "112" <= code[:3] <= "119"} == sardinian


def test_a_second_load_and_imports_between_change_nothing(loaded: tuple[Flask, Changes]) -> None:
    rows = read(
        csv_file(
            [
                town(1, "Roma Capitale", "H501", "058091"),
                town(2, "Comune di Castegnero", "C056", "024027"),  # a file older than the merger
                union(3, "Unione di Prova", "D704"),
            ]
        )
    )
    assert known.ensure() is None
    assert not known.load().anything
    assert import_rows(rows).anything
    db.session.commit()
    before = digest()
    assert not known.load().anything
    assert not import_rows(rows).anything
    db.session.commit()
    assert digest() == before
    assert [each.name for each in queries.named("Comune di Roma")] == ["Roma Capitale"]
    assert body("Comune di Castegnero").status is OrganisationStatus.MERGED
    assert queries.named("Unione di Prova")[0].region == "Emilia-Romagna"


def test_searching_looks_up_an_index(loaded: tuple[Flask, Changes], database: str) -> None:
    for typed in ("comune san giov", "for", "comune"):
        with statements() as sent:
            assert suggest(typed)["items"]
        assert len(sent) == 2
    assert suggest("comune")["more"]
    assert len(suggest("comune")["items"]) == 20
    if database == "sqlite":
        compiled = queries.searched("comune san giov").compile(
            db.engine, compile_kwargs={"literal_binds": True}
        )
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
        told = " ".join(str(row[-1]) for row in plan)
        assert "SCAN organisation_word" not in told
        assert "ix_organisation_word_word" in told
