"""The organisers' pages of tracks and cycles: done, refused, stale, and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue import queries
from lms.catalogue.models import Cycle, CycleStatus, FundingEmblem, Lesson, Track
from lms.extensions import db
from tests import factories
from tests.catalogue.pages import cycle_with, draft_with, fields
from tests.client import PercorsoClient
from tests.counting import statements

TRACK = {"title": "Co-Progetta", "issuer": "Comune di Prova"}


@pytest.fixture
def organiser(app: Flask) -> PercorsoClient:
    return PercorsoClient(app).sign_in(factories.organiser())


def count(kind: type[Any]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(kind)) or 0)


# --- tracks --------------------------------------------------------------------------------------


def test_a_track_is_made_and_changed(organiser: PercorsoClient) -> None:
    form = fields(organiser.get("/gestione/percorsi/nuovo").text)
    first = {"emblem_1_symbol": "eu", "emblem_1_label": "  Unione   europea "}
    made = organiser.post("/gestione/percorsi/nuovo", form | TRACK | first)
    assert (made.status_code, made.location) == (303, "/gestione/percorsi")
    track = db.session.scalars(select(Track)).one()
    assert (track.title, track.fictional) == ("Co-Progetta", False)
    assert [(e.symbol, e.label) for e in queries.emblems(track.id)] == [("eu", "Unione europea")]
    path = f"/gestione/percorsi/{track.slug}/modifica"
    form = fields(organiser.get(path).text)
    assert form["emblem_1_label"] == "Unione europea"
    changed = form | {"title": "Altro", "fictional": "y", "emblem_1_label": ""}
    assert organiser.post(path, changed).status_code == 303
    assert (track.title, track.fictional, track.slug) == ("Altro", True, "co-progetta")
    assert count(FundingEmblem) == 0


def test_a_track_without_title_is_asked_for_it(organiser: PercorsoClient) -> None:
    typed = {"title": " \t ", "issuer": "x" * 201, "summary": "Quello che ho scritto"}
    answer = organiser.post("/gestione/percorsi/nuovo", typed)
    assert answer.status_code == 422
    assert "Scrivi il titolo." in answer.text
    assert "Quello che ho scritto" in answer.text, "what was typed is kept"
    assert count(Track) == 0
    odd = organiser.post("/gestione/percorsi/nuovo", TRACK | {"emblem_1_symbol": "javascript:"})
    assert odd.status_code == 422


def test_a_stale_track_shows_both(organiser: PercorsoClient) -> None:
    track = factories.track(title="Prima")
    path = f"/gestione/percorsi/{track.slug}/modifica"
    mine = fields(organiser.get(path).text) | {"title": "Il mio titolo"}
    theirs = fields(organiser.get(path).text) | {"title": "Il loro titolo", "project_code": "CUP9"}
    assert organiser.post(path, theirs).status_code == 303
    answer = organiser.post(path, mine)
    assert answer.status_code == 409
    shown = answer.text
    assert all(words in shown for words in ("Il mio titolo", "Il loro titolo", "CUP9"))
    assert (track.title, track.project_code) == ("Il loro titolo", "CUP9")
    form = fields(shown)
    assert form["title"] == "Il mio titolo", "what was typed stays in the form"
    assert organiser.post(path, form).status_code == 303, "saving again is a decision"
    assert track.title == "Il mio titolo"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30, "²"])
def test_a_nonsense_version_saves_nothing(organiser: PercorsoClient, version: str) -> None:
    track = factories.track(title="Prima")
    path = f"/gestione/percorsi/{track.slug}/modifica"
    answer = organiser.post(path, TRACK | {"version": version})
    assert (answer.status_code, track.title) == (409, "Prima")


def test_tracks_are_listed_and_found(organiser: PercorsoClient) -> None:
    assert "Ancora nessun percorso" in organiser.get("/gestione/percorsi").text
    track = factories.track(title="L’Università", project_code="CUP-1")
    for number in range(30):
        factories.track(title=f"Altro {number:02}")
    factories.cycle(track=track)
    for text, found in (("universita", True), ("cup-1", True), ("%", False), ("_", False)):
        page = organiser.get("/gestione/percorsi", query_string={"q": text}).text
        assert ("L’Università</a>" in page) is found, text
    with statements() as sent:
        assert "L’Università</a>" in organiser.get("/gestione/percorsi?page=2").text
    assert len(sent) <= 8


# --- cycles: the form ----------------------------------------------------------------------------


def new_cycle(organiser: PercorsoClient, **typed: str) -> dict[str, Any]:
    track = factories.track()
    form = fields(organiser.get(f"/gestione/cicli/nuovo?track={track.id}").text)
    assert form["track"] == str(track.id)
    return form | {"title": "Primo ciclo", "code": "cp1", "threshold_percent": "80"} | typed


def test_without_tracks_a_cycle_has_nowhere_to_go(organiser: PercorsoClient) -> None:
    assert "crea prima il percorso" in organiser.get("/gestione/cicli/nuovo").text


def test_a_cycle_is_made_and_changed(organiser: PercorsoClient) -> None:
    form = new_cycle(
        organiser, enrolment_opens_at="2026-03-01T09:00", enrolment_closes_at="2026-07-01T09:00",
        places="30", excused_policy="not_due", denominator="since_enrolment",
    )  # fmt: skip
    made = organiser.post("/gestione/cicli/nuovo", form)
    assert (made.status_code, made.location) == (303, "/cicli/primo-ciclo/gestione")
    cycle = db.session.scalars(select(Cycle)).one()
    assert (cycle.code, cycle.places, cycle.status) == ("CP1", 30, CycleStatus.DRAFT)
    assert [each.hour for each in (cycle.enrolment_opens_at, cycle.enrolment_closes_at)] == [8, 7]  # type: ignore[union-attr]
    path = "/cicli/primo-ciclo/modifica"
    form = fields(organiser.get(path).text)
    assert form["enrolment_closes_at"] == "2026-07-01T09:00"
    assert (form["excused_policy"], form["denominator"]) == ("not_due", "since_enrolment")
    changed = form | {"title": "Secondo", "places": "", "enrolment_closes_at": ""}
    assert organiser.post(path, changed).status_code == 303
    assert (cycle.title, cycle.places, cycle.enrolment_closes_at) == ("Secondo", None, None)
    assert cycle.slug == "primo-ciclo"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "Scrivi il titolo."),
        ({"code": "con spazi"}, "lettere, cifre e trattini"),
        ({"code": "<b>"}, "lettere, cifre e trattini"),
        ({"threshold_percent": "0"}, ""),
        ({"threshold_percent": "101"}, ""),
        ({"threshold_percent": "ottanta"}, ""),
        ({"places": "0"}, ""),
        ({"places": "-5"}, ""),
        ({"places": "9" * 40}, ""),
        ({"denominator": "all"}, ""),
        ({"excused_policy": ""}, ""),
        ({"enrolment_mode": "anybody"}, ""),
        ({"track": "999"}, ""),
        ({"track": "x"}, ""),
        ({"enrolment_opens_at": "2026-03-29T02:30"}, "quest’ora non esiste"),
        ({"enrolment_opens_at": "2026-10-25T02:30"}, "quest’ora si ripete"),
        ({"enrolment_opens_at": "0001-01-01T00:00"}, "dal 2000 al 2100"),
        ({"enrolment_opens_at": "domani"}, ""),
        (
            {"enrolment_opens_at": "2026-05-02T10:00", "enrolment_closes_at": "2026-05-02T10:00"},
            "dopo l’apertura",
        ),
    ],
)
def test_a_cycle_that_cannot_be_is_asked_about(
    organiser: PercorsoClient, typed: dict[str, str], words: str
) -> None:
    answer = organiser.post("/gestione/cicli/nuovo", new_cycle(organiser, **typed))
    assert answer.status_code == 422
    assert words in answer.text
    assert "Primo ciclo" in answer.text or not typed.get("title", "x")
    assert count(Cycle) == 0


def test_a_taken_code_is_told_in_the_form(organiser: PercorsoClient) -> None:
    factories.cycle(code="CP1")
    answer = organiser.post("/gestione/cicli/nuovo", new_cycle(organiser))
    assert answer.status_code == 409
    assert "C’è già un altro ciclo con il codice CP1." in answer.text
    assert fields(answer.text)["title"] == "Primo ciclo"


def test_a_stale_cycle_shows_both_in_words(organiser: PercorsoClient) -> None:
    cycle = factories.cycle()
    path = f"/cicli/{cycle.slug}/modifica"
    mine = fields(organiser.get(path).text)
    theirs = mine | {"excused_policy": "not_due", "places": "12"}
    assert organiser.post(path, theirs).status_code == 303
    answer = organiser.post(path, mine | {"summary": "Il mio testo"})
    assert answer.status_code == 409
    for words in ("Le sue ore si tolgono", "Conta come assenza", "Il mio testo", "12"):
        assert words in answer.text, words
    assert cycle.summary == ""


# --- cycles: status, copies, removal -------------------------------------------------------------


def test_a_cycle_is_published_when_it_is_ready(organiser: PercorsoClient) -> None:
    cycle = draft_with(0, signatory_name="")
    manage, path = f"/cicli/{cycle.slug}/gestione", f"/cicli/{cycle.slug}/stato"
    for page in (organiser.get(manage).text, organiser.get(path).text):
        assert "Almeno un incontro in programma" in page
        assert "Nome e ruolo di chi firma gli attestati" in page
    answer = organiser.post(path, fields(organiser.get(path).text))
    assert answer.status_code == 409
    assert cycle.status is CycleStatus.DRAFT
    factories.lesson(factories.module(cycle))
    cycle.signatory_name = "Ada Prova"
    db.session.commit()
    assert organiser.post(path, fields(organiser.get(path).text)).status_code == 303
    assert cycle.status is CycleStatus.PUBLISHED
    assert PercorsoClient(organiser.app).get(f"/cicli/{cycle.slug}").status_code == 200


def test_a_status_that_is_not_offered_is_refused(organiser: PercorsoClient) -> None:
    cycle = cycle_with(1)
    path = f"/cicli/{cycle.slug}/stato"
    form = fields(organiser.get(path).text)
    assert form["status"] == "closed"
    for status, expected in (("archived", 422), ("", 422), ("published", 422), ("x", 422)):
        assert organiser.post(path, form | {"status": status}).status_code == expected, status
    assert organiser.post(path, form | {"version": "77"}).status_code == 409
    assert organiser.post(path, form).status_code == 303
    assert cycle.status is CycleStatus.CLOSED
    assert organiser.post(path, form | {"status": "published"}).status_code == 409, "stale"


def test_a_cycle_is_duplicated(organiser: PercorsoClient) -> None:
    source = cycle_with(3)
    path = f"/cicli/{source.slug}/duplica"
    form = fields(organiser.get(path).text)
    made = organiser.post(path, form | {"code": "CP9", "first_day": "2030-01-07"})
    assert made.status_code == 303
    copy = db.session.scalars(select(Cycle).where(Cycle.code == "CP9")).one()
    assert (copy.status, copy.title) == (CycleStatus.DRAFT, source.title)
    assert count(Lesson) == 6
    for typed, status in (
        ({"code": "CP9", "first_day": "2030-01-07"}, 409),
        ({"code": "CP10", "first_day": ""}, 422),
        ({"code": "CP10", "first_day": "7/1/2030"}, 422),
        ({"code": "", "first_day": "2030-01-07"}, 422),
        ({"code": "CP10", "first_day": "0001-01-01"}, 422),
        ({"code": "CP10", "first_day": "9999-12-31"}, 422),
    ):
        assert organiser.post(path, form | typed).status_code == status, typed
    assert count(Cycle) == 2


def test_a_draft_is_deleted_after_asking(organiser: PercorsoClient) -> None:
    draft, public = draft_with(2), cycle_with(1)
    assert "Elimina la bozza" in organiser.get(f"/cicli/{draft.slug}/gestione").text
    assert "Elimina la bozza" not in organiser.get(f"/cicli/{public.slug}/gestione").text
    assert draft.title in organiser.get(f"/cicli/{draft.slug}/elimina").text
    assert count(Cycle) == 2
    assert organiser.post(f"/cicli/{draft.slug}/elimina").status_code == 303
    assert organiser.post(f"/cicli/{public.slug}/elimina").status_code == 409
    assert db.session.scalars(select(Cycle.id)).all() == [public.id]


# --- lists and overview --------------------------------------------------------------------------


def test_every_status_is_listed_for_the_organisers(organiser: PercorsoClient) -> None:
    for status in CycleStatus:
        cycle_with(1, status=status, title=f"Un ciclo {status.value}")
    everything = organiser.get("/gestione/cicli").text
    for status in CycleStatus:
        assert f"Un ciclo {status.value}</a>" in everything
        only = organiser.get(f"/gestione/cicli?status={status.value}").text
        assert only.count("Un ciclo ") == 1
        assert f"Un ciclo {status.value}</a>" in only
    assert organiser.get("/gestione/cicli?status=x").status_code == 200
    assert "Nessun ciclo corrisponde" in organiser.get("/gestione/cicli?q=%25").text


def test_a_trainer_sees_their_own_cycles_only(app: Flask) -> None:
    own, other = draft_with(1, title="La mia bozza"), cycle_with(1, title="Di altri")
    client = PercorsoClient(app).sign_in(factories.trainer(own))
    page = client.get("/gestione/cicli").text
    assert "La mia bozza</a>" in page
    assert "Di altri" not in page
    assert "Nuovo ciclo" not in page
    overview = client.get(f"/cicli/{own.slug}/gestione").text
    assert "Aggiungi un modulo" not in overview
    assert "Modifica" not in overview
    assert client.get(f"/cicli/{other.slug}/gestione").status_code == 403
    assert client.get(f"/cicli/{own.slug}/modifica").status_code == 403
    assert client.post(f"/cicli/{own.slug}/stato", {"status": "published"}).status_code == 403
    assert own.status is CycleStatus.DRAFT


def pages_of(cycle: Cycle) -> list[str]:
    return ["/gestione/cicli", f"/cicli/{cycle.slug}/gestione", f"/cicli/{cycle.slug}/docenti"]


def statements_of(client: PercorsoClient, path: str) -> int:
    with statements() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_the_lists_cost_the_same_for_many(organiser: PercorsoClient) -> None:
    first = cycle_with(1)
    found = []
    for path in ("/gestione/cicli", f"/cicli/{first.slug}/gestione"):
        with statements() as sent:
            organiser.get(path)
        found.append(len(sent))
    many = cycle_with(100)
    for _number in range(20):
        cycle_with(2)
    for path, before in zip(
        ("/gestione/cicli", f"/cicli/{many.slug}/gestione"), found, strict=True
    ):
        with statements() as sent:
            organiser.get(path)
        assert len(sent) == before <= 8, path
