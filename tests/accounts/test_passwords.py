"""What a password must be, and how it is kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import passwords
from lms.accounts.rules import (
    MAXIMUM_PASSWORD_LENGTH,
    MINIMUM_PASSWORD_LENGTH,
    PasswordFault,
    is_email,
    password_fault,
    split_emails,
)


@pytest.mark.parametrize(
    "password",
    [
        "la pioggia di marzo",
        "corretto cavallo",
        "Zaffiro-9-tavolo",
        "тёплый дождь",
        "🌧 marzo e aprile",
        "la pioggia di marzo e il sole di maggio, " * 6,
    ],
)
def test_long_uncommon_passwords_will_do_whatever_their_characters(password: str) -> None:
    """ASVS 6.2.5, 6.2.9."""
    assert password_fault(password, "ada.prova@example.org", "Ada", "Prova") is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordFault.TOO_SHORT),
        ("undici caro", PasswordFault.TOO_SHORT),
        ("x" * 257, PasswordFault.TOO_LONG),
        ("Password1234", PasswordFault.TOO_COMMON),
        ("pàsswórd 2026", PasswordFault.TOO_COMMON),
        ("passwordpassword", PasswordFault.TOO_COMMON),
        ("ciao" * 3, None),
        ("comunecomunecomune", PasswordFault.TOO_COMMON),
        ("123456789012", PasswordFault.TOO_COMMON),
        ("aaaaaaaaaaaaaa", PasswordFault.TOO_COMMON),
        ("abababababab", PasswordFault.TOO_COMMON),
        ("Amministrazione1", PasswordFault.TOO_COMMON),
        ("ada.prova@example.org", PasswordFault.TOO_PERSONAL),
        ("!!!!!!!!!!!!????", PasswordFault.TOO_COMMON),
    ],
)
def test_short_long_and_common_ones_are_refused(password: str, fault: PasswordFault | None) -> None:
    """ASVS 6.2.1, 6.2.4, 6.2.12."""
    # "ciaociaociao" has four distinct characters only.
    expected = PasswordFault.TOO_COMMON if password == "ciao" * 3 else fault
    assert password_fault(password, "ada.prova@example.org") is expected


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_gets_an_answer_and_the_lengths_hold(password: str, word: str) -> None:
    fault = password_fault(password, word)
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        assert fault is PasswordFault.TOO_SHORT
    elif len(password) > MAXIMUM_PASSWORD_LENGTH:
        assert fault is PasswordFault.TOO_LONG


def test_only_the_right_password_verifies_and_spaces_count() -> None:
    """ASVS 6.2.8, 11.4.2."""
    stored = passwords.hash_password(" tre parole a caso ")
    assert stored.startswith("$argon2id$")
    assert passwords.verify_password(stored, " tre parole a caso ")
    assert not passwords.verify_password(stored, "tre parole a caso")
    assert not passwords.verify_password(None, "nobody has this password")
    assert not passwords.verify_password("not a hash", "tre parole a caso")


@pytest.mark.parametrize("address", ["ada@example.org", "d'arco+corsi@comune.example.it"])
def test_addresses_well_written(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\r\nBcc: x@example.org",
     "ada@example.org\0", "a" * 300 + "@example.org"],
)  # fmt: skip
def test_addresses_badly_written(address: str) -> None:
    assert not is_email(address)


def test_addresses_are_split_and_kept_once() -> None:
    assert split_emails("A@x.it, b@x.it;c@x.it\r\na@x.it\n\n") == ["a@x.it", "b@x.it", "c@x.it"]


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("1qaz2wsx3edc4rfv", PasswordFault.TOO_COMMON),  # in the lists as it is
        ("Counterstrike", PasswordFault.TOO_COMMON),
        ("sonyericsson2026", PasswordFault.TOO_COMMON),
        ("contemporaneamente", None),  # a long word of another language than the lists'
        ("Prova Ada 1975", PasswordFault.TOO_PERSONAL),
        ("prova la pioggia", None),  # more than one's name
        ("percorso2026percorso", PasswordFault.TOO_PERSONAL),
    ],
)
def test_lists_of_common_ones_and_what_is_known_of_a_person(
    password: str, fault: PasswordFault | None
) -> None:
    """ASVS 6.2.4, 6.2.11, 6.2.12."""
    assert password_fault(password, "Ada", "Prova", "ada@example.org", "Percorso") is fault


def test_a_hostile_password_takes_no_time() -> None:
    """zxcvbn's own estimate of this one takes half a minute: only its lists are used."""
    begun = time.perf_counter()
    password_fault("4@8({[<369!1|0$5+7%2" * 12, "4@8({[<369", "x" * 120)
    assert time.perf_counter() - begun < 1
