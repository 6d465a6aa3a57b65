"""The type-ahead's endpoint: open to everybody, bounded, confirmed bodies only, two queries."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.organisations.models import OrganisationStatus
from lms.organisations.suggestions import suggest
from tests import factories
from tests.client import PercorsoClient
from tests.counting import statements
from tests.hostile import POLYGLOT

PATH = "/enti/suggerimenti"


def asked(client: PercorsoClient, text: str) -> dict[str, object]:
    answer = client.get(PATH, query_string={"q": text})
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return dict(answer.get_json())


def test_a_stranger_is_told_names_and_places_only(client: PercorsoClient) -> None:
    body = factories.organisation("Comune di Forlì", province_code="FC", region="Emilia-Romagna")
    factories.person(organisation=body)
    assert asked(client, "FORLÌ") == {
        "items": [
            {"id": body.id, "label": "Comune di Forlì (FC)", "detail": "Comune · Emilia-Romagna"}
        ],
        "more": False,
    }


@pytest.mark.parametrize("status", ["proposed", "refused", "closed"])
def test_what_is_not_confirmed_is_not_told(client: PercorsoClient, status: str) -> None:
    factories.organisation("Ente riservato", status=OrganisationStatus(status))
    assert asked(client, "riservato") == {"items": [], "more": False}


def test_answers_are_bounded_and_cost_two_queries(client: PercorsoClient) -> None:
    for _each in range(25):
        factories.organisation()
    with statements() as sent:
        told = asked(client, "comune di prova")
    assert len(told["items"]) == 20  # type: ignore[arg-type]
    assert told["more"] is True
    assert len(sent) == 2


@pytest.mark.parametrize("text", ["", "f", "%", "_%", "'", "\0", "--", "x" * 5000])
def test_nothing_to_look_for_finds_nothing(client: PercorsoClient, text: str) -> None:
    factories.organisation("Comune di Forlì")
    assert asked(client, text) == {"items": [], "more": False}


def test_a_browser_may_keep_an_answer(client: PercorsoClient) -> None:
    headers = client.get(f"{PATH}?q=fo").headers
    assert headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in headers["Vary"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
def test_any_text_is_answered(app: object, text: str) -> None:
    assert suggest(text)["items"] == []


def test_every_beginning_of_a_name_finds_it(app: object) -> None:
    body = factories.organisation(f"Comune di Sant'Agata {POLYGLOT}")
    for text in ("sant", "agata", "sant'ag", "comune sant ag", "d agata"):
        assert [item["id"] for item in suggest(text)["items"]] == [body.id], text
