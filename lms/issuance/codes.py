"""The code of verification: 128 random bits in base 32, and what people make of it when typing."""

from __future__ import annotations

import base64
import re
import secrets

BITS = 128
LENGTH = 26
_CODE = re.compile(r"[A-Z2-7]{26}")
# The alphabet has neither 0, 1 nor 8: whoever types one read an O, an I or a B.
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def new_code() -> str:
    """A fresh code: 26 capital letters and digits 2-7."""
    return base64.b32encode(secrets.token_bytes(BITS // 8)).decode("ascii").rstrip("=")


def read_code(typed: str) -> str:
    """What was typed or scanned, brought to the form of a code; empty if it cannot be one.

    Spaces, hyphens and small letters do not matter, 0, 1 and 8 are read as O, I and B. A whole
    address of verification is taken as well, for that is what scanners hand over.
    """
    last = typed[:300].rstrip("/ \t\r\n").rpartition("/")[2]
    letters = "".join(ch for ch in last if ch.isalnum()).upper().translate(_MISREAD)
    return letters if _CODE.fullmatch(letters) else ""


def grouped(code: str) -> str:
    """The code as people read it aloud: groups of four, parted by spaces."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
