"""Every question to the organisations' table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select

from lms.extensions import db
from lms.lists import has_words
from lms.organisations.models import Organisation
from lms.organisations.rules import normal_code
from lms.text import search_key

CODES = ("ipa_code", "fiscal_code", "istat_code", "cadastral_code")


def searched(text: str) -> Select[Any]:
    """Organisations whose name holds every word of `text`, or one of whose codes it is; by name."""
    found = select(Organisation).order_by(Organisation.search_key, Organisation.id)
    if not text:
        return found
    code = normal_code(text)
    of_code = [getattr(Organisation, column) == code for column in CODES]
    return found.where(or_(has_words(Organisation.search_key, text), *of_code))


def candidates(text: str, limit: int = 10) -> list[Organisation]:
    """The first organisations a typed name may mean."""
    return list(db.session.scalars(searched(text).limit(limit))) if search_key(text) else []


def named(name: str) -> list[Organisation]:
    """Organisations with this very name, accents and case aside (municipalities have namesakes)."""
    key = search_key(name)
    if not key:
        return []
    return list(db.session.scalars(select(Organisation).where(Organisation.search_key == key)))


def by_names(names: Collection[str]) -> dict[str, list[Organisation]]:
    """`named` for many names in one query: search key → organisations."""
    keys = {search_key(name) for name in names} - {""}
    found: dict[str, list[Organisation]] = {key: [] for key in keys}
    for row in db.session.scalars(select(Organisation).where(Organisation.search_key.in_(keys))):
        found[row.search_key].append(row)
    return found


def holder_of(column: str, code: str) -> Organisation | None:
    """Who has this code already; `column` is one of `CODES`."""
    return db.session.scalar(select(Organisation).where(getattr(Organisation, column) == code))
