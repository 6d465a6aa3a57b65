"""What is sealed stays sealed, opens with every key listed, and for its own purpose only.

OWASP ASVS 11.3.2, 11.3.3: approved, authenticated encryption.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from lms.secretbox import SealError, is_current, keyed_hash, keyed_hashes, open_sealed, seal
from tests.conftest import make_settings

OLD = "k1-Zp7Wc3Xn9Vb5Mq1Ls8Dg4Fh6Jy2Rt0Ue-example"
NEW = "k2-Aq4Sw8De2Fr6Gt0Hy5Ju9Ki3Lo7Pz1Xc-example"


@contextmanager
def keys(*listed: str) -> Iterator[None]:
    app = Flask("sealing")
    app.config["SETTINGS"] = make_settings(Path(), LMS_ENCRYPTION_KEYS=" ".join(listed))
    with app.app_context():
        yield


@pytest.mark.parametrize("text", ["", "JBSWY3DPEHPK3PXP", "È perché 👩🏽‍💻", "a" * 5000])
def test_what_is_sealed_opens_again_and_shows_nothing(text: str) -> None:
    with keys(OLD):
        sealed = seal(text, "factors.totp", of="7")
        assert open_sealed(sealed, "factors.totp", of="7") == text
        assert sealed != seal(text, "factors.totp", of="7"), "the same text twice looks the same"
        assert not text or text.encode() not in sealed


def test_it_opens_for_its_own_purpose_and_owner_only() -> None:
    with keys(OLD):
        sealed = seal("secret", "factors.totp", of="7")
        for purpose, owner in (("people.tax_code", "7"), ("factors.totp", "8")):
            with pytest.raises(SealError):
                open_sealed(sealed, purpose, of=owner)


def test_a_changed_or_cut_value_does_not_open() -> None:
    with keys(OLD):
        sealed = seal("secret", "factors.totp")
        for position in range(len(sealed)):
            changed = bytearray(sealed)
            changed[position] ^= 1
            for wrong in (bytes(changed), sealed[:position]):
                with pytest.raises(SealError):
                    open_sealed(wrong, "factors.totp")


def test_keys_are_changed_without_losing_what_the_old_one_sealed() -> None:
    with keys(OLD):
        sealed, hashed = seal("secret", "x"), keyed_hash("RSSMRA85T10A562S", "y")
    with keys(NEW, OLD):
        assert open_sealed(sealed, "x") == "secret"
        assert not is_current(sealed)
        again = seal(open_sealed(sealed, "x"), "x")
        assert is_current(again)
        assert hashed in keyed_hashes("RSSMRA85T10A562S", "y")
        assert hashed != keyed_hash("RSSMRA85T10A562S", "y")
    with keys(NEW):
        assert open_sealed(again, "x") == "secret"
        with pytest.raises(SealError):
            open_sealed(sealed, "x")


def test_a_keyed_hash_is_steady_and_differs_by_purpose_key_and_text() -> None:
    with keys(OLD):
        first = keyed_hash("RSSMRA85T10A562S", "people.tax_code")
        assert first == keyed_hash("RSSMRA85T10A562S", "people.tax_code")
        assert len(first) == 64
        others = {
            keyed_hash("RSSMRA85T10A562T", "people.tax_code"),
            keyed_hash("RSSMRA85T10A562S", "z"),
        }
    with keys(NEW):
        others.add(keyed_hash("RSSMRA85T10A562S", "people.tax_code"))
    assert len(others | {first}) == 4
