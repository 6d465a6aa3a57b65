"""Rows of one meeting gathered into people: by e-mail, else by name; never by likeness."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, Visit

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_RENAMED = re.compile(r"^(?P<new>.+?)\s*[(（](?P<original>[^()（）]+)[)）]$")


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one person."""

    visits: tuple[Visit, ...]

    @property
    def name(self) -> str:
        """As the report writes it first; the e-mail where no row has a name."""
        named = next((visit.name for visit in self.visits if visit.name), None)
        return named or self.registered_name or self.email or ""

    @property
    def email(self) -> str | None:
        """As the report writes it first."""
        return self.visits[0].email

    @property
    def registered_name(self) -> str | None:
        """First and last name from the registration, if the report has them."""
        return next((v.registered_name for v in self.visits if v.registered_name), None)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the same person: before a renaming, after it, as registered."""
        names: dict[str, str] = {}
        for visit in self.visits:
            renamed = _RENAMED.match(visit.name)
            found = (visit.name, renamed and renamed["original"], visit.registered_name)
            for each in found:
                if each:
                    names.setdefault(name_key(each), each)
        names.pop(name_key(self.name), None)
        return tuple(names.values())

    @property
    def stated_minutes(self) -> int | None:
        """What the platform states for the counted rows, summed; None if it states nothing."""
        stated = [visit.stated for visit in self.visits if visit.stated is not None]
        return sum(stated) if stated else None


def name_key(name: str) -> str:
    """A name for comparison within one report: case, form of letters, apostrophes, spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_APOSTROPHES)
    return " ".join(folded.split())


def gather(meeting: RawMeeting) -> tuple[Group, ...]:
    """Return the meeting's people in the order in which the report names them first.

    Without an e-mail only the very same name is the same person: «Ada Verdi (Comune)» and
    «Ada Verdi» stay two, and so do rows with and without an e-mail.
    """
    rows: dict[tuple[str, str], list[Visit]] = {}
    for visit in meeting.visits:
        key = (visit.email.casefold(), "") if visit.email else ("", name_key(visit.name))
        rows.setdefault(key, []).append(visit)
    return tuple(Group(tuple(each)) for each in rows.values())


def doubts(groups: Iterable[Group]) -> list[Notice]:
    """What a person should check: one e-mail for several names, one name kept as several people."""
    shared: list[str] = []
    apart: dict[str, str] = {}
    seen: set[str] = set()
    for group in groups:
        names = {name_key(_shown_name(visit.name)) for visit in group.visits if visit.name}
        originals = {name_key(r["original"]) for v in group.visits if (r := _RENAMED.match(v.name))}
        if len(names - originals) > 1:
            shared.append(f"{group.email} ({', '.join(sorted(names - originals))})")
        own = {name_key(_shown_name(group.name))}
        for key in own & seen:
            apart.setdefault(key, _shown_name(group.name))
        seen |= own
    notices = []
    if shared:
        notices.append(Notice("one_email_many_names", {"names": tuple(shared)}))
    if apart:
        notices.append(Notice("name_kept_apart", {"names": tuple(apart.values())}))
    return notices


def _shown_name(name: str) -> str:
    renamed = _RENAMED.match(name)
    return renamed["new"] if renamed else name
