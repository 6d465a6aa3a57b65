"""Registers on paper: pages filled with words and figures, long ones in parts that are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.fetcher import Resource
from lms.attendance import words_paper
from lms.attendance.pdf import Printed, qr_code
from lms.attendance.pdf_joining import Joiner
from lms.attendance.rules import Cell, Mark
from lms.attendance.sealed import Sealed
from lms.attendance.sealing import SealedRow
from lms.attendance.words import cell_words, mark_word
from lms.catalogue.words import MODE_WORDS
from lms.extensions import db
from lms.pages import local_date, local_datetime, local_time

ROWS_OF_A_PART = 250  # WeasyPrint's time grows faster than its tables
T = TypeVar("T")
Tell = Callable[[], None]


def fill(template: str, **values: Any) -> str:
    """A page of `templates/attendance/paper`, in the language in force; needs no request."""
    page = current_app.jinja_env.get_template(f"attendance/paper/{template}.html")
    return page.render(**values)


def when_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Day and times: "martedì 12 maggio 2026, 10:00–12:00"."""
    day = local_date(starts_at, zone, "full")
    return f"{day}, {local_time(starts_at, zone)}–{local_time(ends_at, zone)}"


def parts(rows: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """Rows in parts that are laid out one by one, each with how many came before."""
    for start in range(0, max(1, len(rows)), ROWS_OF_A_PART):
        yield start, rows[start : start + ROWS_OF_A_PART]


@dataclass(frozen=True, slots=True)
class Layout(Generic[T]):
    """A section of a document before it is laid out: its rows in parts, and the page of each."""

    parts: Sequence[tuple[int, Sequence[T]]]
    html: Callable[[int, Sequence[T], int], str]
    pictures: dict[str, Resource]


def register_layout(sealed: Sealed, language: str, address: str) -> Layout[SealedRow]:
    """The register of one lesson for funders."""
    shared = _shared(sealed, language, address)
    zone = sealed.lesson["zone"]
    found = [*parts(sealed.rows)]
    last = found[-1][0]

    def html(start: int, rows: Sequence[SealedRow], first: int) -> str:
        return fill(
            "register", **shared, first=first, opening=start == 0, closing=start == last,
            rows=[_row(row, zone) for row in rows], whole=last == 0, **{"from": start},
        )  # fmt: skip

    return Layout(found, html, {"register:qr.svg": qr_code(address)})


def print_parts(layout: Layout[T], tell: Tell) -> Printed:
    """Lay out the parts one after the other, page numbers going on, and join them."""
    joiner, printed = Joiner(), Printed(b"", 0)
    for start, rows in layout.parts:
        printed = lay_out(layout.html(start, rows, joiner.pages + 1), layout.pictures)
        tell()
        if len(layout.parts) > 1:
            joiner.add(printed.pdf)
    return printed if len(layout.parts) == 1 else Printed(joiner.finish(), joiner.pages)


def lay_out(html: str, pictures: dict[str, Resource]) -> Printed:
    """The PDF of a page whose words are all there; nobody waits for a transaction meanwhile."""
    from lms.attendance.press import printer  # noqa: PLC0415 - only who prints loads Pango

    db.session.rollback()
    return printer().print(html, pictures)


def _shared(sealed: Sealed, language: str, address: str) -> dict[str, Any]:
    zone = sealed.lesson["zone"]
    signed = sealed.countersignature
    return {
        "sealed": sealed,
        "language": language,
        "issuer": sealed.track["issuer"],
        "address": address,
        "when": when_words(sealed.starts_at, sealed.ends_at, zone),
        "day": local_date(sealed.starts_at, zone, "short"),
        "facts": _facts(sealed),
        "total": len(sealed.rows),
        "closed_at": local_datetime(sealed.closed_at, zone),
        "countersigned": signed
        and {
            "at": local_datetime(signed[0].at, zone), "by": signed[1],
            "number": signed[0].number, "hash": signed[0].hash,
        },
        "corrections": [
            {
                "name": each.name, "before": cell_words(each.before),
                "after": cell_words(each.after), "reason": each.reason, "author": each.author,
                "at": local_datetime(each.at, zone),
            }
            for each in sealed.corrections
        ],
        "files": _files(sealed),
    }  # fmt: skip


def _facts(sealed: Sealed) -> list[tuple[str, object]]:
    track, about = sealed.track, sealed.about
    marks = [row.mark for row in sealed.rows]
    mode = {mode.value: str(word) for mode, word in MODE_WORDS.items()}[about["place"]["mode"]]
    place = about["place"]["place"]
    teachers = [each["name"] for each in about["teachers"]]
    counted = _(
        "%(people)s in all: %(present)s present, %(absent)s absent, %(excused)s excused, "
        "%(unmarked)s not marked",
        people=len(marks), present=marks.count("present"), absent=marks.count("absent"),
        excused=marks.count("excused"), unmarked=marks.count(None),
    )  # fmt: skip
    facts = [
        (_("Training track"), track["title"]),
        (_("Project code"), track["project_code"]),
        (_("Course cycle"), f"{about['cycle_title']} ({sealed.cycle_code})"),
        (_("Module"), about["module"]),
        (ngettext("Teacher", "Teachers", len(teachers)), ", ".join(teachers)),
        (_("Held"), f"{mode}, {place}" if place else mode),
        (_("Planned minutes"), str(sealed.minutes)),
        (_("People"), counted),
    ]
    return [(label, words_paper.printed(value)) for label, value in facts if value]


def _row(row: SealedRow, zone: str) -> dict[str, Any]:
    mark = Mark(row.mark) if row.mark else None
    return {
        "name": row.name,
        "organisation": row.organisation,
        "entry": words_paper.clock(row.entry, zone),
        "exit": words_paper.clock(row.exit, zone),
        "minutes": row.minutes if mark is Mark.PRESENT else "",
        "mark": mark_word(mark),
        "kinds": words_paper.kinds_words(row.kinds),
    }


def _files(sealed: Sealed) -> list[dict[str, Any]]:
    found = [(file, _("yes")) for file in sealed.about["files"]]
    found += [(file, _("no, added later")) for file in sealed.later_scans]
    return [
        {
            "kind": words_paper.file_words(file["kind"], file["type"]),
            "sha256": file["sha256"],
            "size": file["size"],
            "sealed": word,
        }
        for file, word in found
    ]


def corrected(sealed: Sealed) -> dict[int, Cell]:
    """What the last rectification of each person says."""
    return {each.enrolment_id: each.after for each in sealed.corrections}
