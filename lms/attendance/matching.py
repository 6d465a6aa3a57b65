"""People of a report and the people enrolled: certain, or handed to a person with suggestions.

Certain is an exact key that is unique on both sides: the e-mail; else the tax code; else the whole
name in any order; else a part of it that holds the first given name and the first surname; else all
initials with the surname. Likeness never decides. Of several people of a report with one candidate,
only the one the e-mail names, or else the tax code, stays certain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from lms.attendance.names import DEVICES, GENERIC, Words, fold, name_words, readings
from lms.attendance.similar import Similar

How = Literal["remembered", "email", "tax_code", "name", "part_of_name", "initials"]

_EXACT: tuple[How, ...] = ("email", "tax_code")  # keys that outweigh any name
_MOST_WORDS = 8  # of a typed name that are paired
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a report. `registered_name` is first and last name as given on registration."""

    name: str
    email: str | None = None
    registered_name: str | None = None
    tax_code: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody enrolled. `tax_codes`: of those that the report names, the ones that are theirs."""

    key: Hashable
    given_name: str
    family_name: str
    emails: tuple[str, ...] = ()
    organisation: str = ""
    tax_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certain:
    """The candidate, and what proves it."""

    key: Hashable
    how: How


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Candidates that fit as well as one another, or one that several people fit."""

    candidates: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Nobody fits; the candidates most like the name, most likely first."""

    suggestions: tuple[Hashable, ...]


Match = Certain | Ambiguous | Unmatched


def match(
    person: Person, roster: Sequence[Candidate], remembered: Mapping[str, Hashable] | None = None
) -> Match:
    """Return what one person of a report is. For a whole report use `match_all`."""
    return match_all([person], roster, remembered)[0]


def match_all(
    people: Sequence[Person],
    roster: Sequence[Candidate],
    remembered: Mapping[str, Hashable] | None = None,
) -> tuple[Match, ...]:
    """Return what each person of a report is, in the people's order.

    `remembered` holds what people decided before, by `memory_key`. Apart from those decisions at
    most one person is certain for a candidate. Neither order of people nor of roster counts.
    """
    index = _Index(roster)
    known = remembered or {}
    found = [_remembered(person, index, known) or index.find(person) for person in people]
    claims: dict[Hashable, list[How]] = defaultdict(list)
    for each in found:
        if isinstance(each, Certain):
            claims[each.key].append(each.how)
    return tuple(_unless_contested(each, claims) for each in found)


def memory_key(person: Person) -> str:
    """The key under which a decision about this person is remembered for the next report."""
    if person.email:
        return f"email:{person.email.strip().casefold()}"
    return f"name:{' '.join(fold(person.name).split())}"


def _remembered(
    person: Person, index: _Index, remembered: Mapping[str, Hashable]
) -> Certain | None:
    key = remembered.get(memory_key(person))
    return Certain(key, "remembered") if key in index.candidates else None


def _unless_contested(found: Match, claims: Mapping[Hashable, list[How]]) -> Match:
    if not isinstance(found, Certain) or found.how == "remembered":
        return found
    others = [how for how in claims[found.key] if how != "remembered"]
    best = next((how for how in _EXACT if how in others), None)
    if len(others) == 1 or (found.how == best and others.count(best) == 1):
        return found
    return Ambiguous((found.key,))


class _Index:
    """The roster by every key, so that a report of thousands is matched without comparing pairs."""

    def __init__(self, roster: Iterable[Candidate]) -> None:
        self.candidates: dict[Hashable, Candidate] = {}
        self.by_email: dict[str, set[Hashable]] = defaultdict(set)
        self.by_tax_code: dict[str, set[Hashable]] = defaultdict(set)
        self.by_name: dict[frozenset[str] | str, set[Hashable]] = defaultdict(set)
        self.by_firsts: dict[frozenset[str], set[Hashable]] = defaultdict(set)
        self.by_initials: dict[str, set[Hashable]] = defaultdict(set)
        self.by_hint: dict[str, set[Hashable]] = defaultdict(set)
        self.words: dict[Hashable, frozenset[str]] = {}
        for candidate in roster:
            self._add(candidate)
        self.order = {
            key: (fold(c.family_name), fold(c.given_name), repr(key))
            for key, c in self.candidates.items()
        }
        self.similar = Similar(self.words, self.order)

    def _add(self, candidate: Candidate) -> None:
        key = candidate.key
        given, family = name_words(candidate.given_name), name_words(candidate.family_name)
        self.candidates[key] = candidate
        self.words[key] = frozenset((*given, *family))
        for email in candidate.emails:
            self.by_email[email.strip().casefold()].add(key)
        for code in candidate.tax_codes:
            self.by_tax_code[code].add(key)
        if not given or not family:
            return
        whole, surname = "".join(given), "".join(family)
        for name in (self.words[key], whole + surname, surname + whole):
            self.by_name[name].add(key)
        self.by_firsts[frozenset((given[0], family[0]))].add(key)
        initials = "".join(word[0] for word in given)
        if len(given) > 1:
            self.by_initials[initials + surname].add(key)
            self.by_initials[surname + initials].add(key)
        for hint in (
            given[0] + family[0][0],
            family[0][0] + given[0],
            given[0][0] + surname,
            surname + given[0][0],
        ):
            self.by_hint[hint].add(key)

    def find(self, person: Person) -> Match:
        """What the person is, looked at alone."""
        read = [readings(name) for name in (person.name, person.registered_name or "") if name]
        outside = [words for each in read for words in each.outside]
        address = person.email or (person.name if "@" in person.name else "")
        owners = self.by_email.get(address.strip().casefold(), set())
        exact = self._exact(outside)
        coded = self.by_tax_code.get(person.tax_code or "", set())
        if owners:
            return self._owner(owners, exact, coded)
        if coded:
            return self._only(coded, "tax_code")
        inside = self._exact([words for each in read for words in each.inside])
        everything = frozenset[str]().union(*(each.everything for each in read))
        if not everything & DEVICES:
            found = self._named(exact, inside) or self._partly(outside) or self._initialled(outside)
            if found is not None:
                return found
        hinted = self._hinted(outside)
        if len(hinted) > 1 and not everything & DEVICES:
            return Ambiguous(self._sorted(hinted))
        likely = [*self._sorted(exact | inside | hinted)]
        local = readings(address).everything if address else frozenset[str]()
        likely += self.similar.to(everything | local)
        return Unmatched(tuple(dict.fromkeys(likely))[:_SUGGESTED])

    def _owner(self, owners: set[Hashable], exact: set[Hashable], coded: set[Hashable]) -> Match:
        """Whose address it is: the tax code, else the name decides a shared one.

        Another's tax code, or another's name, makes it a doubt.
        """
        if coded:
            both = owners & coded
            return self._only(both, "email") if both else Ambiguous(self._sorted(owners | coded))
        agreeing = owners & exact or (owners if not exact else set())
        if len(agreeing) == 1:
            return Certain(next(iter(agreeing)), "email")
        return Ambiguous(self._sorted(agreeing or owners | exact))

    def _exact(self, read: Iterable[Words]) -> set[Hashable]:
        found: set[Hashable] = set()
        for words in read:
            if len(words) > 1:
                found |= self.by_name.get(frozenset(words), set())
            found |= self.by_name.get("".join(words), set())
        return found

    def _named(self, exact: set[Hashable], inside: set[Hashable]) -> Match | None:
        """The whole name, unless the name in brackets is another candidate's."""
        if not exact:
            return None
        return self._only(exact | inside, "name")

    def _partly(self, read: Iterable[Words]) -> Match | None:
        """First given name and first surname, with nothing else, or with the organisation."""
        shorter: set[Hashable] = set()
        longer: set[Hashable] = set()
        for words in map(frozenset, read):
            for pair in combinations(sorted(words)[:_MOST_WORDS], 2):
                for key in self.by_firsts.get(frozenset(pair), ()):
                    if words <= self.words[key]:
                        shorter.add(key)
                    elif self.words[key] <= words and self._of_organisation(
                        words - self.words[key], key
                    ):
                        longer.add(key)
        if longer:
            return self._only(longer, "name")
        return self._only(shorter, "part_of_name") if shorter else None

    def _of_organisation(self, words: frozenset[str], key: Hashable) -> bool:
        own = fold(self.candidates[key].organisation)
        return words <= {*GENERIC, *name_words(own), *own.split()}

    def _initialled(self, read: Iterable[Words]) -> Match | None:
        found: set[Hashable] = set()
        for words in read:
            found |= self.by_initials.get("".join(words), set())
        return self._only(found, "initials") if found else None

    def _hinted(self, read: Iterable[Words]) -> set[Hashable]:
        """One name and one initial: too little to be certain."""
        found: set[Hashable] = set()
        for words in read:
            found |= self.by_hint.get("".join(words), set())
        return found

    def _only(self, found: set[Hashable], how: How) -> Match:
        if len(found) == 1:
            return Certain(next(iter(found)), how)
        return Ambiguous(self._sorted(found))

    def _sorted(self, keys: set[Hashable]) -> tuple[Hashable, ...]:
        return tuple(sorted(keys, key=self.order.__getitem__))
