"""The register as a page: which rows it shows, and each cell as it is to be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import request

from lms.attendance import queries
from lms.attendance.forms import RegisterForm
from lms.attendance.queries import Head, RegisterRow
from lms.attendance.rules import Mark
from lms.catalogue.models import Lesson
from lms.lists import search_text
from lms.pages import Page, page_number

PAGE_SIZE = 200  # 30 ms and 190 KB; a thousand rows in one page are for those who ask for them
LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One row of the form: the record, and what its fields hold (typed, or as recorded)."""

    row: RegisterRow
    mark: str
    minutes: str
    was: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a register."""

    lesson: Lesson
    head: Head
    rows: list[DrawnRow]
    page: Page[DrawnRow]
    text: str = ""
    every: bool = False
    form: RegisterForm | None = field(default=None)


def sheet(lesson: Lesson) -> Sheet:
    """The page this request asks for (`q`, `page`, `all`)."""
    head, text = queries.head(lesson), search_text()
    register_id = head.register.id if head.register else None
    every = request.args.get("all") == "1"
    size = LARGEST_PAGE if every else PAGE_SIZE
    total = queries.count_rows(lesson, register_id, text) if text else head.people
    number = min(page_number(), max(1, -(-total // size)))
    found = queries.rows(lesson, register_id, text=text, page=number, size=size)
    drawn = [_drawn(row) for row in found]
    return Sheet(lesson, head, drawn, Page(drawn, number, size, total), text, every)


def typed_sheet(lesson: Lesson, form: RegisterForm) -> Sheet:
    """The rows of a form that could not be saved, exactly as they were typed."""
    head = queries.head(lesson)
    register_id = head.register.id if head.register else None
    found = queries.rows_of(lesson, register_id, form.texts.keys())
    drawn = [_typed(row, form) for row in found]
    page = Page(drawn, 1, max(1, len(drawn)), len(drawn))
    return Sheet(lesson, head, drawn, page, search_text(), form=form)


def _drawn(row: RegisterRow) -> DrawnRow:
    present = row.cell.mark is Mark.PRESENT
    minutes = str(row.cell.minutes) if present else ""
    return DrawnRow(row, row.cell.mark or "", minutes, row.was)


def _typed(row: RegisterRow, form: RegisterForm) -> DrawnRow:
    text = form.texts[row.enrolment_id]
    return DrawnRow(row, text.mark, text.minutes, text.was, form.faults.get(row.enrolment_id, ""))


def counts_of(rows: Iterable[RegisterRow]) -> dict[str, int]:
    """How many of `rows` carry each mark (empty: none)."""
    found: dict[str, int] = {}
    for row in rows:
        key = row.cell.mark or ""
        found[key] = found.get(key, 0) + 1
    return found
