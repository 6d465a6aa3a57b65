"""What a body's name and codes tell. Pure: text in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from stdnum import luhn

from lms.text import search_key

# First words of a name → kind (a value of `OrganisationKind`), the longer beginnings first.
_BEGINNINGS = (
    ("citta metropolitana", "metropolitan_city"),
    ("unione dei comuni", "union"),
    ("unione di comuni", "union"),
    ("unione comuni", "union"),
    ("unione", "union"),
    ("comunita montana", "union"),
    ("ambito", "ambit"),
    ("comune", "municipality"),
    ("roma capitale", "municipality"),
    ("provincia", "province"),
    ("libero consorzio comunale", "province"),
    ("regione", "region"),
    ("associazione", "third_sector"),
    ("cooperativa", "third_sector"),
    ("coop", "third_sector"),
    ("consorzio di cooperative", "third_sector"),
    ("fondazione", "third_sector"),
    ("odv", "third_sector"),
    ("aps", "third_sector"),
)

# How each code is written. IPA: a body's key in the national index; ISTAT: six digits for a
# municipality, three for a province, two for a region; cadastral: a letter and three digits;
# fiscal: eleven digits, of which the last is a check.
CODE_FORMATS = {
    "province_code": re.compile(r"[A-Z]{2}"),
    "ipa_code": re.compile(r"[A-Z0-9_.-]{2,40}"),
    "fiscal_code": re.compile(r"\d{11}"),
    "istat_code": re.compile(r"\d{2}|\d{3}|\d{6}"),
    "cadastral_code": re.compile(r"[A-Z]\d{3}"),
}

WORD_LENGTH = 40
# Words that many names share: they tell nothing about whether two bodies are the same.
_GENERIC = """
    a al alla aps comune comuni coop cooperativa d da dal dalla degli dei del dell della delle di e
    ed ente ets associazione fondazione i il in l la le lo odv onlus organizzazione per sociale
    societa unione volontariato
"""
GENERIC_WORDS = frozenset(_GENERIC.split())
# Words that thousands of public bodies bear in their names: a search begins with the others.
COMMON_WORDS = frozenset({"comune", "comprensivo", "istituto", "statale", "unione", *GENERIC_WORDS})
_ALIKE = 0.8
_NEAR = 0.5


def guess_kind(name: str) -> str:
    """The kind a name suggests ("Comune di …"); "other" when it suggests none."""
    words = f"{search_key(name)} "
    return next((kind for start, kind in _BEGINNINGS if words.startswith(f"{start} ")), "other")


def normal_code(text: str) -> str | None:
    """A code without spaces, in capitals; None for an empty one."""
    return "".join(text.split()).upper() or None


def code_is_well_formed(column: str, code: str) -> bool:
    """Whether `code` is written as codes of `column` are; a fiscal code's check digit agrees."""
    if CODE_FORMATS[column].fullmatch(code) is None:
        return False
    return column != "fiscal_code" or bool(luhn.is_valid(code))


def words_of(texts: Iterable[str | None]) -> set[str]:
    """The words by which a body with these names and codes is found."""
    return {word[:WORD_LENGTH] for text in texts if text for word in search_key(text).split()}


def telling_words(name: str) -> set[str]:
    """Those words of a name that tell it from others; all of them when it has no other."""
    words = words_of([name])
    return words - GENERIC_WORDS or words


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1: the share of telling words that have a fellow."""
    ours, theirs = telling_words(one), telling_words(other)
    if not ours or not theirs:
        return 0.0
    pairs = sum(any(_alike(word, each) for each in theirs) for word in ours)
    return pairs / max(len(ours), len(theirs))


def is_near(one: str, other: str) -> bool:
    """Whether two names may mean one body."""
    return likeness(one, other) >= _NEAR


def _alike(word: str, other: str) -> bool:
    return word == other or SequenceMatcher(None, word, other).ratio() >= _ALIKE
