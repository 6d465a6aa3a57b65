"""A table of no platform: explained on a page, read, remembered, read again, forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from lms.attendance.models import ReportEntry, ReportFile
from lms.attendance.models_columns import SavedColumns
from lms.attendance.readers import ColumnMapping, UnreadableReport, read_report
from lms.attendance.readers.mapping import guessed, heading_rows, likeliest, under
from lms.attendance.readers.table import parse_table
from lms.audit import AuditEvent
from lms.extensions import db
from tests import factories
from tests.attendance.reading import ROME, codes, minutes, notice, people, spans
from tests.attendance.scene import Scene, answer, hidden, upload
from tests.client import PercorsoClient
from tests.workbooks import xlsx

TABLE = """Foglio firme;;;;
Persona;Casella;Giorno;Dalle;Alle;Note
Rossi Ada;;12/05/2026;9:50;11:30;
Bianchi Bruno;bruno@example.org;12/05/2026;10:15;12:30;in ritardo
Verdi Carla;;12/05/2026;;;assente
Totale;;;;;3
"""
COLUMNS = {"column_0": "name", "column_1": "email", "column_2": "day", "column_3": "joined",
           "column_4": "left", "column_5": ""}  # fmt: skip


@pytest.fixture
def scene(client: PercorsoClient) -> Scene:
    made = Scene("Ada Rossi", "Carla Verdi")
    made.people.insert(1, made.enrol("Bruno Bianchi", email="bruno@example.org"))
    db.session.commit()
    client.sign_in(made.trainer)
    return made


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def explain(client: PercorsoClient, staged: str, **fields: str):
    return client.post(f"{staged}/colonne", {"row": "2", "remember": "y", **COLUMNS, **fields})


def test_from_the_file_to_the_register_and_the_next_file_at_once(
    client: PercorsoClient, scene: Scene
) -> None:
    staged = upload(client, scene, TABLE.encode(), name="firme.csv")
    assert staged.status_code == 303
    asked = client.get(staged.location)
    assert asked.location.endswith("/colonne")
    page = client.get(asked.location)
    for told in ("Persona", "Rossi Ada", "bruno@example.org", "9:50", "Riga 2"):
        assert told in page.text, told
    assert explain(client, staged.location).location.endswith(staged.location)
    assert answer(client, staged.location, date_order="dmy").status_code == 303
    preview = client.get(staged.location)
    assert "10:00:00–11:30:00" in preview.text
    assert "Cambia le colonne" in preview.text
    confirmed = {"fingerprint": hidden(preview, "fingerprint")}
    assert client.post(f"{staged.location}/conferma", confirmed).status_code == 303
    ada, bruno, carla = scene.people
    assert scene.record(ada) == ("present", 90, "report")
    assert scene.record(bruno) == ("present", 105, "report")
    assert scene.record(carla) is None
    again = upload(client, scene, TABLE.replace("9:50", "9:40").encode(), name="altre.csv")
    assert "/colonne" not in str(client.get(again.location).location)
    assert "fuso" in client.get(again.location).text, "only what the file leaves open is asked"


def test_the_copy_with_the_file_decides_whatever_is_forgotten(
    client: PercorsoClient, scene: Scene
) -> None:
    staged = upload(client, scene, TABLE.encode()).location
    explain(client, staged)
    saved = db.session.scalars(select(SavedColumns)).one()
    assert saved.track_id == scene.cycle.track_id
    assert saved.mapping["columns"]["joined"] == 3
    listed = client.get(f"{scene.url}/report/colonne")
    assert "zoom.csv" in listed.text
    assert "Dalle" in listed.text
    assert "Nessuna tabella con questo nome" in client.get(f"{scene.url}/report/colonne?q=x").text
    address = f"{scene.url}/report/colonne/{saved.id}/elimina"
    assert count(SavedColumns) == 1
    assert client.post(address).status_code == 303
    assert count(SavedColumns) == 0
    actions = list(db.session.scalars(select(AuditEvent.action)))
    assert {"columns.saved", "columns.forgotten"} <= set(actions)
    assert answer(client, staged, date_order="dmy").status_code == 303
    assert "11:30:00" in client.get(staged).text
    again = upload(client, scene, TABLE.replace("9:50", "9:40").encode()).location
    assert client.get(again).location.endswith("/colonne")


def test_what_makes_no_sense_is_said_and_what_was_chosen_stays(
    client: PercorsoClient, scene: Scene
) -> None:
    staged = upload(client, scene, TABLE.encode()).location
    for fields, said in (
        ({"column_5": "name"}, "Due colonne"),
        ({"column_0": "", "column_1": ""}, "in quale colonna"),
        ({"column_3": ""}, "in cui le persone entrano"),
        ({"column_3": "", "column_2": "joined", "column_4": ""}, "non è una data"),
    ):
        refused = explain(client, staged, **fields)
        assert refused.status_code == 422
        assert said in refused.text, said
    assert '<option selected value="joined">' in refused.text
    assert count(SavedColumns) == 0
    assert client.get(staged).location.endswith("/colonne")
    assert client.post(f"{staged}/conferma", {"fingerprint": ""}).status_code == 422
    assert count(ReportEntry) == 0


def test_another_row_may_hold_the_headings_or_none(client: PercorsoClient, scene: Scene) -> None:
    bare = "Rossi Ada;10:00;11:00\nBianchi Bruno;10:00;11:30\n"
    staged = upload(client, scene, bare.encode()).location
    page = client.get(f"{staged}/colonne?row=0")
    assert "Colonna 1" in page.text
    assert "Ricorda" not in page.text
    said = {"row": "0", "column_0": "name", "column_1": "joined", "column_2": "left"}
    assert client.post(f"{staged}/colonne", said).status_code == 303
    assert count(SavedColumns) == 0
    assert "In che giorno" in client.get(staged).text or "giorno" in client.get(staged).text


def test_another_track_knows_nothing_of_it(client: PercorsoClient, scene: Scene) -> None:
    explain(client, upload(client, scene, TABLE.encode()).location)
    saved = db.session.scalars(select(SavedColumns)).one()
    other = Scene()
    client.sign_in(other.trainer)
    staged = upload(client, other, TABLE.encode()).location
    assert client.get(staged).location.endswith("/colonne")
    assert client.get(f"{other.url}/report/colonne/{saved.id}/elimina").status_code == 404
    client.sign_in(factories.trainer(other.cycle))
    assert client.get(f"{scene.url}/report/colonne").status_code == 403


def test_a_file_without_a_table_is_refused_as_before(client: PercorsoClient, scene: Scene) -> None:
    for content in (b"una riga sola\n", b"a;b\n", b"%PDF-1.7"):
        assert upload(client, scene, content).status_code == 422
    assert count(ReportFile) == 0


def mapped(text: str | bytes, *columns: tuple[str, int], headings: int = 0, **known):
    data = text if isinstance(text, bytes) else text.encode()
    rows = text.splitlines() if isinstance(text, str) else []
    names = tuple(rows[headings].split(";")) if rows else known.pop("named")
    known.setdefault("zone", ROME)
    return read_report(data, "t.csv", columns=ColumnMapping(names, columns), **known)  # type: ignore[arg-type]


def test_minutes_alone_and_in_every_writing() -> None:
    report = mapped(
        "Chi;Min\nAda;90\nBea;90,5\nCarla;1:30\nDina;1 h 30 min\nElsa;01:30:00\nFede;0\nGina;\n",
        ("name", 0), ("minutes", 1),
    )  # fmt: skip
    found = people(report)
    assert {name: found[name].stated_minutes for name in found} == dict.fromkeys(
        ["Ada", "Bea", "Carla", "Dina", "Elsa"], 90
    )
    assert minutes(report)["Ada"] is None
    assert report.not_attended == ("Fede", "Gina")
    assert codes(report) == ["totals_only"]


def test_times_past_midnight_an_end_from_minutes_and_hours_without_a_day() -> None:
    text = "Chi;Da;A;Min\nAda;23:30;0:30;60\nBea;22:00;;45\n"
    columns = (("name", 0), ("joined", 1), ("left", 2), ("minutes", 3))
    asked = mapped(text, *columns)
    assert [question.kind for question in asked.questions] == ["date"]
    lines = [
        f"{day};{line}"
        for day, line in zip(["Giorno", "3/6/26", "3/6/26"], text.split("\n"), strict=False)
    ]
    moved = [(role, at + 1) for role, at in columns]
    dated = mapped("\n".join(lines), ("day", 0), *moved, date_order="dmy")
    assert minutes(dated) == {"Ada": 60, "Bea": 45}
    assert spans(people(dated)["Ada"]) == ["23:30:00-00:30:00"]
    assert notice(dated, "leave_from_duration") == {"rows": (3,)}


def test_tax_codes_tell_people_of_one_name_apart() -> None:
    text = "CF;Chi;Min\nRSSDAA80A41H501W;Ada Rossi;60\nRSSDAA90A41H501X;Ada Rossi;30\n"
    report = mapped(text, ("tax_code", 0), ("name", 1), ("minutes", 2))
    assert [(p.tax_code, p.stated_minutes) for p in report.meetings[0].people] == [
        ("RSSDAA80A41H501W", 60), ("RSSDAA90A41H501X", 30)
    ]  # fmt: skip


def test_a_workbook_and_other_headings() -> None:
    book = xlsx({"x": [["Chi", "Min"], ["Ada", 90]]})
    assert people(mapped(book, ("name", 0), ("minutes", 1), named=("Chi", "Min")))
    with pytest.raises(UnreadableReport, match="no report"):
        mapped(book, ("name", 0), named=("Altro", "Min"))


def test_what_columns_seem_to_be() -> None:
    table = parse_table(TABLE, "t.csv")
    head = likeliest(heading_rows(table))
    assert head is not None
    assert head.line == 2
    found = dict(guessed(head, under(table, head.cells)).columns)
    assert found == {"name": 0, "email": 1, "day": 2, "joined": 3, "left": 4}


def test_a_column_without_a_heading() -> None:
    text = "Nome;Da\nAda Verdi;13/05/2026 10:00;13/05/2026 11:00\n"
    report = mapped(text, ("name", 0), ("joined", 1), ("left", 2))
    assert minutes(report) == {"Ada Verdi": 60}
