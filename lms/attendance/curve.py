"""How many people were there at each moment of a lesson, and the shape of it as a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.attendance.intervals import Interval
from lms.attendance.window import Window

WIDTH, HEIGHT = 720, 252
LEFT, RIGHT, TOP, BOTTOM = 60, 8, 12, 40
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240)
MOST_ROWS = 13


@dataclass(frozen=True, slots=True)
class Step:
    """From an instant on, so many people, until the next step."""

    at: datetime
    people: int


def steps_of(everybody: Iterable[Sequence[Interval]], window: Window) -> tuple[Step, ...]:
    """The people there over a lesson's time: one step for each change, the first at its start.

    `everybody`: the credited stays of each person, disjoint and inside the lesson.
    """
    changes: dict[datetime, int] = {window.starts_at: 0}
    for stays in everybody:
        for start, end in stays:
            changes[start] = changes.get(start, 0) + 1
            changes[end] = changes.get(end, 0) - 1
    found: list[Step] = []
    there = 0
    for at in sorted(changes):
        there += changes[at]
        if not found or found[-1].people != there:
            found.append(Step(at, there))
    return tuple(found)


def people_at(steps: Sequence[Step], instant: datetime) -> int:
    """How many were there at an instant."""
    there = 0
    for step in steps:
        if step.at > instant:
            break
        there = step.people
    return there


def moments(window: Window) -> list[datetime]:
    """Round moments of the lesson, a dozen at most, for the table beside the picture."""
    length = window.ends_at - window.starts_at
    step = next(
        (each for each in STEPS if length / timedelta(minutes=each) <= MOST_ROWS - 1), STEPS[-1]
    )
    count = int(length / timedelta(minutes=step))
    return [window.starts_at + timedelta(minutes=step * number) for number in range(count + 1)]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and for what."""

    place: float
    value: int | datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """An area chart in the coordinates of an SVG: `line` is the path of the area."""

    line: str
    breaks: tuple[tuple[float, float], ...]  # x and width
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    now: float | None
    most: int


def picture(steps: Sequence[Step], window: Window, people: int, instant: datetime) -> Picture:
    """The picture of `steps`, high enough for `people`; up to `instant` while it is under way."""
    top = max(people, max((step.people for step in steps), default=0), 1)
    under_way = window.starts_at <= instant < window.ends_at

    def x(at: datetime) -> float:
        share = (at - window.starts_at) / (window.ends_at - window.starts_at)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(number: float) -> float:
        return round(HEIGHT - BOTTOM - number / top * (HEIGHT - TOP - BOTTOM), 1)

    last = min(window.ends_at, max(instant, window.starts_at))
    path = [f"M{x(window.starts_at)} {y(0)}"]
    for step in steps:
        path.append(f"H{x(min(step.at, last))}V{y(step.people)}")
    path.append(f"H{x(last)}V{y(0)}Z")
    return Picture(
        line="".join(path),
        breaks=tuple((x(start), round(x(end) - x(start), 1)) for start, end in window.breaks),
        across=tuple(Tick(x(at), at) for at in moments(window)[::3]),
        up=tuple(Tick(y(value), value) for value in sorted({0, round(top / 2), top})),
        now=x(instant) if under_way else None,
        most=max((step.people for step in steps), default=0),
    )
