"""What a password must be, and which name and mail addresses are well written. Pure."""

from __future__ import annotations

import enum
import re

from email_validator import EmailNotValidError, validate_email

from lms.text import search_key

MINIMUM_PASSWORD_LENGTH = 12
MAXIMUM_PASSWORD_LENGTH = 256
MINIMUM_DISTINCT = 5
MAXIMUM_EMAILS = 10
NAME_LENGTH = 120
EMAIL_LENGTH = 254
# What people type when twelve characters are asked of them; compared without case, accents,
# spaces and punctuation, and without the digits that are hung on at either end.
COMMON = frozenset(
    """
    password passwordpassword passw0rd miapassword lamiapassword nuovapassword passwordsicura
    cambiami cambiamisubito changeme letmein benvenuto benvenuti welcome amministratore
    amministrazione administrator admin comune comunedi municipio regione provincia segreteria
    ufficio formazione percorso corso docente partecipante italia forzaitalia repubblicaitaliana
    qwerty qwertyuiop qwertyqwerty qwertyuiopasdfgh asdfghjkl asdfghjklzxcvbnm zxcvbnm
    abcdefghijkl abcdefghijklm abcdefghijklmno abcabcabcabc iloveyou tiamo tiamotanto
    juventus forzajuve forzamilan forzainter forzanapoli forzaroma amoremio amoremiobello
    buongiorno buonanatale francesco giuseppe antonio alessandro francesca
    """.split()  # noqa: SIM905 - a list to be read and added to
)


class PasswordFault(enum.StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_COMMON = "too_common"


def password_fault(password: str, *own_words: str) -> PasswordFault | None:
    """What is wrong with a new password; None when it will do.

    Length decides, not the kinds of characters (NIST SP 800-63B, OWASP ASVS 6.2.1, 6.2.4, 6.2.5).
    `own_words`: what anybody knows about the person (mail address, names): no secret by themselves.
    """
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        return PasswordFault.TOO_SHORT
    if len(password) > MAXIMUM_PASSWORD_LENGTH:
        return PasswordFault.TOO_LONG
    if len(set(password.casefold())) < MINIMUM_DISTINCT or _is_known(password, own_words):
        return PasswordFault.TOO_COMMON
    return None


def _is_known(password: str, own_words: tuple[str, ...]) -> bool:
    core = _core(password)
    if not core:  # digits only: 123456789012, a telephone number
        return True
    known = COMMON | {_core(word) for word in own_words}
    return core in known or _is_repeated(core, known)


def _core(text: str) -> str:
    return re.sub(r"^\d+|\d+$", "", search_key(text).replace(" ", ""))


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
