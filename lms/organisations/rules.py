"""What a body's name and codes tell. Pure: text in, text out."""

from __future__ import annotations

import re

from lms.text import search_key

# First words of a name → kind (a value of `OrganisationKind`), the longer beginnings first.
_BEGINNINGS = (
    ("citta metropolitana", "province"),
    ("unione dei comuni", "union"),
    ("unione di comuni", "union"),
    ("unione comuni", "union"),
    ("unione", "union"),
    ("comunita montana", "union"),
    ("ambito", "ambit"),
    ("comune", "municipality"),
    ("roma capitale", "municipality"),
    ("provincia", "province"),
    ("regione", "region"),
    ("associazione", "third_sector"),
    ("cooperativa", "third_sector"),
    ("coop", "third_sector"),
    ("consorzio di cooperative", "third_sector"),
    ("fondazione", "third_sector"),
    ("odv", "third_sector"),
    ("aps", "third_sector"),
)

# How each code is written. IPA: a body's key in the national index; ISTAT: the municipality's
# statistical number; cadastral: a letter and three digits; fiscal: 11 digits for a body.
CODE_FORMATS = {
    "province_code": re.compile(r"[A-Z]{2}"),
    "ipa_code": re.compile(r"[A-Z0-9_-]{2,20}"),
    "fiscal_code": re.compile(r"\d{11}"),
    "istat_code": re.compile(r"\d{6}"),
    "cadastral_code": re.compile(r"[A-Z]\d{3}"),
}


def guess_kind(name: str) -> str:
    """The kind a name suggests ("Comune di …"); "other" when it suggests none."""
    words = f"{search_key(name)} "
    return next((kind for start, kind in _BEGINNINGS if words.startswith(f"{start} ")), "other")


def normal_code(text: str) -> str | None:
    """A code without spaces, in capitals; None for an empty one."""
    return "".join(text.split()).upper() or None


def code_is_well_formed(column: str, code: str) -> bool:
    """Whether `code` is written as codes of `column` are."""
    return CODE_FORMATS[column].fullmatch(code) is not None
