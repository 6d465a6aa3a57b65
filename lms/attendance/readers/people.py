"""Rows of one meeting gathered into people: by e-mail, tax code, else name; never by likeness."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from lms.attendance.readers.model import Notice
from lms.attendance.readers.raw import RawMeeting, Visit
from lms.attendance.readers.vocabulary import meanings

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_RENAMED = re.compile(r"^(?P<new>.+?)\s*[(（](?P<original>[^()（）]+)[)）]$")
_HOST_MARK = re.compile(r"\s*\((?:co-?)?host\)$")  # Zoom's own, whatever the language of the rest


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one person."""

    visits: tuple[Visit, ...]

    @property
    def name(self) -> str:
        """As the report writes it first; the e-mail where no row has a name."""
        return next(iter(self.names), None) or self.registered_name or self.email or ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its rows, each once."""
        return tuple(dict.fromkeys(visit.name for visit in self.visits if visit.name))

    @property
    def email(self) -> str | None:
        """As the report writes it first."""
        return self.visits[0].email

    @property
    def tax_code(self) -> str | None:
        """As the report writes it first."""
        return next((visit.tax_code for visit in self.visits if visit.tax_code), None)

    @property
    def registered_name(self) -> str | None:
        """First and last name from the registration, if the report has them."""
        return next((v.registered_name for v in self.visits if v.registered_name), None)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the same person: before a renaming, after it, as registered."""
        found = [each for name in self.names for each in (name, _parts(name)[1])]
        names = {name_key(each): each for each in (*found, self.registered_name) if each}
        names.pop(name_key(self.name), None)
        return tuple(names.values())

    @property
    def stated_minutes(self) -> int | None:
        """What the platform states for the counted rows, summed; None if it states nothing."""
        stated = [visit.stated for visit in self.visits if visit.stated is not None]
        return sum(stated, timedelta()) // timedelta(minutes=1) if stated else None


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """A name for comparison within one report: case, form of letters, apostrophes, spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_APOSTROPHES)
    return " ".join(folded.split())


def gather(meeting: RawMeeting) -> tuple[Group, ...]:
    """Return the meeting's people in the order in which the report names them first.

    Without an e-mail or a tax code only the very same name is the same person: «Ada Verdi
    (Comune)» and «Ada Verdi» stay two, and so do rows with and without an e-mail.
    """
    rows: dict[tuple[str, str], list[Visit]] = {}
    for visit in meeting.visits:
        exact = visit.email.casefold() if visit.email else visit.tax_code or ""
        key = (exact, "" if exact else _HOST_MARK.sub("", name_key(visit.name)))
        rows.setdefault(key, []).append(visit)
    return tuple(Group(tuple(each)) for each in rows.values())


def doubts(groups: Iterable[Group]) -> list[Notice]:
    """What a person should check: one e-mail for several names, one name kept as several people."""
    shared: list[str] = []
    apart: dict[str, str] = {}
    seen: set[str] = set()
    for group in groups:
        names = group.names
        shown = {name_key(new): new for new, _ in map(_parts, names)}
        for _, original in map(_parts, names):
            shown.pop(name_key(original), None)
        if len(shown) > 1:
            shared.append(" / ".join(shown.values()))
        new, _ = _parts(group.name)
        if name_key(new) in seen:
            apart.setdefault(name_key(new), new)
        seen.add(name_key(new))
    notices = []
    if shared:
        notices.append(Notice("one_email_many_names", {"names": tuple(shared)}))
    if apart:
        notices.append(Notice("name_kept_apart", {"names": tuple(apart.values())}))
    return notices


def _parts(name: str) -> tuple[str, str]:
    """The name and the original one in brackets, "" for none; «(Host)» is no name."""
    renamed = _RENAMED.match(name)
    if renamed is None:
        return name, ""
    return renamed["new"], "" if "host" in meanings(renamed["original"]) else renamed["original"]
