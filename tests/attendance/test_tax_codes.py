"""People of a report known by their tax code: an exact key, outweighed by the address alone."""

from __future__ import annotations

import pytest

from lms.accounts.tax_codes import set_tax_code
from lms.attendance.matching import Ambiguous, Candidate, Certain, Person, match, match_all
from lms.attendance.models import MatchMethod, ReportEntry
from lms.extensions import db
from tests.accounts.codes import code_of
from tests.attendance.scene import Scene, hidden, upload
from tests.client import PercorsoClient

ADA, BEA = code_of("RSSDAA"), code_of("VRDBEA")
ROSTER = [
    Candidate(1, "Ada", "Rossi", ("ada@example.org",), tax_codes=(ADA,)),
    Candidate(2, "Bea", "Verdi", tax_codes=(BEA,)),
    Candidate(3, "Ada", "Neri", ("neri@example.org",)),
]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person("qualcuno", tax_code=BEA), Certain(2, "tax_code")),
        (Person("Ada Neri", tax_code=BEA), Certain(2, "tax_code")),
        (Person("Ada", "ada@example.org", tax_code=ADA), Certain(1, "email")),
        (Person("Ada", "neri@example.org", tax_code=ADA), Ambiguous((3, 1))),
        (Person("Ada Neri", tax_code=code_of("XXXYYY")), Certain(3, "name")),
    ],
)
def test_the_order_of_keys(person: Person, expected: object) -> None:
    assert match(person, ROSTER) == expected


def test_of_two_claims_the_exact_key_stays() -> None:
    named, coded = match_all([Person("Bea Verdi"), Person("x", tax_code=BEA)], ROSTER)
    assert (named, coded) == (Ambiguous((2,)), Certain(2, "tax_code"))
    twice = match_all([Person("x", tax_code=BEA), Person("y", tax_code=BEA)], ROSTER)
    assert set(twice) == {Ambiguous((2,))}
    address, code = match_all([Person("x", "ada@example.org"), Person("y", tax_code=ADA)], ROSTER)
    assert (address, code) == (Certain(1, "email"), Ambiguous((1,)))


def test_a_code_on_somebodys_word_decides_and_one_only_declared_does_not(
    client: PercorsoClient,
) -> None:
    scene = Scene("Ada Rossi", "Ada Rossi", "Bea Verdi")
    first, second, bea = scene.people
    set_tax_code(first.person, ADA, by=scene.trainer.id)
    set_tax_code(bea.person, BEA, by=bea.person_id)
    db.session.commit()
    client.sign_in(scene.trainer)
    table = f"Codice;Chi;Da;A\n{ADA};Rossi A.;12/05/2026 10:00;12/05/2026 11:00\n" + (
        f"{BEA};ospite;12/05/2026 10:00;12/05/2026 11:00\n"
    )
    staged = upload(client, scene, table.encode(), name="ore.csv").location
    columns = {"column_0": "tax_code", "column_1": "name", "column_2": "joined", "column_3": "left"}
    assert client.post(f"{staged}/colonne", {"row": "1", **columns}).status_code == 303
    answers = {"zone": "Europe/Rome", "other_zone": "", "date_order": "dmy"}
    assert client.post(f"{staged}/risposte", answers).status_code == 303
    preview = client.get(staged)
    assert "per codice fiscale" in preview.text
    assert ADA not in preview.text
    confirmed = {"fingerprint": hidden(preview, "fingerprint")}
    assert client.post(f"{staged}/conferma", confirmed).status_code == 303
    assert scene.record(first) == ("present", 60, "report")
    assert scene.record(second) is None
    assert scene.record(bea) is None
    methods = {entry.name: entry.match for entry in db.session.query(ReportEntry)}
    assert methods == {"Rossi A.": MatchMethod.TAX_CODE, "ospite": None}
