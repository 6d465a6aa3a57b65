"""From a platform's rows to the report: dates and zone settled or asked, people with their time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone, tzinfo

from lms.attendance.intervals import Interval, duration, minutes, union
from lms.attendance.readers.dating import ask_day, decide, placed_on
from lms.attendance.readers.model import (
    Answers,
    Meeting,
    Notice,
    Param,
    Question,
    Report,
    ReportedPerson,
)
from lms.attendance.readers.people import Group, doubts, gather, name_key
from lms.attendance.readers.presence import Clock, Placed, instants, place
from lms.attendance.readers.raw import RawMeeting, RawReport, Reader, Visit
from lms.attendance.readers.stamps import Stamp

_ZONES = ("Europe/Rome", "UTC")
_CHANGED_BY = 4  # no clock of ours is put forward or back later in the day
_ROW_CODES = (
    "no_join",
    "no_leave",
    "leave_before_join",
    "nonexistent_time",
    "ambiguous_time",
    "stated_differs",
)


def finish(reader: Reader, raw: RawReport, answers: Answers) -> Report:
    """Return the report of a platform's rows.

    Raises UnreadableReport `dates_contradict`.
    """
    return _Finisher(reader, raw, answers).report()


class _Finisher:
    def __init__(self, reader: Reader, raw: RawReport, answers: Answers) -> None:
        if raw.undated and answers.date is not None:
            raw = placed_on(raw, answers.date)
        self.reader = reader
        self.raw = raw
        self.answers = answers
        self.dating = decide(raw, answers)
        self.zone = raw.zone or answers.zone  # what the file says of its own clock is the truth
        self.clocks = [Clock(order, self.zone, answers.fold) for order in self.dating.orders]
        stamps = list(_stamps(raw))
        self.has_times = bool(stamps)
        self.zone_known = self.zone is not None or all(s.offset is not None for s in stamps)
        self.settled = self.dating.order is not None and not (raw.undated and stamps)
        self.shown_in = answers.zone or raw.zone or _offset(stamps)
        self.groups = [gather(meeting) for meeting in raw.meetings]
        self.rows: dict[str, list[int]] = {code: [] for code in _ROW_CODES}
        self.overlapping: dict[str, str] = {}
        self.contradicted: list[str] = []
        self.ambiguous: Visit | None = None

    def report(self) -> Report:
        meetings = tuple(map(self._meeting, self.raw.meetings, self.groups))
        absent = self._not_attended()
        day = (ask_day(self.raw),) if self.raw.undated and self.has_times else ()
        questions = (*day, *self.dating.questions, *self._zone_questions())
        notices = (*self.raw.notices, *self.dating.notices, *self._notices())
        return Report(self.reader.platform, meetings, absent, questions, notices)

    def _meeting(self, raw: RawMeeting, groups: tuple[Group, ...]) -> Meeting:
        starts = self._instant(raw.start)
        ends = self._instant(raw.end)
        if raw.end is None and starts is not None and raw.minutes is not None:
            ends = self._shown(starts + timedelta(minutes=raw.minutes))
        return Meeting(raw.title, starts, ends, tuple(map(self._person, groups)))

    def _person(self, group: Group) -> ReportedPerson:
        rounding = self.reader.rounding
        placed = [[place(v, clock, rounding) for v in group.visits] for clock in self.clocks]
        self._note(group, placed)
        united = [_united(group, each) for each in placed]
        totals = {None if each is None else minutes(each) for each in united}
        settled = united[0] if self.settled and self.zone_known else None
        return ReportedPerson(
            name=group.name,
            email=group.email,
            intervals=None if settled is None else tuple(map(self._shown_interval, settled)),
            minutes=totals.pop() if len(totals) == 1 and not self._hangs_on_day(group) else None,
            stated_minutes=group.stated_minutes,
            lines=tuple(visit.line for visit in group.visits),
            aliases=group.aliases,
            registered_name=group.registered_name,
            section=group.visits[0].section,
            tax_code=group.tax_code,
            seen_at=self._instant(next((v.seen for v in group.visits if v.seen), None)),
        )

    def _hangs_on_day(self, group: Group) -> bool:
        """Whether the length of a stay by night waits for the day: the clock may change then."""
        stays = [stamp.dmy for v in group.visits for stamp in (v.join, v.leave) if stamp]
        return self.raw.undated and any(at and at.hour < _CHANGED_BY for at in stays)

    def _note(self, group: Group, placed: list[list[Placed]]) -> None:
        """Remember what every order that is still possible finds wrong with a row."""
        for visit, *readings in zip(group.visits, *placed, strict=True):
            for code in set.intersection(*map(_codes, readings)):
                self.rows[code].append(visit.line)
                if code == "ambiguous_time" and self.ambiguous is None:
                    self.ambiguous = visit
        found = [each.interval for each in placed[0] if each.interval]
        apart = sum((end - start for start, end in found), timedelta())
        if group.email is None and apart > duration(found):
            self.overlapping.setdefault(name_key(group.name), group.name)

    def _notices(self) -> Iterator[Notice]:
        zone = str(self.zone or "")
        if self.raw.totals_only:
            yield Notice("totals_only")
            self.rows["no_join"].clear()
        if self.raw.presence_only:
            yield Notice("presence_only")
            self.rows["no_join"].clear()
        for code in _ROW_CODES:
            if self.rows[code]:
                yield Notice(code, {"rows": tuple(sorted(self.rows[code])), "zone": zone})
        for groups in self.groups:
            yield from doubts(groups)
        if self.contradicted:
            yield Notice("absent_and_present", {"names": tuple(self.contradicted)})
        if self.overlapping:
            yield Notice("same_name_overlap", {"names": tuple(self.overlapping.values())})

    def _zone_questions(self) -> Iterator[Question]:
        if self.has_times and not self.zone_known:
            yield Question("zone", _ZONES)
        if self.ambiguous is not None and self.settled:
            visit, clock = self.ambiguous, self.clocks[0]
            stamp = next(s for s in (visit.join, visit.leave) if s and len(instants(s, clock)) > 1)
            options = tuple(self._shown(each).isoformat() for each in instants(stamp, clock))
            params: dict[str, Param] = {
                "text": stamp.text,
                "row": visit.line,
                "zone": str(clock.zone),
            }
            yield Question("ambiguous_time", options, params=params)

    def _not_attended(self) -> tuple[str, ...]:
        """Who did not come, once each, without those another row saw there."""
        people = [group for groups in self.groups for group in groups]
        seen = {group.email.casefold() for group in people if group.email}
        seen |= {name_key(name) for group in people for name in (group.name, *group.aliases)}
        absent: dict[str, str] = {}
        for name, email in self.raw.not_attended:
            key = email.casefold() if email else name_key(name)
            if key not in seen:
                absent.setdefault(key, name)
            elif name not in self.contradicted:
                self.contradicted.append(name)
        return tuple(absent.values())

    def _instant(self, stamp: Stamp | None) -> datetime | None:
        if stamp is None or not self.settled:
            return None
        if stamp.offset is None and self.zone is None:
            return None
        found = instants(stamp, self.clocks[0])
        return self._shown(found[0]) if len(found) == 1 else None

    def _shown(self, instant: datetime) -> datetime:
        return instant.astimezone(self.shown_in)

    def _shown_interval(self, each: Interval) -> Interval:
        return Interval(self._shown(each.start), self._shown(each.end))


def _stamps(raw: RawReport) -> Iterator[Stamp]:
    for meeting in raw.meetings:
        yield from (stamp for stamp in (meeting.start, meeting.end) if stamp)
        for visit in meeting.visits:
            yield from (stamp for stamp in (visit.join, visit.leave, visit.seen) if stamp)


def _offset(stamps: Iterable[Stamp]) -> tzinfo | None:
    """The offset the file states first."""
    return next((timezone(stamp.offset) for stamp in stamps if stamp.offset is not None), None)


def _codes(placed: Placed) -> set[str]:
    codes: set[str] = {placed.problem} if placed.problem else set()
    return codes | {"stated_differs"} if placed.differs else codes


def _united(group: Group, placed: list[Placed]) -> tuple[Interval, ...] | None:
    """The person's time; None where it is unknown: totals without times, a doubtful hour."""
    if all(visit.join is None and visit.leave is None for visit in group.visits):
        return None
    if any(each.problem in {"ambiguous_time", "nonexistent_time"} for each in placed):
        return None
    return union(each.interval for each in placed if each.interval)
