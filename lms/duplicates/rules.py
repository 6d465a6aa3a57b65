"""Which people may be one, and what stands against uniting them. Pure; a person decides."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from lms.attendance.names import name_words
from lms.attendance.similar import shortened

# A name, an office mailbox or a body that so many share tells nothing of a pair.
MOST_IN_A_GROUP = 12


class Clue(enum.StrEnum):
    """Why two people may be one, the strongest first."""

    TAX_CODE = "tax_code"
    MAIL = "mail"
    NAME_AND_BODY = "name_and_body"
    NAME = "name"
    SIMILAR_NAME = "similar_name"


ORDER = {clue: number for number, clue in enumerate(Clue)}
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A person as far as clues look; `name` is "family name given name"."""

    person_id: int
    name: str
    organisation_id: int | None = None
    mails: frozenset[str] = frozenset()
    tax_code: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name, folded, in no order."""
        return tuple(sorted(name_words(self.name)))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two people, the lower id first, and every clue that they are one."""

    pair: Pair
    clues: tuple[Clue, ...]


def proposals(people: Iterable[Known], apart: Collection[Pair] = ()) -> list[Proposal]:
    """Pairs that may be one person, the strongest clue first; not those known to be `apart`."""
    known = {person.person_id: person for person in people}
    found: dict[Pair, set[Clue]] = defaultdict(set)
    for pair in _together({k: [p.tax_code] for k, p in known.items() if p.tax_code}):
        found[pair].add(Clue.TAX_CODE)
    for pair in _together({key: person.mails for key, person in known.items()}):
        if _share_a_word(*(known[key] for key in pair)):
            found[pair].add(Clue.MAIL)
    for pair in _together({key: _forms(person.words) for key, person in known.items()}):
        clue = _of_names(*(known[key] for key in pair))
        if clue:
            found[pair].add(clue)
    told = [
        Proposal(pair, tuple(sorted(clues, key=ORDER.__getitem__)))
        for pair, clues in found.items()
        if pair not in apart
    ]
    return sorted(told, key=lambda each: (ORDER[each.clues[0]], -len(each.clues), each.pair))


def _together(keys: Mapping[int, Iterable[Hashable]]) -> set[Pair]:
    """Pairs of people who share a key."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for person_id, own in keys.items():
        for key in set(own):
            groups[key].append(person_id)
    small = (sorted(group) for group in groups.values() if 1 < len(group) <= MOST_IN_A_GROUP)
    return {(first, second) for group in small for first, second in combinations(group, 2)}


def _forms(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The name, and the name with one letter less: names one letter apart share a form."""
    forms = {words}
    for at, word in enumerate(words):
        forms |= {(*words[:at], *words[at + 1 :], shorter) for shorter in shortened(word)}
    return {tuple(sorted(form)) for form in forms if len(form) > 1}


def _share_a_word(one: Known, other: Known) -> bool:
    return bool(
        {form for word in one.words for form in shortened(word)}
        & {form for word in other.words for form in shortened(word)}
    )


def _of_names(one: Known, other: Known) -> Clue | None:
    bodies = {one.organisation_id, other.organisation_id}
    same_name = one.words == other.words
    if len(bodies) == 1 and None not in bodies:
        return Clue.NAME_AND_BODY if same_name else Clue.SIMILAR_NAME
    if None in bodies:
        return Clue.NAME if same_name else Clue.SIMILAR_NAME
    return None  # namesakes in two bodies are two people until something else says otherwise


class Hindrance(enum.StrEnum):
    """Why two people cannot be united as asked."""

    SAME_ROW = "same_row"
    UNITED_ALREADY = "united_already"
    STAFF = "staff"
    OWN_SIGN_IN = "own_sign_in"
    DEAD_SIGN_IN = "dead_sign_in"
    TWO_TAX_CODES = "two_tax_codes"


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two, as far as hindrances look.

    `signs_in`: None without an account, else whether it is active. `tax_code`: its keyed hash.
    """

    person_id: int
    united: bool = False
    staff: bool = False
    signs_in: bool | None = None
    tax_code: str | None = None


def hindrances(kept: Party, other: Party, *, by: int, by_administrator: bool) -> list[Hindrance]:
    """What stands against `other` becoming one with `kept` by the hand of `by`."""
    if kept.person_id == other.person_id:
        return [Hindrance.SAME_ROW]
    codes = {kept.tax_code, other.tax_code}
    two_accounts = kept.signs_in is not None and other.signs_in is not None
    checks = {
        Hindrance.UNITED_ALREADY: kept.united or other.united,
        Hindrance.STAFF: (kept.staff or other.staff) and not by_administrator,
        Hindrance.OWN_SIGN_IN: two_accounts and other.person_id == by,
        Hindrance.DEAD_SIGN_IN: two_accounts and bool(other.signs_in) and not kept.signs_in,
        Hindrance.TWO_TAX_CODES: None not in codes and len(codes) == 2,
    }
    return [hindrance for hindrance, there in checks.items() if there]
