"""Promise P1: a page asks the database as often for a hundred rows as for one, eight times at most.

A list that asks once a row is how one visitor keeps a whole site waiting (ASVS 2.4.1, 15.2.2).
"""

from __future__ import annotations

import pytest

from tests.counting import statements
from tests.security.crowd import gather
from tests.security.pages import Place, Site

pytestmark = pytest.mark.one_database  # how many queries a page makes is the same on both databases

MOST = 8
# One page shows what three rooms know of who takes part: enrolment, progress and certificate.
MORE = {
    "catalogue.cycle": 10,
    "auditing.cycle": 9,  # lessons, registers, scans, PDFs made and asked for
    "auditing.register": 10,  # marks, reports, corrections, scans, PDFs, the second signature
}
# An archive reads its PDFs in small batches, to take no more memory for thousands than for a few.
BATCHES = frozenset({"issuance.download_archive"})
WHO = (
    "organiser",
    "organiser of this track",
    "trainer of this cycle",
    "participant of this cycle",
    "referent of this organisation",
    "auditor of this track",
    "stranger",
)
Seen = dict[tuple[str, str], tuple[int, int]]


def counted(site: Site, places: list[Place]) -> Seen:
    """How many statements each page sends and how long it is, by address and who looks."""
    found = {}
    for place in places:
        for actor in site.readers(place, WHO) or ["administrator"]:
            with statements() as sent:
                answer = site.browser(actor)._send("GET", place.path)
            if answer.status_code == 200:
                found[actor, place.path] = (len(sent), len(answer.data))
    return found


def test_pages_ask_as_often_for_many_rows_as_for_few(site: Site) -> None:
    first: dict[tuple[str, bool], Place] = {}
    for place in site.places():
        first.setdefault((place.address.endpoint, "?" in place.path), place)
    places = list(first.values())
    endpoints = {place.path: place.address.endpoint for place in places}
    batched = {path for path, endpoint in endpoints.items() if endpoint in BATCHES}
    for actor in (*WHO, "administrator"):
        site.browser(actor)  # signs in
    few = counted(site, places)
    gather(site.world)
    many = counted(site, places)
    longer = [
        key for key, (_count, size) in many.items() if key in few and size > few[key][1] * 1.5
    ]
    assert len(longer) > 15, "no list became longer: nothing was tried"
    more = {
        key: (few[key][0], many[key][0]) for key in many if key in few and key[1] not in batched
    }
    assert {key: pair for key, pair in more.items() if pair[1] > pair[0]} == {}, "a row, a query"
    most = {path: MORE.get(endpoint, MOST) for path, endpoint in endpoints.items()}
    table = [f"{count:3} {who} {path}" for (who, path), (count, _size) in many.items()
             if count > most[path] and path not in batched]  # fmt: skip
    assert not table, "\n".join(["too many queries:", *sorted(table, reverse=True)])
