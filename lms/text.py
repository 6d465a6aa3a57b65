"""Text as people type it, brought to one form before it is kept or compared."""

from __future__ import annotations

import re
import unicodedata

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def clean_line(text: str) -> str:
    """One line: NFC, white space collapsed, no control characters, no bidi controls."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if ch.isspace() else ch
        for ch in composed
        if ch.isspace() or (unicodedata.category(ch) not in {"Cc", "Cs", "Co", "Cn"})
    )
    return " ".join("".join(ch for ch in kept if ch not in _BIDI_CONTROLS).split())


def clean_text(text: str) -> str:
    """Several lines, each cleaned; at most one blank line in a row."""
    lines = [
        clean_line(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 80 characters; empty if nothing is left."""
    straight = text.replace("’", "'")  # an apostrophe parts two words, however it is typed
    plain = unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].rstrip("-")


SEARCH_KEY_LENGTH = 400
_WITHOUT_DECOMPOSITION = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def search_key(text: str) -> str:
    """What a search compares: words without accents, case or punctuation, joined by a space.

    "Forlì" is found by "forli", "D'Apollo" by "d’apollo". At most 400 characters: a ligature may
    unfold into many, and an index has its limits.
    """
    plain = "".join(
        ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch)
    ).casefold()
    plain = plain.translate(_WITHOUT_DECOMPOSITION)
    words = "".join(ch if ch.isalnum() else " " for ch in plain).split()
    return " ".join(words)[:SEARCH_KEY_LENGTH].rstrip()
