"""Settings: what cannot be used is refused at start, every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms import create_app
from lms.config import ConfigError, Settings

GOOD_SECRET = "x8Gk2mQ9vTz4Lw7Rj1Bn6Yc3Hd5Fs0Pa-example"
FIRST_KEY = "k1-Zp7Wc3Xn9Vb5Mq1Ls8Dg4Fh6Jy2Rt0Ue-example"
SECOND_KEY = "k2-Aq4Sw8De2Fr6Gt0Hy5Ju9Ki3Lo7Pz1Xc-example"
PRODUCTION = {
    "LMS_ENV": "production",
    "LMS_SECRET_KEY": GOOD_SECRET,
    "LMS_ENCRYPTION_KEYS": FIRST_KEY,
    "LMS_PUBLIC_URL": "https://formazione.example.it",
    "LMS_SMTP_URL": "smtp://percorso:a-password@mail.example.it",
    "LMS_MAIL_FROM": "Percorso <percorso@example.it>",
}


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environ({"LMS_DATA": str(tmp_path), **environ})


def faults(tmp_path: Path, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **environ)
    return str(caught.value)


def test_development_needs_nothing_and_keeps_its_secret(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.environment == "development"
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert first.database_url == f"sqlite:///{tmp_path}/percorso.sqlite3"


def test_production_starts_with_what_it_needs(tmp_path: Path) -> None:
    settings = read(tmp_path, **PRODUCTION)
    assert settings.production
    assert settings.public_host == "formazione.example.it"


def test_production_shows_nobody_its_debugger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 13.4.2: whatever the environment says."""
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert create_app(read(tmp_path)).debug, "or the next line would say nothing"
    assert not create_app(read(tmp_path, **PRODUCTION)).debug


@pytest.mark.parametrize("secret", ["", "changeme", "short", "a" * 64, "abababab" * 8])
def test_production_refuses_a_weak_secret(tmp_path: Path, secret: str) -> None:
    assert "LMS_SECRET_KEY" in faults(tmp_path, **{**PRODUCTION, "LMS_SECRET_KEY": secret})


@pytest.mark.parametrize(
    "keys", ["", "changeme", f"{FIRST_KEY},short", f"{FIRST_KEY} {FIRST_KEY}", GOOD_SECRET]
)
def test_production_refuses_encryption_keys_that_protect_nothing(tmp_path: Path, keys: str) -> None:
    assert "LMS_ENCRYPTION_KEYS" in faults(tmp_path, **{**PRODUCTION, "LMS_ENCRYPTION_KEYS": keys})


def test_encryption_keys_are_kept_in_development_and_listed_newest_first(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.encryption_keys == second.encryption_keys
    assert first.encryption_keys != (first.secret_key,)
    assert (tmp_path / "encryption-key").stat().st_mode & 0o077 == 0
    both = {**PRODUCTION, "LMS_ENCRYPTION_KEYS": f"{SECOND_KEY}, {FIRST_KEY}"}
    assert read(tmp_path, **both).encryption_keys == (SECOND_KEY, FIRST_KEY)


@pytest.mark.parametrize("address", ["", "formazione.example.it", "http://formazione.example.it"])
def test_production_refuses_to_start_without_its_public_address(
    tmp_path: Path, address: str
) -> None:
    assert "LMS_PUBLIC_URL" in faults(tmp_path, **{**PRODUCTION, "LMS_PUBLIC_URL": address})


def test_production_refuses_the_demonstration(tmp_path: Path) -> None:
    assert "LMS_DEMO" in faults(tmp_path, **PRODUCTION, LMS_DEMO="1")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = faults(
        tmp_path,
        LMS_ENV="staging",
        LMS_MAX_UPLOAD_MB="many",
        LMS_DATABASE_URL="mysql://user:secret@host/db",
        LMS_PRIVACY_URL="privacy",
        LMS_DEMO="perhaps",
    )
    for name in ("LMS_ENV", "LMS_MAX_UPLOAD_MB", "LMS_DATABASE_URL", "LMS_PRIVACY_URL", "LMS_DEMO"):
        assert name in text
    assert "secret" not in text.replace("LMS_SECRET_KEY", "")


def test_a_postgresql_address_gets_its_driver(tmp_path: Path) -> None:
    settings = read(tmp_path, LMS_DATABASE_URL="postgresql://u@127.0.0.1/db")
    assert settings.database_url == "postgresql+psycopg://u@127.0.0.1/db"
