"""The Italian tax code (codice fiscale): what is well written, whose name it spells. Pure.

Omocodia (letters in place of digits, given out when two people would have the same code) is part of
the definition and is checked as such.
"""

from __future__ import annotations

import enum
import re
import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale

LENGTH = 16
SHOWN_AT_START, SHOWN_AT_END = 3, 1
_SHAPE = re.compile(r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]")
_VOWELS = "AEIOU"
_NO_LETTERS = "XXX"


class TaxCodeFault(enum.StrEnum):
    """Why what was typed is no tax code of a person."""

    ELEVEN_DIGITS = "eleven_digits"
    SHAPE = "shape"
    CHECK = "check"


def normalise(text: str) -> str:
    """As it is kept and compared: upper case, without spaces and the hyphens people put between."""
    return re.sub(r"[\s\u00a0.\-]+", "", text).upper()


def looks_like_one(text: str) -> bool:
    """Whether this is written as a person's tax code is, right or wrong in its last letter."""
    return _SHAPE.fullmatch(normalise(text)) is not None


def fault(code: str) -> TaxCodeFault | None:
    """What is wrong with a normalised code; None when it is well written."""
    if re.fullmatch(r"[0-9]{11}", code):
        return TaxCodeFault.ELEVEN_DIGITS
    if _SHAPE.fullmatch(code) is None:
        return TaxCodeFault.SHAPE
    try:
        codicefiscale.validate(code)
    except ValidationError:
        return TaxCodeFault.CHECK
    return None


def masked(code: str) -> str:
    """The code as others see it: three letters, which the family name tells anyway, and the last.

    Date and place of birth and sex stand in what is hidden.
    """
    hidden = "*" * (LENGTH - SHOWN_AT_START - SHOWN_AT_END)
    return f"{code[:SHOWN_AT_START]}{hidden}{code[-SHOWN_AT_END:]}"


def fits_name(code: str, family_name: str, given_name: str) -> bool:
    """Whether the first six letters are those of this name.

    A hint, never a refusal: the registry office may know more given names than the person uses.
    """
    return code[:3] == _letters(family_name) and code[3:6] in {
        _letters_of_given(given_name),
        _letters_of_given(given_name.split()[0] if given_name.split() else ""),
    }


def _letters(name: str) -> str:
    consonants, vowels = _parted(name)
    return (consonants + vowels + _NO_LETTERS)[:3]


def _letters_of_given(name: str) -> str:
    consonants, vowels = _parted(name)
    if len(consonants) > 3:
        return consonants[0] + consonants[2:4]
    return (consonants + vowels + _NO_LETTERS)[:3]


def _parted(name: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFKD", name).upper()
    letters = [letter for letter in plain if "A" <= letter <= "Z"]
    consonants = "".join(letter for letter in letters if letter not in _VOWELS)
    return consonants, "".join(letter for letter in letters if letter in _VOWELS)
