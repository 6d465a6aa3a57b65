"""What every list shares: the words searched for, and one page of a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import request
from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from lms.extensions import db
from lms.pages import PAGE_SIZE, Page, page_number
from lms.text import clean_line, search_key

T = TypeVar("T")
MAXIMUM_SEARCH_LENGTH = 100
MAXIMUM_WORDS = 8


def search_text(name: str = "q") -> str:
    """What this request searches for: one clean line, bounded; empty when nothing is asked."""
    return clean_line(request.args.get(name, "")[:MAXIMUM_SEARCH_LENGTH])


def has_words(
    column: InstrumentedAttribute[str] | ColumnElement[str], text: str
) -> ColumnElement[bool]:
    """Whether every word of `text` stands in `column`, which holds a `search_key`."""
    words = search_key(text).split()[:MAXIMUM_WORDS]
    return and_(true(), *(column.contains(word, autoescape=True) for word in words))


def page_of(query: Select[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page this request asks for, of a query for one entity; two queries, whatever its length.

    Beyond the end it is the last page.
    """
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    number = min(page_number(), max(1, -(-total // size)))
    rows = db.session.scalars(query.limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows, number, size, total)


def page_of_list(items: Sequence[T], size: int = PAGE_SIZE) -> Page[T]:
    """The page this request asks for, of a list made whole; beyond the end it is the last page."""
    number = min(page_number(), max(1, -(-len(items) // size)))
    return Page(items[(number - 1) * size : number * size], number, size, len(items))
