"""What is typed into addresses: parameters and ids that are none. Always an answer, never a fault.

Weaknesses 1, 16 and 26; ASVS 1.2.4 1.3.7 2.2.1 8.2.2. Who may see which object by its id is asked
by tests/foundation/test_access.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lms
from tests.foundation.asking import addresses
from tests.security.pages import plain
from tests.security.payloads import LONG, MARKUP, PROBE, SQL, STRANGE_NUMBERS
from tests.security.rehearsal import Stage

# PostgreSQL is the stricter one with numbers, lengths and NUL.
pytestmark = pytest.mark.one_database("postgresql")

READ_IN_CODE = re.compile(r"""request\.(?:args|values)(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
LISTED_IN_CODE = re.compile(r"""for name in \(([^)]*)\) if request\.args""")
ALWAYS = {"q", "page", "sort", "order", "next", "lang", "size", "debug", "status"}
# Bytes as they stand in an address; the last are no UTF-8 at all.
IN_ADDRESSES = ("-1", "9" * 25, "a%00'--", "%FF%ED%A0%80", "..%2f..%2fetc", "%0d%0aX:y")


def parameters() -> set[str]:
    """The names the application asks for, read from its source, so that a new one is attacked."""
    found = set(ALWAYS)
    for file in Path(lms.__file__).parent.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        found |= set(READ_IN_CODE.findall(source))
        for names in LISTED_IN_CODE.findall(source):
            found |= set(re.findall(r"\w+", names))
    return found


def test_the_source_names_its_parameters() -> None:
    assert {"q", "page", "show", "when", "mark", "soglia", "stato", "next"} <= parameters()


@pytest.mark.parametrize("value", [SQL, LONG[:4000], *STRANGE_NUMBERS])
def test_no_parameter_of_any_page_is_a_fault(stage: Stage, value: str) -> None:
    query, wrong, asked = dict.fromkeys(parameters(), value), [], set()
    for place in stage.site.places():
        if place.address.endpoint not in asked:
            asked.add(place.address.endpoint)
            client = stage.site.browser(stage.site.readers(place)[0])
            answer = plain(client, place.path.partition("?")[0], query_string=query)
            if answer.status_code >= 500:
                wrong.append(f"{answer.status_code} {place.path}")
    assert wrong == []
    assert len(asked) > 60


def test_hostile_searches_give_whole_pages(stage: Stage) -> None:
    """Shown in the search field and in the links of the pages, and parsed as a browser does."""
    query = dict.fromkeys(parameters() - {"next"}, MARKUP + SQL)
    shown = 0
    for place in stage.site.places():
        client = stage.site.browser(stage.site.readers(place)[0])
        answer = client.get(place.path.partition("?")[0], query_string=query)
        if answer.mimetype == "text/html":
            assert f"<{PROBE}" not in answer.text
            shown += PROBE in answer.text
    assert shown > 8


def test_no_id_in_any_address_is_a_fault(stage: Stage) -> None:
    client, wrong, asked = stage.site.browser("administrator"), [], 0
    for address in addresses(stage.site.app):
        rule = next(
            one
            for one in stage.site.app.url_map.iter_rules(address.endpoint)
            if address.names == set(one.arguments) - set(one.defaults or {})
        )
        for value in IN_ADDRESSES if address.names else ():
            path = re.sub(r"<(?:\w+:)?\w+>", value, str(rule.rule))
            answer = plain(client, path, address.method)
            asked += 1
            if answer.status_code not in {303, 308, 400, 403, 404, 405}:
                wrong.append(f"{answer.status_code} {address.method} {path}")
            assert "X" not in answer.headers
    assert wrong == []
    assert asked > 400
    assert not stage.taken.changed()
