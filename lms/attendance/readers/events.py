"""Lists of events, «who, joined or left, when», paired into stays; in any language.

Which word means joining is told by the order of each person's events: nobody leaves first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from lms.attendance.readers.grids import Grid, shapes
from lms.attendance.readers.model import Notice, Order, UnreadableReport
from lms.attendance.readers.naming import name_columns
from lms.attendance.readers.people import name_key
from lms.attendance.readers.raw import RawMeeting, RawReport, Visit
from lms.attendance.readers.stamps import Stamp
from lms.attendance.readers.table import Row
from lms.attendance.readers.visits import Plan
from lms.attendance.readers.vocabulary import meanings

_SAMPLE = 400
_KINDS = 4  # joined, joined before, left; one more for what a platform may add
_FIRST = 0.9  # of the people begin with joining


@dataclass(frozen=True, slots=True)
class Events:
    """A grid of events: its columns, and the words that mean coming in."""

    plan: Plan
    action: int
    when: int
    joins: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Event:
    row: Row
    name: str
    email: str | None
    at: datetime
    stamp: Stamp
    joins: bool


def find_events(grid: Grid) -> Events | None:
    """Return how a grid is a list of events, None if it is not one."""
    found = shapes(grid.rows)
    if len(found.stamps) != 1 or found.lengths or len(found.texts) < 2:
        return None
    when = found.stamps[0]
    sample = [row for row in grid.rows[:_SAMPLE] if row.cell(when)]
    kinds = {at: {row.cell(at) for row in sample} - {""} for at in found.texts}
    for action in sorted(found.texts, key=lambda at: (len(kinds[at]) == 1, abs(at - when))):
        texts = [at for at in found.texts if at != action]
        names = name_columns(sample, texts, grid.headings)
        if 1 <= len(kinds[action]) <= _KINDS and names:
            plan = Plan(grid.headings, names, when, None, emails=found.emails)
            joins = _joins(sample, plan, action, when)
            if joins:
                return Events(plan, action, when, joins)
    return None


def _joins(rows: Sequence[Row], plan: Plan, action: int, when: int) -> frozenset[str]:
    """The words of coming in; none if the people's events do not take turns."""
    firsts: dict[str, int] = defaultdict(int)
    sequences = _by_person(rows, plan, action, when)
    for kinds in sequences.values():
        firsts[kinds[0]] += 1
    every = {kind for kinds in sequences.values() for kind in kinds}
    joins = {kind for kind, count in firsts.items() if count >= (1 - _FIRST) * len(sequences)}
    told = {kind for kind in every if meanings(kind) & {"join", "attended"}}
    left = {kind for kind in every if "leave" in meanings(kind)} - told
    joins = (joins | told) - left or told
    if told and left:
        return frozenset(joins)
    turns = sum(_take_turns(kinds, joins) for kinds in sequences.values())
    known = bool(told) or (every - joins)  # one unknown word alone could mean anything
    return frozenset(joins) if known and turns >= _FIRST * len(sequences) else frozenset()


def _by_person(rows: Sequence[Row], plan: Plan, action: int, when: int) -> Mapping[str, list[str]]:
    timed: dict[str, list[tuple[datetime, int, str]]] = defaultdict(list)
    order = _order(rows, plan, when)
    for row in rows:
        stamp = plan.stamp(row, when)
        at = stamp.on(order) if stamp else None
        if at and row.cell(action):
            timed[plan.email(row) or name_key(plan.name(row))].append(
                (at, row.line, row.cell(action))
            )
    return {who: [kind for *_, kind in sorted(each)] for who, each in timed.items()}


def _order(rows: Sequence[Row], plan: Plan, when: int) -> Order:
    """An order of day and month in which every stamp can be read; enough to sort by."""
    stamps = (plan.stamp(row, when) for row in rows)
    return "mdy" if any(stamp and stamp.dmy is None for stamp in stamps) else "dmy"


def _take_turns(kinds: Sequence[str], joins: set[str]) -> bool:
    inside = [kind in joins for kind in kinds]
    return inside[0] and sum(a == b for a, b in pairwise(inside)) <= len(inside) / 4


def read_events(grid: Grid, events: Events) -> RawReport:
    """Return the stays of a list of events.

    Who has not left by its end was still in the room when it was downloaded: the stay reaches as
    far as the list does, which is certain, and a warning names them.

    Raises UnreadableReport: `no_people`.
    """
    raw = RawReport(meetings=[RawMeeting(grid.line)])
    found = _events(grid, events, raw)
    if not found:
        raise UnreadableReport("no_people", row=grid.line)
    last = max(found, key=lambda each: each.at)
    people: dict[str, list[_Event]] = defaultdict(list)
    for each in found:
        people[each.email or name_key(each.name)].append(each)
    still: list[str] = []
    for theirs in people.values():
        raw.meetings[0].visits += _stays(
            sorted(theirs, key=lambda e: (e.at, not e.joins)), last, still
        )
    if still:
        raw.notices.append(
            Notice("still_there", {"names": tuple(dict.fromkeys(still)), "text": last.stamp.text})
        )
    raw.notices += _there_before(found, events)
    return raw


def _events(grid: Grid, events: Events, raw: RawReport) -> list[_Event]:
    found, ignored = [], []
    order = _order(grid.rows, events.plan, events.when)
    for row in grid.rows:
        stamp = events.plan.stamp(row, events.when)
        at = stamp.on(order) if stamp else None
        name, email = events.plan.name(row), events.plan.email(row)
        if stamp is None or at is None or not (name or email):
            ignored.append(row.line)
            continue
        joins = row.cell(events.action) in events.joins
        found.append(_Event(row, name, email, at, stamp, joins))
    if ignored:
        raw.notices.append(Notice("ignored_rows", {"rows": tuple(ignored)}))
    return found


def _stays(theirs: Sequence[_Event], last: _Event, still: list[str]) -> list[Visit]:
    """A stay is a run of joins and the run of leaves after it.

    Of several leaves in a row as many count as there were joins (devices); a leave beyond that has
    no join. Of fewer leaves than joins none is made up: a lost one looks like a second device.
    """
    stays: list[Visit] = []
    runs = [(joins, list(run)) for joins, run in groupby(theirs, key=lambda each: each.joins)]
    came: list[_Event] = []
    for joins, run in runs:
        if joins:
            came = run
            continue
        if came:
            stays.append(_stay(came[0], came[0].stamp, run[: len(came)][-1].stamp))
        stays += [_stay(each, None, each.stamp) for each in run[len(came) :]]
        came = []
    if came:
        still.append(came[0].name)
        stays.append(_stay(came[0], came[0].stamp, last.stamp))
    return stays


def _stay(of: _Event, joined: Stamp | None, left: Stamp) -> Visit:
    return Visit(of.row.line, of.name, of.email, joined, left, None)


def _there_before(found: Sequence[_Event], events: Events) -> list[Notice]:
    """Who was there before the list begins: another word for joining, always at its first time."""
    first = min(each.at for each in found)
    kinds: dict[str, list[_Event]] = defaultdict(list)
    for each in found:
        if each.joins:
            kinds[each.row.cell(events.action)].append(each)
    before = [
        each.name
        for theirs in kinds.values()
        if len(kinds) > 1 and all(one.at == first for one in theirs)
        for each in theirs
    ]
    return [Notice("there_before", {"names": tuple(before)})] if before else []
