"""Passwords that many people choose: read once, when a password is first chosen. Pure.

The lists are those of the zxcvbn package: 30,000 passwords by frequency, words, names and surnames.
Its estimate of guesses is not used: some seventy characters keep it busy for half a minute.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lms.text import search_key

# What people type when twelve characters are asked of them; compared without case, accents,
# spaces and punctuation, and without the digits that are hung on at either end.
_ITALIAN = frozenset(
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


def core_of(text: str) -> str:
    """What passwords are compared by: no case, accents, spaces, no digits hung on at either end."""
    return re.sub(r"^\d+|\d+$", "", search_key(text).replace(" ", ""))


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The core of every common password, word and name."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - 90,000 words, seldom

    listed = {core_of(word) for words in FREQUENCY_LISTS.values() for word in words}
    return frozenset(listed | {core_of(word) for word in _ITALIAN}) - {""}
