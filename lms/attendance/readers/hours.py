"""Times of day whose date stands elsewhere or nowhere: on which of two days each one was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time

from lms.attendance.readers.stamps import Day, Stamp, parse_hour, parse_stamp
from lms.attendance.readers.table import Row


class Occasion:
    """One meeting's clock: an hour before the meeting's first is after midnight.

    A meeting is one stretch of the clock, so the widest stretch without any time is its outside.
    """

    def __init__(self, day: Day, hours: Iterable[time]) -> None:
        self.day = day
        self.first = _after_widest_gap(sorted(set(hours)))

    def moment(self, row: Row, at: int) -> Stamp | None:
        """The cell as date and time; a cell with a date of its own is taken as it is."""
        return self.stamp(row.cell(at))

    def stamp(self, text: str) -> Stamp | None:
        """The hour of a text on its day."""
        hour = parse_hour(text)
        if hour is None:
            return parse_stamp(text)
        return hour.on(self.day, later=int(hour.at < self.first))


def hours_in(rows: Iterable[Row], columns: Sequence[int]) -> list[time]:
    """The times of day that stand in some columns."""
    found = (parse_hour(row.cell(at)) for row in rows for at in columns)
    return [hour.at for hour in found if hour is not None]


def _after_widest_gap(hours: Sequence[time]) -> time:
    if not hours:
        return time()
    seconds = [at.hour * 3600 + at.minute * 60 + at.second for at in hours]
    gaps = [
        (seconds[i] - seconds[i - 1]) % 86_400 or 86_400 for i in range(len(seconds))
    ]  # before each, the first's gap reaching over midnight
    return hours[gaps.index(max(gaps))]
