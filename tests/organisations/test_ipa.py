"""IndicePA's file brought in: created, updated, merged, closed; twice is once; all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.audit import AuditEvent
from lms.extensions import db
from lms.organisations import actions_life, queries
from lms.organisations.ipa import import_rows
from lms.organisations.ipa_file import read
from lms.organisations.ledger import Changes
from lms.organisations.models import Organisation, OrganisationKind, OrganisationStatus
from tests import factories
from tests.foundation.asking import digest
from tests.organisations.ipa_files import Body, body, csv_file, fiscal_code, town, union

FORLI = town(1, "Comune di Forlì", "D704", "040012")


def bring(*bodies: Body, **options: bool) -> Changes:
    changes = import_rows(read(csv_file(bodies)), **options)
    db.session.commit()
    return changes


def test_bodies_are_created_and_found_by_every_key(app: Flask) -> None:
    changes = bring(FORLI, union(2, "Unione Prova", "D704", Acronimo="UPR"))
    assert changes.created == ["Comune di Forlì", "Unione Prova"]
    for text in ("forli", "D704", "040012", "prova_1", fiscal_code(1)):
        assert queries.candidates(text)[0].name == "Comune di Forlì", text
    assert [each.name for each in queries.candidates("upr")] == ["Unione Prova"]
    assert queries.candidates("upr")[0].kind is OrganisationKind.UNION


def test_the_second_time_nothing_changes(app: Flask) -> None:
    bring(FORLI, union(2, "Unione Prova", "D704"))
    before = digest()
    assert not bring(FORLI, union(2, "Unione Prova", "D704")).anything
    assert digest() == before


def test_a_municipality_is_joined_by_its_cadastral_code(app: Flask) -> None:
    known = factories.organisation(
        "Comune di Forli'", cadastral_code="D704", province_code="FC", region="Emilia-Romagna"
    )
    changes = bring(FORLI, union(2, "Unione Prova", "D704"))
    assert (changes.created, changes.updated) == (["Unione Prova"], ["Comune di Forli'"])
    db.session.expire_all()
    assert (known.ipa_code, known.fiscal_code, known.istat_code) == (
        "PROVA_1", fiscal_code(1), "040012",
    )  # fmt: skip
    # The seat tells where the union is; the code of its seat is not its own.
    found = queries.named("Unione Prova")[0]
    assert (found.province_code, found.region) == ("FC", "Emilia-Romagna")
    assert found.cadastral_code is None


def test_a_new_name_keeps_the_old_one_findable(app: Flask) -> None:
    bring(body(1, "Consorzio Vecchio"))
    changes = bring(body(1, "Consorzio Nuovo"))
    assert changes.renamed == ["Consorzio Vecchio → Consorzio Nuovo"]
    assert [each.name for each in queries.named("consorzio vecchio")] == ["Consorzio Nuovo"]
    assert not bring(body(1, "CONSORZIO  NUOVO")).anything  # capitals are no change


def test_rows_of_ours_that_are_one_body_are_merged_and_people_move(app: Flask) -> None:
    by_code = factories.organisation("Comune di Forlì", cadastral_code="D704")
    twin = factories.organisation("Municipio di Forlì", fiscal_code=fiscal_code(1))
    person = factories.person(organisation=twin)
    changes = bring(FORLI)
    assert changes.merged == ["Municipio di Forlì → Comune di Forlì"]
    db.session.expire_all()
    assert person.organisation_id == by_code.id
    assert (twin.status, twin.successor_id) == (OrganisationStatus.MERGED, by_code.id)
    assert by_code.fiscal_code == fiscal_code(1)
    assert queries.named("municipio di forli") == [by_code]
    assert not bring(FORLI).anything


def test_a_hand_made_body_is_recognised_by_its_name(app: Flask) -> None:
    factories.organisation("Unione Prova", kind=OrganisationKind.UNION)
    proposed = factories.organisation(
        "Parco di Prova", kind=OrganisationKind.OTHER, status=OrganisationStatus.PROPOSED
    )
    changes = bring(union(2, "UNIONE PROVA", "D704"), body(3, "Parco di prova"))
    assert changes.created == []
    db.session.expire_all()
    assert proposed.status is OrganisationStatus.CONFIRMED


def test_what_somebody_only_proposed_is_shown_to_nobody(app: Flask) -> None:
    """A typed name may say something of its author: it becomes no name of the body."""
    actions_life.propose("La mia coop", OrganisationKind.OTHER, fiscal_code=fiscal_code(1))
    twin = actions_life.propose("Segreto", OrganisationKind.OTHER, fiscal_code=fiscal_code(2))
    person = factories.person(organisation=twin)
    factories.organisation("Ente due", ipa_code="PROVA_2", kind=OrganisationKind.OTHER)
    changes = bring(body(1, "Ente uno"), body(2, "Ente due"))
    assert changes.merged == ["Segreto → Ente due"]
    assert queries.candidates("coop") == queries.candidates("segreto") == []
    db.session.expire_all()
    assert person.organisation == queries.named("Ente due")[0]


@pytest.mark.parametrize(
    ("name", "form", "category", "kind"),
    [
        ("Comune di Prova", "2430", "L6", "municipality"),
        ("Roma Capitale", "2430", "L6", "municipality"),
        ("Comune di Prova e altri: consorzio", "2470", "L6", "other"),
        ("Comune di Prova", "", "L6", "municipality"),
        ("Comune Servizi S.p.A.", "", "L37", "other"),
        ("Valle Alta", "", "L18", "union"),
        ("Unione regionale delle Camere di commercio", "", "L35", "other"),
        ("Citta' Metropolitana di Prova", "", "L45", "metropolitan_city"),
        ("Provincia di Prova", "", "L5", "province"),
        ("Provincia autonoma di Prova", "", "L4", "province"),
        ("Regione Prova", "", "L4", "region"),
        ("Fondazione Teatro", "", "L16", "other"),
        ("Ambito territoriale 1", "", "L36", "ambit"),
    ],
)
def test_kinds(app: Flask, name: str, form: str, category: str, kind: str) -> None:
    bring(body(1, name, Codice_natura=form, Codice_Categoria=category), dry_run=False)
    assert db.session.scalars(select(Organisation.kind)).one() == kind


def test_what_disappeared_is_closed_only_when_asked_and_opened_again(app: Flask) -> None:
    bring(FORLI, body(2, "Ente che finisce"))
    own = factories.organisation("Associazione nostra", kind=OrganisationKind.THIRD_SECTOR)
    assert not bring(FORLI).anything
    assert bring(FORLI, close_missing=True).closed == ["Ente che finisce"]
    assert not bring(FORLI, close_missing=True).anything
    assert queries.candidates("ente che finisce") == []
    db.session.expire_all()
    assert own.status is OrganisationStatus.CONFIRMED  # never in IndicePA
    assert bring(FORLI, body(2, "Ente che finisce")).reopened == ["Ente che finisce"]


def test_a_code_that_is_anothers_is_left_out_and_told(app: Flask) -> None:
    changes = bring(
        body(1, "Ente uno"), {**body(2, "Ente due"), "Codice_fiscale_ente": fiscal_code(1)}
    )
    assert len(changes.created) == 2
    assert any("Ente due: fiscal_code" in note for note in changes.notes)


def test_codes_may_change_hands(app: Flask) -> None:
    bring(body(1, "Ente uno"), body(2, "Ente due"))
    swapped = [
        {**body(1, "Ente uno"), "Codice_fiscale_ente": ""},
        {**body(2, "Ente due"), "Codice_IPA": "prova_nuovo"},
    ]
    assert bring(*swapped).updated == ["Ente due"]
    assert not bring(*swapped).anything


def test_a_dry_run_tells_the_same_and_writes_nothing(app: Flask) -> None:
    bring(body(1, "Ente uno"))
    before = digest()
    told = bring(body(1, "Ente primo"), FORLI | {"Codice_IPA": "c_d704"}, dry_run=True)
    assert digest() == before
    done = bring(body(1, "Ente primo"), FORLI | {"Codice_IPA": "c_d704"})
    assert told == done


def test_changes_are_audited_once(app: Flask) -> None:
    bring(FORLI)
    bring(FORLI)
    rows = db.session.scalars(select(AuditEvent)).all()
    assert [(row.action, row.detail["created"]) for row in rows] == [("organisations.imported", 1)]


NAMES = st.sampled_from(["Comune di Prova", "Ente uno", "Ente Uno", "Parco", "Unione di Parco"])
ROWS = st.lists(
    st.builds(
        lambda number, name, fiscal, form, seat: body(
            number, name, Codice_fiscale_ente=fiscal_code(fiscal) if fiscal else "",
            Codice_natura=form, Codice_catastale_comune=seat,
        ),
        st.integers(1, 6), NAMES, st.integers(0, 3), st.sampled_from(["", "2430", "2450"]),
        st.sampled_from(["", "D704", "H501"]),
    ),
    min_size=1, max_size=5, unique_by=lambda row: row["Codice_IPA"],
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=ROWS, second=ROWS)
def test_whatever_came_before_twice_is_once(
    app: Flask, first: list[Body], second: list[Body]
) -> None:
    bring(*first)
    bring(*second, close_missing=True)
    again = bring(*second, close_missing=True)
    assert not again.anything


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> object:
    def call(data: bytes, *options: str) -> Result:
        path = tmp_path / "enti.csv"
        path.write_bytes(data)
        return app.test_cli_runner().invoke(
            args=["organisations", "import-ipa", str(path), *options]
        )

    return call


def test_the_command(app: Flask, run: object) -> None:
    from lms.cli.organisations import organisations

    app.cli.add_command(organisations)
    call = run
    assert callable(call)
    dry = call(csv_file([FORLI]), "--dry-run", "--json")
    assert json.loads(dry.stdout)["created"] == ["Comune di Forlì"]
    assert db.session.scalars(select(Organisation)).all() == []
    told = call(csv_file([FORLI])).stdout
    assert "Bodies in the file: 1" in told
    assert "Added: 1" in told
    assert "Nothing to change." in call(csv_file([FORLI])).stdout
    refused = call(csv_file([{**FORLI, "Codice_IPA": ""}, body(9, "Ente nuovo")]))
    assert refused.exit_code == 2
    assert "enti.csv: row 2, column Codice_IPA: empty" in refused.stderr
    assert queries.named("Ente nuovo") == []
