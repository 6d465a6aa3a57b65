"""Hostile text in every field: pages keep their shape, nothing runs, nothing breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.catalogue.models import Cycle, FundingEmblem, Lesson, LessonMode, Module, Track
from lms.clock import now
from lms.extensions import db
from lms.text import clean_line
from tests import factories
from tests.catalogue.pages import fields, skeleton
from tests.client import PercorsoClient

POLYGLOTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'\" onmouseover=alert(1) x=\"",
    "</textarea></title></style><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %} {{ config }}",
    "javascript:alert(1)//<!--",
    "&lt;b&gt; &amp;quot; ]]>",
    "À\u202e\u0301 \U0001f600 = + - @ \N{NO-BREAK SPACE}",
)
PLAIN = "Testo innocuo"


def world(text: str) -> tuple[Cycle, Lesson]:
    """A cycle with `text` wherever somebody can write, put there past every form."""
    track = factories.track(
        title=text, summary=text, issuer=text, project_code=text[:40], funding_statement=text,
        fictional=True,
    )  # fmt: skip
    db.session.add(FundingEmblem(track_id=track.id, position=1, symbol="none", label=text[:120]))
    cycle = factories.cycle(
        track=track, title=text, summary=text, signatory_name=text[:120], place=text[:120],
        signatory_role=text[:120],
    )  # fmt: skip
    module = factories.module(cycle, title=text, summary=text, subject_area=text[:120])
    lesson = factories.lesson(
        module, title=text, summary=text, place=text, mode=LessonMode.ROOM, join_url="https://x.it",
        starts_at=now() + timedelta(days=1),
    )  # fmt: skip
    person = factories.trainer(
        cycle, given_name=text[:120], family_name=text[:120],
        organisation=factories.organisation(text),
    )  # fmt: skip
    factories.teaches(person, lesson)
    db.session.commit()
    return cycle, lesson


def pages(cycle: Cycle, lesson: Lesson) -> list[str]:
    own, at, module = (
        f"/cicli/{cycle.slug}",
        f"/incontri/{lesson.id}",
        f"/moduli/{lesson.module_id}",
    )
    return [
        "/cicli", own, at, "/gestione/cicli", "/gestione/percorsi",
        f"/gestione/percorsi/{cycle.track.slug}/modifica", "/gestione/cicli/nuovo",
        f"{own}/gestione", f"{own}/modifica", f"{own}/stato", f"{own}/duplica", f"{own}/elimina",
        f"{own}/docenti", f"{own}/moduli/nuovo", f"{module}/modifica", f"{module}/elimina",
        f"{module}/incontri/nuovo", f"{at}/modifica", f"{at}/annulla", f"{at}/elimina",
    ]  # fmt: skip


@pytest.mark.one_database  # what a page does with a text; tests/security stores them on both
@pytest.mark.parametrize("text", POLYGLOTS)
def test_pages_keep_their_shape(app: Flask, text: str) -> None:
    client = PercorsoClient(app).sign_in(factories.organiser())
    hostile = [client.get(path) for path in pages(*world(text))]
    for table in ("lesson_trainer", "cycle_trainer", "lesson", "module", "cycle", "funding_emblem",
                  "track"):  # fmt: skip
        db.session.execute(db.metadata.tables[table].delete())
    plain = [client.get(path) for path in pages(*world(PLAIN))]
    for one, other in zip(hostile, plain, strict=True):
        assert (one.status_code, one.request.path.split("/")[1]) == (
            other.status_code, other.request.path.split("/")[1],
        )  # fmt: skip
        assert skeleton(one.text) == skeleton(other.text), one.request.path


@pytest.mark.one_database  # what a page does with a text; tests/security stores them on both
@pytest.mark.parametrize("text", POLYGLOTS)
def test_searches_and_refused_forms_keep_their_shape(app: Flask, text: str) -> None:
    cycle, lesson = world(PLAIN)
    client = PercorsoClient(app).sign_in(factories.organiser())
    for path in ("/cicli", "/gestione/cicli", "/gestione/percorsi", f"/cicli/{cycle.slug}/docenti"):
        found = client.get(path, query_string={"q": text, "when": text, "status": text})
        plain = client.get(path, query_string={"q": "zzz", "when": "zzz", "status": "zzz"})
        assert found.status_code == 200
        if "Nessun" in found.text:
            assert skeleton(found.text) == skeleton(plain.text), path
    alike = ("y " * 60)[: len(clean_line(text)) - 1] + "y"  # as long, and no code either
    for path in pages(cycle, lesson):
        page = client.get(path).text
        if 'class="pc-form"' not in page or "elimina" in path or "annulla" in path:
            continue
        hostile = client.post(path, dict.fromkeys(fields(page), text))
        plain = client.post(path, dict.fromkeys(fields(page), alike))
        assert hostile.status_code == plain.status_code, path
        if plain.status_code == 303:
            continue  # a title may be anything; test_pages_keep_their_shape shows it
        assert plain.status_code in {409, 422}, path
        assert skeleton(hostile.text) == skeleton(plain.text), path


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\r\nX: y", "\x1b[31m", "\ufeff", "\ud7ff" * 3])
def test_odd_characters_are_cleaned_or_refused(app: Flask, odd: str) -> None:
    client = PercorsoClient(app).sign_in(factories.organiser())
    lesson = factories.lesson()
    path = f"/incontri/{lesson.id}/modifica"
    form = fields(client.get(path).text)
    for name in ("title", "summary", "place", "join_url"):
        answer = client.post(path, form | {name: odd})
        assert answer.status_code in {303, 409, 422}, (name, answer.status_code)
        form["version"] = fields(client.get(path).text)["version"]
    title = client.post(path, form | {"title": f"Le{odd} basi"})
    assert title.status_code == 303
    assert not set(lesson.title) & {"\x00", "\r", "\n", "\x1b"}


def test_a_very_long_text_is_refused_with_a_reason(app: Flask) -> None:
    client = PercorsoClient(app).sign_in(factories.organiser())
    typed: dict[str, Any] = {"title": "x" * 100_000, "summary": "y" * 100_000, "issuer": "z"}
    answer = client.post("/gestione/percorsi/nuovo", typed)
    assert answer.status_code == 422
    assert db.session.scalars(select(Track)).all() == []


def test_only_the_form_s_own_fields_count(app: Flask) -> None:
    """What is not a field of the form (a slug, a status, an id) changes nothing."""
    client = PercorsoClient(app).sign_in(factories.organiser())
    cycle, other = factories.cycle(), factories.track()
    path = f"/cicli/{cycle.slug}/modifica"
    before = (cycle.slug, cycle.status, cycle.track_id, cycle.id)
    more = {
        "slug": "rubato", "status": "archived", "track_id": str(other.id), "id": "77",
        "track": str(other.id), "search_key": "x",
    }  # fmt: skip
    assert client.post(path, fields(client.get(path).text) | more).status_code == 303
    assert (cycle.slug, cycle.status, cycle.track_id, cycle.id) == before
    module = factories.module(cycle)
    lesson = factories.lesson(module)
    uid, path = lesson.uid, f"/incontri/{lesson.id}/modifica"
    more = {"uid": "x", "sequence": "99", "status": "cancelled", "created_at": "2000-01-01"}
    assert client.post(path, fields(client.get(path).text) | more).status_code == 303
    assert (lesson.uid, lesson.sequence, lesson.status.value) == (uid, 0, "scheduled")
    assert db.session.get_one(Module, module.id).cycle_id == cycle.id
