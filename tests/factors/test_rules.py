"""Codes, counters, proofs and origins, as pure decisions. OWASP ASVS 6.5.1 to 6.5.5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.factors import rules
from tests.factors.scene import SECRET, code_at

AT = datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_may_be_one_step_off(steps: int, accepted: bool) -> None:
    """ASVS 6.5.5: a time-based code lives for a minute and a half at most."""
    step = rules.matching_step(SECRET, code_at(AT, steps=steps), AT)
    assert (step is not None) is accepted
    if step is not None:
        assert step == int(AT.timestamp()) // 30 + steps


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}"])
def test_codes_are_read_as_people_type_them(typed: str) -> None:
    code = code_at(AT)
    assert rules.matching_step(SECRET, typed.format(code, code[:3], code[3:]), AT) is not None


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "000000\x00", "½" * 6]
)
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert rules.matching_step(SECRET, typed, AT) is None


def test_a_secret_has_160_random_bits() -> None:
    secrets = {rules.new_totp_secret() for _each in range(50)}
    assert len(secrets) == 50
    assert all(len(secret) == 32 for secret in secrets)


def test_what_the_picture_holds_names_site_and_login() -> None:
    address = rules.app_address(SECRET, "ada@example.org", "Formazione: Comune")
    assert address.startswith("otpauth://totp/Formazione%20%20Comune:ada%40example.org?")
    assert f"secret={SECRET}" in address


def test_recovery_codes_hold_120_bits_and_are_read_leniently() -> None:
    """ASVS 6.5.2, 6.5.3, 6.5.4: long enough that a plain hash keeps them; drawn by `secrets`."""
    codes = {rules.new_recovery_code() for _each in range(200)}
    assert len(codes) == 200
    assert len(rules.RECOVERY_CHARACTERS) ** rules.RECOVERY_LENGTH >= 2**112
    code = codes.pop()
    plain = code.replace("-", "")
    assert rules.read_recovery_code(code) == plain
    for typed in (
        code.upper(),
        plain,
        code.replace("-", " "),
        f" {code}\n",
        code.replace("1", "l").replace("0", "O"),
    ):
        assert rules.read_recovery_code(typed) == plain


@pytest.mark.parametrize(
    ("known", "told", "accepted"),
    [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False)],
)
def test_a_counter_that_stands_still_or_goes_back_is_a_copy(
    known: int, told: int, accepted: bool
) -> None:
    assert rules.counter_goes_on(known, told) is accepted


def test_a_proof_counts_for_ten_minutes() -> None:
    long_ago, lately = AT - timedelta(minutes=10), AT - timedelta(minutes=9)
    assert not rules.is_recent((), AT)
    assert not rules.is_recent((long_ago, None), AT)
    assert rules.is_recent((long_ago, lately), AT)
    assert rules.is_recent((lately, None), AT)


@pytest.mark.parametrize(
    ("address", "party"),
    [
        (
            "https://formazione.example.it",
            ("formazione.example.it", "https://formazione.example.it"),
        ),
        (
            "https://formazione.example.it:8443",
            ("formazione.example.it", "https://formazione.example.it:8443"),
        ),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("http://formazione.example.it", None),
        ("", None),
    ],
)
def test_passkeys_want_https_and_a_name(address: str, party: tuple[str, str] | None) -> None:
    found = rules.relying_party(address)
    assert (found and (found.id, found.origin)) == party
