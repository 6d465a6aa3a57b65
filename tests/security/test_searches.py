"""Searches and orders of lists: signs of patterns are letters, and no order is typed.

Weakness 16; ASVS 1.2.4.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from lms.accounts.models import PersonEmail
from lms.extensions import db
from tests import factories
from tests.security.pages import Site


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("z_w", {"z_w"}),
        ("%", set()),
        ("_", {"z_w"}),
        ("z%w", set()),
        ("\\", set()),
        ("z\\_w", set()),
    ],
)
def test_patterns_in_a_search_are_letters(site: Site, typed: str, found: set[str]) -> None:
    """`%` and `_` mean themselves, in PostgreSQL's LIKE and in SQLite's."""
    for name in ("z_w", "zxw", "zyw"):
        person = factories.person(family_name="Trovata", email=None)
        db.session.add(PersonEmail(person_id=person.id, address=f"{name}@posta.example"))
    db.session.commit()
    page = site.browser("organiser").get("/persone", query_string={"q": f"{typed} posta"}).text
    assert set(re.findall(r"\b(z.w)@posta\.example", page)) == found


def test_the_order_of_a_list_is_not_typed(site: Site) -> None:
    """Nothing in an address reaches ORDER BY: asking for an order changes nothing."""
    client = site.browser("organiser")
    for path in ("/persone", "/enti", "/gestione/cicli", "/cicli/ciclo-questo/iscritti"):
        usual = client.get(path).text
        for order in ("id", "family_name desc", "(SELECT 1)"):
            query = "&".join(f"{name}={quote(order)}" for name in ("sort", "order", "order_by"))
            ordered = client.get(f"{path}?{query}").text
            names = re.compile(r"<t[hd][^>]*>.*?</t[hd]>", re.DOTALL)
            assert names.findall(ordered) == names.findall(usual)
