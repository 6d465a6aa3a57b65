"""Names that look like a name, for a person to choose from; nothing is decided here."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from heapq import nsmallest

_SHORTEST = 3  # letters of a word that tells anything
_COMMON = 400  # people: a word that so many share tells nothing beside a rarer one
_SHOWN = 5  # of those who share only such a word
_MISSPELT = 0.6  # what a word counts that differs by one letter


class Similar:
    """The words of a roster, found again with one letter missing, added or changed."""

    def __init__(
        self,
        words: Mapping[Hashable, Iterable[str]],
        order: Mapping[Hashable, tuple[str, ...]],
    ) -> None:
        self._order = order
        self._firsts: dict[str, list[Hashable]] = {}
        self._people: dict[str, set[Hashable]] = defaultdict(set)
        self._near: dict[str, set[str]] = defaultdict(set)
        self._count = max(1, len(words))
        for key, own in words.items():
            for word in own:
                self._people[word].add(key)
        for word in self._people:
            for shorter in shortened(word):
                self._near[shorter].add(word)

    def to(self, words: Iterable[str]) -> list[Hashable]:
        """Return keys that share words, the rarest words first; ties by the roster's `order`."""
        weights = self._weights(words)
        rare = {word: w for word, w in weights.items() if len(self._people[word]) <= _COMMON}
        if not rare:
            rarest = min(weights, key=lambda word: (len(self._people[word]), word), default=None)
            return self._first(rarest) if rarest else []
        scores: dict[Hashable, float] = defaultdict(float)
        for word, weight in sorted(rare.items()):
            for key in self._people[word]:
                scores[key] += weight
        return sorted(scores, key=lambda key: (-scores[key], self._order[key]))

    def _first(self, word: str) -> list[Hashable]:
        if word not in self._firsts:
            self._firsts[word] = nsmallest(_SHOWN, self._people[word], self._order.__getitem__)
        return self._firsts[word]

    def _weights(self, words: Iterable[str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for typed in words:
            if len(typed) < _SHORTEST:
                continue
            for word in self._known(typed):
                rarity = math.log1p(self._count / len(self._people[word]))
                weight = rarity * (1.0 if word == typed else _MISSPELT)
                found[word] = max(found.get(word, 0.0), weight)
        return found

    def _known(self, typed: str) -> set[str]:
        if typed in self._people:
            return {typed}
        return {word for form in shortened(typed) for word in self._near.get(form, ())}


def shortened(word: str) -> Iterator[str]:
    """The word, and what is left of it without one letter: words one letter apart share one."""
    if _SHORTEST <= len(word) <= 40:
        yield word
        if len(word) > _SHORTEST:
            yield from (word[:at] + word[at + 1 :] for at in range(len(word)))
