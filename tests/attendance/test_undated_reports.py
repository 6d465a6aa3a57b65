"""A report that has hours only: its day is asked on the page, answered, shown and changeable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.attendance.scene import Scene, answer, hidden, upload
from tests.client import PercorsoClient

SHEET = b"""Nome,Cognome,Email,Durata,Ora di ingresso,Ora di uscita
Ada,Finti,,1 h,10:00,11:00
"""


def staged(client: PercorsoClient, scene: Scene, name: str = "presenze.csv") -> str:
    client.sign_in(scene.trainer)
    return str(upload(client, scene, SHEET, name=name).location)


def scene() -> Scene:
    start = datetime(2026, 4, 14, 8, tzinfo=UTC)  # 10:00 in Rome
    return Scene(lesson={"starts_at": start, "ends_at": start + timedelta(hours=2)})


def test_the_day_is_asked_and_none_is_chosen_beforehand(client: PercorsoClient) -> None:
    here = scene()
    address = staged(client, here, "2026-04-13 10-00 Bilancio.csv")
    page = client.get(address)
    assert "in che giorno è stata la riunione" in page.text
    assert "13 aprile 2026" in page.text
    assert "14 aprile 2026, il giorno di questo incontro" in page.text
    assert 'name="day" value="2026-04-14" checked' not in page.text
    refused = answer(client, address)
    assert refused.status_code == 422
    assert "Indica in che giorno è stata la riunione." in refused.text


def test_the_day_of_the_lesson(client: PercorsoClient) -> None:
    here = scene()
    ada = here.enrol("Ada Finti")
    address = staged(client, here)
    assert answer(client, address, day="2026-04-14").status_code == 303
    preview = client.get(address)
    assert "orari del" in preview.text
    client.post(f"{address}/conferma", {"fingerprint": hidden(preview, "fingerprint")})
    assert here.record(ada) == ("present", 60, "report")


def test_another_day_needs_its_date_and_can_be_changed(client: PercorsoClient) -> None:
    here = scene()
    address = staged(client, here)
    refused = answer(client, address, day="other")
    assert refused.status_code == 422
    assert "Indica l’altro giorno." in refused.text
    assert answer(client, address, day="other", other_day="99/99").status_code == 422
    assert answer(client, address, day="other", other_day="2026-04-21").status_code == 303
    again = client.get(f"{address}?change=1")
    assert 'value="2026-04-21"' in again.text
    assert answer(client, address, day="2026-04-14").status_code == 303
    assert "14 aprile 2026" in client.get(address).text
