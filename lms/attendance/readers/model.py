"""What reading a report gives: values only, no file, no request, no database.

Warnings, questions and refusals carry a stable `code` (a question's is its `kind`) and `params`;
`messages.sentence` words them, in one place, in English or Italian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from lms.attendance.intervals import Interval
from lms.attendance.readers.messages import sentence

Param = str | int | tuple[str, ...] | tuple[int, ...]
Order = Literal["dmy", "mdy"]
QuestionKind = Literal["date", "date_order", "zone", "ambiguous_time"]


class UnreadableReport(Exception):  # noqa: N818 - named for what it is, as the room's users say it
    """The bytes are no report that can be read; says what is wrong and where."""

    def __init__(self, code: str, **params: Param) -> None:
        self.code = code
        self.params: Mapping[str, Param] = params
        super().__init__(sentence(code, params))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know before trusting the report."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English."""
        return sentence(self.code, self.params)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as the file has it and as each option of the question would read it."""

    line: int
    name: str
    cells: tuple[str, ...]
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say.

    The answer goes back into `read_report`: an option of `date_order` as `date`, of `zone` as
    `zone`, of `ambiguous_time` as `fold` (the option's position, 0 or 1). `date` is asked of a
    file with hours only; its options, if any, are days that the file's name may mean.
    """

    kind: QuestionKind
    options: tuple[str, ...]
    preview: tuple[PreviewRow, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The question in English."""
        return sentence(f"ask_{self.kind}", self.params)


@dataclass(frozen=True, slots=True)
class ReportedPerson:
    """One person of a meeting.

    `name` is as the report writes it first, `aliases` the other names it gives the same person
    (renamed in the room, registered differently). `intervals` is None while an answer is missing;
    `minutes` is None when it would depend on that answer. `lines` are the counted rows' lines.
    `seen_at`: the first instant at which they were there, where the report says nothing else.
    """

    name: str
    email: str | None
    intervals: tuple[Interval, ...] | None
    minutes: int | None
    stated_minutes: int | None
    lines: tuple[int, ...]
    aliases: tuple[str, ...] = ()
    registered_name: str | None = None
    section: str | None = None
    tax_code: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting or webinar; what the file does not say is None."""

    title: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    people: tuple[ReportedPerson, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All a file says."""

    platform: str
    meetings: tuple[Meeting, ...]
    not_attended: tuple[str, ...]
    questions: tuple[Question, ...]
    warnings: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known from outside the file: the lesson's day and zone, or a person's answers."""

    date: date | None = None
    zone: ZoneInfo | None = None
    date_order: Order | None = None
    fold: Literal[0, 1] | None = None
