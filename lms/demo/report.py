"""A webinar platform's report of a fictional lesson, in the layout of Zoom's Italian export."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MEETING_HEADINGS = (
    "Argomento", "ID", "Organizzatore", "Durata (minuti)", "Ora di inizio", "Ora di fine",
    "Partecipanti",
)  # fmt: skip
PEOPLE_HEADINGS = (
    "Nome (nome originale)", "E-mail", "Ora di ingresso", "Ora di uscita", "Durata (minuti)",
    "Guest", "In sala d’attesa",
)  # fmt: skip


@dataclass(frozen=True)
class Attendee:
    """Somebody who may connect: names, mail (may be empty), organisation."""

    given_name: str
    family_name: str
    email: str
    organisation: str


Row = tuple[str, str, datetime, datetime, bool]


def zoom_report(
    title: str, starts_at: datetime, ends_at: datetime, people: Sequence[Attendee], seed: int
) -> bytes:
    """The report as bytes (UTF-8 with BOM); the same arguments give the same bytes.

    Most people stay to the end; some come late, drop and come back, leave early or never come; a
    few connect without mail, or from a device that tells no name.
    """
    chance = random.Random(seed)  # noqa: S311 # nosec B311 # invented presences
    rows: list[Row] = []
    unnamed = ""
    for person in people:
        stays = list(_presence(person, starts_at, ends_at, chance))
        rows += stays
        unnamed = unnamed or ("" if stays else person.given_name)
    if unnamed:  # somebody who seems absent is there after all, on a telephone
        rows.append((f"iPhone di {unnamed}", "", starts_at, ends_at - timedelta(minutes=3), False))
    rows.sort(key=lambda row: row[2])
    zone = ZoneInfo("Europe/Rome")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    opened, closed = min(row[2] for row in rows), max(row[3] for row in rows)
    writer.writerow(MEETING_HEADINGS)
    writer.writerow(
        [title, "912 3456 7890", "Regia di esempio (regia@example.org)", _minutes(opened, closed),
         _clock(opened, zone), _clock(closed, zone), len({row[0] for row in rows})]
    )  # fmt: skip
    writer.writerow([])
    writer.writerow(PEOPLE_HEADINGS)
    for name, email, joined, left, waiting in rows:
        yes_no = "Sì" if waiting else "No"
        writer.writerow(
            [name, email, _clock(joined, zone), _clock(left, zone), _minutes(joined, left), "Sì",
             yes_no]
        )  # fmt: skip
    return ("\ufeff" + out.getvalue()).encode()


def _presence(
    person: Attendee, starts_at: datetime, ends_at: datetime, chance: random.Random
) -> Iterator[Row]:
    dice = chance.random()
    if dice < 0.07:
        return
    name, email = _shown(person, chance)
    joined = starts_at + timedelta(seconds=chance.randint(-540, 240))
    left = ends_at + timedelta(seconds=chance.randint(-30, 360))
    if dice < 0.30:
        yield name, email, joined - timedelta(seconds=40), joined, True
    if dice < 0.18:
        yield name, email, joined, starts_at + timedelta(minutes=chance.randint(35, 70)), False
    elif dice < 0.40:
        dropped = starts_at + timedelta(minutes=chance.randint(20, 80), seconds=17)
        yield name, email, joined, dropped, False
        yield name, email, dropped + timedelta(seconds=chance.randint(20, 400)), left, False
    else:
        yield name, email, joined, left, False


def _shown(person: Attendee, chance: random.Random) -> tuple[str, str]:
    """The name somebody typed when joining, and the mail if the platform knew it."""
    full = f"{person.given_name} {person.family_name}"
    dice = chance.random()
    if dice < 0.12:
        return f"{person.family_name} {person.given_name}".upper(), ""
    if dice < 0.22:
        return f"{full} - {person.organisation}", ""
    if dice < 0.26 and person.email:
        return person.given_name.lower(), person.email
    return full, person.email


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%d/%m/%Y %I:%M:%S %p")


def _minutes(start: datetime, end: datetime) -> int:
    """Minutes as the platform states them: rounded up."""
    return -int(-(end - start).total_seconds() // 60)
