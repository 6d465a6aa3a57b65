"""What a password must be, and which name and mail addresses are well written. Pure."""

from __future__ import annotations

import enum
import re

from email_validator import EmailNotValidError, validate_email

from lms.accounts.blocklist import common_passwords, core_of

MINIMUM_PASSWORD_LENGTH = 12
MAXIMUM_PASSWORD_LENGTH = 256
MINIMUM_DISTINCT = 5
MAXIMUM_EMAILS = 10
NAME_LENGTH = 120
EMAIL_LENGTH = 254
LEFT_OVER = 6  # characters a password must hold beside one's own words
OWN_WORD_LENGTH = 4  # shorter words stand in too many others


class PasswordFault(enum.StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_COMMON = "too_common"
    TOO_PERSONAL = "too_personal"


def password_fault(password: str, *own_words: str) -> PasswordFault | None:
    """What is wrong with a new password; None when it will do.

    Length decides, not the kinds of characters (NIST SP 800-63B, OWASP ASVS 6.2.1, 6.2.4, 6.2.5).
    `own_words`: what anybody knows (mail address, names, the site's name): no secret by themselves.
    """
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        return PasswordFault.TOO_SHORT
    if len(password) > MAXIMUM_PASSWORD_LENGTH:
        return PasswordFault.TOO_LONG
    if _is_personal(password, own_words):
        return PasswordFault.TOO_PERSONAL
    if len(set(password.casefold())) < MINIMUM_DISTINCT or _is_common(password):
        return PasswordFault.TOO_COMMON
    return None


def _is_personal(password: str, own_words: tuple[str, ...]) -> bool:
    """Whether little is left of `password` without what is known of the person and the site."""
    left = core_of(password)
    parts = {core_of(part) for words in own_words for part in re.split(r"[^\w]+|_", words)}
    known = {core_of(words) for words in own_words} | parts
    found = [word for word in known if len(word) >= OWN_WORD_LENGTH and word in left]
    for word in sorted(found, key=len, reverse=True):
        left = left.replace(word, "")
    return bool(found) and len(left) < LEFT_OVER


def _is_common(password: str) -> bool:
    core = core_of(password)
    if not core:  # digits only: 123456789012, a telephone number
        return True
    known = common_passwords()
    return core in known or _is_repeated(core, known)


def _is_repeated(core: str, known: frozenset[str]) -> bool:
    """Whether `core` is one known word written several times."""
    return any(
        len(core) % size == 0 and core[:size] * (len(core) // size) == core and core[:size] in known
        for size in range(3, len(core) // 2 + 1)
    )


def split_emails(text: str) -> list[str]:
    """Addresses parted by spaces, commas, semicolons or lines; lower-case, each once, in order."""
    return list(dict.fromkeys(part.lower() for part in re.split(r"[\s,;]+", text) if part))


def is_email(text: str) -> bool:
    """Whether `text` is a well-written mail address (nobody is asked)."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return len(text) <= EMAIL_LENGTH
