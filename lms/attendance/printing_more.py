"""The list to be signed, and the registers of a whole cycle with their summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.attendance.pdf import Printed, qr_code
from lms.attendance.printing import (
    Layout,
    Tell,
    corrected,
    fill,
    parts,
    print_parts,
    when_words,
)
from lms.attendance.sealed import Sealed
from lms.catalogue.models import Cycle, Lesson
from lms.pages import local_date

EMPTY_LINES = 4  # for who came without being in the list


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """Somebody who signs."""

    name: str
    organisation: str


def sheet_pdf(
    lesson: Lesson,
    people: Sequence[SheetPerson],
    teachers: Sequence[str],
    funding: dict[str, Any],
    language: str,
    address: str,
    tell: Tell,
) -> Printed:
    """The list to be signed, with a code that opens the lesson's register."""
    cycle = lesson.module.cycle
    found = [*parts(people)]
    last = found[-1][0]
    when = when_words(lesson.starts_at, lesson.ends_at, lesson.zone)
    shared = {
        "language": language, "lesson": lesson, "cycle_title": cycle.title,
        "cycle_code": cycle.code, "track": cycle.track, "issuer": cycle.track.issuer,
        "address": address, "teachers": teachers, "funding": funding, "when": when,
        "total": len(people),
    }  # fmt: skip

    def html(start: int, rows: Sequence[SheetPerson], first: int) -> str:
        return fill(
            "sheet", **shared, rows=rows, first=first, opening=start == 0, closing=start == last,
            whole=last == 0, blank=EMPTY_LINES if start == last else 0, **{"from": start},
        )  # fmt: skip

    return print_parts(Layout(found, html, {"register:qr.svg": qr_code(address)}), tell)


@dataclass
class Total:
    """What the registers of a cycle say of one person together."""

    name: str
    organisation: str
    present: int = 0
    minutes: int = 0
    corrected: int = 0


class Summary:
    """Adds registers up, one by one, so that only one is held at a time."""

    def __init__(self, at: datetime) -> None:
        self._today = local_date(at)
        self._people: dict[int, Total] = {}
        self._lessons: list[dict[str, Any]] = []

    def add(self, sealed: Sealed) -> None:
        """Count a register in."""
        after = corrected(sealed)
        for row in sealed.rows:
            total = self._people.setdefault(row.enrolment, Total(row.name, row.organisation))
            total.present += row.mark == "present"
            total.minutes += row.minutes
            cell = after.pop(row.enrolment, None)
            total.corrected += cell.minutes if cell else row.minutes
        for each in sealed.corrections:  # of who was not among the sealed rows
            if each.enrolment_id in after:
                cell = after.pop(each.enrolment_id)
                late = self._people.setdefault(each.enrolment_id, Total(each.name, ""))
                late.corrected += cell.minutes
        self._lessons.append(_lesson_line(sealed))

    def layout(
        self, cycle: Cycle, missing: int, funding: dict[str, Any], language: str
    ) -> Layout[Total]:
        """The pages that open the cycle's document."""
        people = sorted(self._people.values(), key=lambda each: each.name.casefold())
        found = [*parts(people)]

        def html(start: int, rows: Sequence[Total], first: int) -> str:
            return fill(
                "summary",
                language=language, cycle=cycle, issuer=cycle.track.issuer, funding=funding,
                lessons=self._lessons, missing=missing, rows=rows, total=len(people), first=first,
                opening=start == 0, closing=start == found[-1][0], today=self._today,
                **{"from": start},
            )  # fmt: skip

        return Layout(found, html, {})


def _lesson_line(sealed: Sealed) -> dict[str, Any]:
    zone, signed = sealed.lesson["zone"], sealed.countersignature
    return {
        "number": sealed.number,
        "title": sealed.lesson["title"],
        "when": when_words(sealed.starts_at, sealed.ends_at, zone),
        "planned": sealed.minutes,
        "present": sum(row.mark == "present" for row in sealed.rows),
        "corrections": len(sealed.corrections),
        "countersigned": local_date(signed[0].at, zone) if signed else "–",
    }
