"""How the minutes of a person come about, step by step: for who asks why. Pure.

What platforms state stands beside what was computed; where they differ, it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.attendance.intervals import Interval, intersection, minutes, subtraction, union
from lms.attendance.window import Window


@dataclass(frozen=True, slots=True)
class Account:
    """The steps, in whole minutes. `filled`: the short drops that count, as stretches.

    `connected` is all of the stays together; `inside` what of it lies between start and end;
    `in_breaks` what of that falls into breaks; `by_grace` what short drops add. `stated` is what
    the platforms say, one number a row of a report; None where none says anything.
    """

    connected: int
    inside: int
    in_breaks: int
    by_grace: int
    filled: tuple[Interval, ...]
    credited: int
    stated: int | None

    @property
    def differs(self) -> bool:
        """Whether platforms state another time than was credited: a minute is rounding."""
        return self.stated is not None and abs(self.stated - self.credited) > 1


def account(
    stays: Iterable[Interval], window: Window, stated: Sequence[int | None] = ()
) -> Account:
    """Take the minutes of one person apart."""
    whole = union(stays)
    lesson = [(window.starts_at, window.ends_at)]
    inside = intersection(whole, lesson)
    present, credited = window.inside(whole), window.credited(whole)
    told = [each for each in stated if each is not None]
    return Account(
        connected=minutes(whole),
        inside=minutes(inside),
        in_breaks=minutes(intersection(inside, window.breaks)),
        by_grace=minutes(credited) - minutes(present),
        filled=subtraction(credited, present),
        credited=minutes(credited),
        stated=sum(told) if told else None,
    )
