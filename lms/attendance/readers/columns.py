"""Which column is what, by the words of the headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lms.attendance.readers.stamps import ORDERS, parse_stamp
from lms.attendance.readers.table import Row
from lms.attendance.readers.vocabulary import meanings

_SAMPLE = 60
_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
_WHOLE = re.compile(r"(\d{1,6})(?:[.,]0+)?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of what a row may say; None for what it does not."""

    headings: tuple[str, ...]
    name: int | None = None
    first_name: int | None = None
    last_name: int | None = None
    email: int | None = None
    join: int | None = None
    leave: int | None = None
    minutes: int | None = None
    waiting: int | None = None
    attended: int | None = None
    topic: int | None = None
    start: int | None = None
    end: int | None = None
    meeting_id: int | None = None
    has_original_name: bool = False
    has_totals: bool = False

    @property
    def timed(self) -> bool:
        """Whether rows say when somebody came and left."""
        return self.join is not None and self.leave is not None

    @property
    def of_meetings(self) -> bool:
        """Whether the columns describe a meeting, with or without its people."""
        return self.topic is not None and self.start is not None

    @property
    def of_people(self) -> bool:
        """Whether rows are a person's presence: timed, or the platform's total per person."""
        named = self.name is not None or self.last_name is not None
        totals = self.minutes is not None and (self.has_original_name or self.has_totals)
        return named and (self.timed or (totals and not self.of_meetings))

    def heading(self, at: int | None) -> str:
        """The heading of a column, as the file has it."""
        return self.headings[at] if at is not None and at < len(self.headings) else ""


def email_in(text: str) -> str | None:
    """The cell if it is an e-mail address of a length that mail can have."""
    return text if len(text) <= 254 and _EMAIL.fullmatch(text) else None


def whole_minutes(text: str) -> int | None:
    """The cell if it is a bare whole number, as platforms state minutes («128», «128.0»)."""
    found = _WHOLE.fullmatch(text)
    return int(found[1]) if found else None


def by_words(headings: Sequence[str], rows: Sequence[Row]) -> Columns:
    """Return the columns whose headings say what they are; `rows` tell equal headings apart."""
    said = [meanings(heading) for heading in headings]

    def having(meaning: str, *without: str) -> list[int]:
        return [i for i, each in enumerate(said) if meaning in each and not each & {*without}]

    join = _first(having("join", "leave", "email", "other_thing"))
    leave = _first(having("leave", "join", "email", "other_thing"))
    original = having("original", "other_thing", "topic", "email")
    first, last, plain = _split_names(
        having("first_name", "other_thing", "host", "original"),
        having("last_name", "other_thing", "host", "original"),
        having("name", "other_thing", "host", "topic", "email", "original"),
    )
    name = _first([*original, *plain])
    near = next((i for i in (name, last, first) if i is not None), None)
    columns = Columns(
        tuple(headings),
        name=name,
        first_name=first,
        last_name=last,
        email=_nearest(having("email", "host", "other_thing"), near),
        join=join,
        leave=leave,
        waiting=_first(having("waiting")),
        attended=_first(having("attended", "participants", "minutes")),
        topic=_first(having("topic", "join", "leave", "host")),
        start=_first(having("start", "minutes", "join", "leave")),
        end=_first(having("end", "minutes", "join", "leave")),
        meeting_id=_first(having("meeting_id", "email")),
        has_original_name=bool(original),
        has_totals=bool(having("total", "participants")),
    )
    lengths = {*having("minutes", "participants"), *having("duration", "participants")}
    own = sorted(i for i in lengths if i not in (join, leave))
    return replace(columns, minutes=_agreeing(columns, own, rows))


def agreement(rows: Sequence[Row], join: int, leave: int, minutes: int) -> float:
    """The share of rows whose whole minutes are leave minus join, rounded up to the minute."""
    told = [
        (row.cell(join), row.cell(leave), whole)
        for row in rows[:_SAMPLE]
        if (whole := whole_minutes(row.cell(minutes))) is not None
    ]
    return sum(_agree(*each) for each in told) / len(told) if told else 0.0


def _agree(join: str, leave: str, minutes: int) -> bool:
    came, left = parse_stamp(join), parse_stamp(leave)
    if came is None or left is None:
        return False
    slack = 0 if came.has_seconds and left.has_seconds else 60
    for order in ORDERS:
        start, end = came.on(order), left.on(order)
        if start and end and -slack <= minutes * 60 - (end - start).total_seconds() <= 60 + slack:
            return True
    return False


def _agreeing(columns: Columns, found: Sequence[int], rows: Sequence[Row]) -> int | None:
    """Of the columns of minutes (the meeting's, the person's), the person's."""
    join, leave = columns.join, columns.leave
    if join is None or leave is None or len(found) < 2:
        return _nearest(found, columns.name)
    best = max(agreement(rows, join, leave, i) for i in found)
    return _nearest([i for i in found if agreement(rows, join, leave, i) == best], leave)


def _first(found: Sequence[int]) -> int | None:
    return found[0] if found else None


def _nearest(found: Sequence[int], to: int | None) -> int | None:
    """The column nearest to another, the one to its right where two are as near."""
    if not found or to is None:
        return _first(found)
    return min(found, key=lambda i: (abs(i - to), i < to))


def _split_names(
    first: list[int], last: list[int], plain: list[int]
) -> tuple[int | None, int | None, list[int]]:
    """First name, last name and the whole names left: «Nome, Cognome» as well as «Prénom, Nom»."""
    given = _first([i for i in first if i not in last])
    family = _first(last)
    rest = [i for i in plain if i not in (*first, *last)]
    if family is None and given is not None:
        family = next((i for i in rest if abs(i - given) == 1), None)
    elif given is None and family is not None:
        given = next((i for i in rest if abs(i - family) == 1), None)
    if family is None:
        return None, None, plain
    return given, family, [i for i in rest if i not in (given, family)]
