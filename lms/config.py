"""Settings from the environment, checked once at start.

Development, test and production differ only here. `Settings.from_environ` collects every fault
before it complains, so that an operator mends them in one go.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lms.brokers import Broker, read_broker
from lms.config_body import PublicBody, read_body
from lms.config_oidc import OidcProvider, read_providers
from lms.config_seal import SealSettings, read_seal
from lms.mailserver import MailServer, Sender, read_sender, read_server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "test", "production")
WEAK_SECRETS = frozenset({"changeme", "secret", "dev", "password", "percorso"})
MINIMUM_SECRET_LENGTH = 32
DEFAULT_MAX_UPLOAD_MB = 20
STAFF_ROLES = ("trainer", "organiser", "referent", "auditor", "administrator")
DEFAULT_SECOND_FACTOR_ROLES = ("organiser", "administrator")
OWN_NOTICE_VERSION = "2026-11-25"  # of the privacy page in templates/home/privacy.html
VERSION_LENGTH = 40
DEFAULT_SMTP_TIMEOUT = 30


class ConfigError(Exception):
    """The environment cannot be used; `faults` holds one sentence a fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings cannot be used:\n" + "\n".join(f"- {f}" for f in faults))


@dataclass(frozen=True)
class Settings:
    """Everything the application takes from outside. Sizes in bytes, times in seconds."""

    environment: str
    data: Path
    secret_key: str
    encryption_keys: tuple[str, ...]
    database_url: str
    public_url: str
    site_name: str
    administration: str
    contact: str
    privacy_url: str
    privacy_version: str
    accessibility_url: str
    trusted_proxies: int
    max_upload: int
    log_level: str
    demo: bool
    require_second_factor: bool
    countersign_own: bool
    second_factor_roles: frozenset[str]
    mail_server: MailServer | None
    mail_from: Sender | None
    broker: Broker | None
    oidc: tuple[OidcProvider, ...] = ()
    seal: SealSettings | None = None
    body: PublicBody | None = None

    @property
    def production(self) -> bool:
        """Whether real people's data live here."""
        return self.environment == "production"

    @property
    def keeps_mail(self) -> bool:
        """Whether letters land on a page here instead of leaving: the demonstration's."""
        return self.demo and self.mail_server is None

    @property
    def public_host(self) -> str:
        """Host (and port) of the public address, or an empty string without one."""
        return urlsplit(self.public_url).netloc

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check the settings; raises `ConfigError` naming every fault."""
        reader = _Reader(environ)
        environment = reader.choice("LMS_ENV", ENVIRONMENTS, "development")
        production = environment == "production"
        data = Path(environ.get("LMS_DATA") or PROJECT_ROOT / "var").resolve()
        settings = cls(
            environment=environment,
            data=data,
            secret_key=reader.secret(data, production=production),
            encryption_keys=reader.encryption_keys(data, production=production),
            database_url=reader.database(data),
            public_url=reader.public_url(production=production),
            site_name=environ.get("LMS_SITE_NAME", "").strip() or "Percorso",
            administration=environ.get("LMS_ADMINISTRATION", "").strip()
            or "Formazione per le amministrazioni locali",
            contact=environ.get("LMS_CONTACT", "").strip(),
            privacy_url=reader.address("LMS_PRIVACY_URL"),
            privacy_version=reader.version("LMS_PRIVACY_VERSION", OWN_NOTICE_VERSION),
            accessibility_url=reader.address("LMS_ACCESSIBILITY_URL"),
            trusted_proxies=reader.number("LMS_TRUSTED_PROXIES", 0, 0, 5),
            max_upload=reader.number("LMS_MAX_UPLOAD_MB", DEFAULT_MAX_UPLOAD_MB, 1, 200) * 2**20,
            log_level=reader.choice("LMS_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
            demo=reader.flag("LMS_DEMO") and not production,
            require_second_factor=reader.flag("LMS_REQUIRE_SECOND_FACTOR", default=production),
            countersign_own=reader.flag("LMS_COUNTERSIGN_OWN"),
            second_factor_roles=reader.words(
                "LMS_SECOND_FACTOR_ROLES", STAFF_ROLES, DEFAULT_SECOND_FACTOR_ROLES
            ),
            mail_server=reader.mail_server(production=production),
            mail_from=reader.mail_from(production=production),
            broker=reader.broker(),
            oidc=read_providers(environ, reader.faults, production=production),
            seal=read_seal(environ, reader.faults),
            body=read_body(environ, reader.faults),
        )
        if (fonts := environ.get("LMS_FONTS", "").strip()) and not Path(fonts).is_dir():
            reader.faults.append(f"LMS_FONTS is '{fonts}', which is no folder.")
        if production and reader.flag("LMS_DEMO"):
            reader.faults.append("LMS_DEMO: the demonstration cannot run in production.")
        if reader.faults:
            raise ConfigError(reader.faults)
        return settings


class _Reader:
    """Reads one variable at a time and remembers what was wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.environ.get(name, "").strip() or default
        if value not in allowed:
            self.faults.append(f"{name} is '{value}'; it must be one of {', '.join(allowed)}.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.environ.get(name, "").strip().lower() or str(int(default))
        if value not in {"0", "1", "true", "false", "yes", "no"}:
            self.faults.append(f"{name} is '{value}'; it must be 1 or 0.")
        return value in {"1", "true", "yes"}

    def words(
        self, name: str, allowed: tuple[str, ...], default: tuple[str, ...]
    ) -> frozenset[str]:
        words = self.environ.get(name, "").lower().replace(",", " ").split() or default
        for unknown in sorted(set(words) - set(allowed)):
            self.faults.append(f"{name} holds '{unknown}'; it takes {', '.join(allowed)}.")
        return frozenset(words)

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.environ.get(name, "").strip() or str(default)
        if not text.isdecimal() or not low <= int(text) <= high:
            self.faults.append(f"{name} is '{text}'; it must be a number from {low} to {high}.")
            return default
        return int(text)

    def address(self, name: str) -> str:
        value = self.environ.get(name, "").strip()
        if value and urlsplit(value).scheme not in {"http", "https", "mailto"}:
            self.faults.append(f"{name} is '{value}'; it must be a whole https:// address.")
        return value

    def version(self, name: str, default: str) -> str:
        value = self.environ.get(name, "").strip() or default
        if len(value) > VERSION_LENGTH or not value.isprintable():
            self.faults.append(f"{name} has more than {VERSION_LENGTH} characters.")
        return value

    def public_url(self, *, production: bool) -> str:
        value = self.environ.get("LMS_PUBLIC_URL", "").strip().rstrip("/")
        parts = urlsplit(value)
        if production and not value:
            self.faults.append(
                "LMS_PUBLIC_URL is missing: production needs its public https:// address, "
                "because certificates and mailed links carry it."
            )
        elif value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.path):
            self.faults.append(
                f"LMS_PUBLIC_URL is '{value}'; it must look like https://formazione.example.it."
            )
        elif production and parts.scheme != "https":
            self.faults.append("LMS_PUBLIC_URL must begin with https:// in production.")
        return value

    def mail_server(self, *, production: bool) -> MailServer | None:
        value = self.environ.get("LMS_SMTP_URL", "").strip()
        timeout = self.number("LMS_SMTP_TIMEOUT", DEFAULT_SMTP_TIMEOUT, 5, 120)
        if not value:
            if production:
                self.faults.append(
                    "LMS_SMTP_URL is missing: production confirms addresses and resets passwords "
                    "by mail. It looks like smtp://user:password@mail.example.it:587."
                )
            return None
        try:
            return read_server(value, timeout)
        except ValueError as error:  # its words never hold the password
            self.faults.append(f"LMS_SMTP_URL cannot be used: {error}.")
            return None

    def mail_from(self, *, production: bool) -> Sender | None:
        value = self.environ.get("LMS_MAIL_FROM", "").strip()
        if not value:
            if production or self.environ.get("LMS_SMTP_URL", "").strip():
                self.faults.append(
                    "LMS_MAIL_FROM is missing: mail needs a sender, "
                    "for example Percorso <formazione@example.it>."
                )
            return None
        try:
            return read_sender(value)
        except ValueError as error:
            self.faults.append(f"LMS_MAIL_FROM is '{value}'; {error}.")
            return None

    def broker(self) -> Broker | None:
        value = self.environ.get("LMS_JOBS_URL", "").strip()
        try:
            return read_broker(value) if value else None
        except ValueError as error:  # its words never hold the password
            self.faults.append(f"LMS_JOBS_URL cannot be used: {error}.")
            return None

    def database(self, data: Path) -> str:
        value = self.environ.get("LMS_DATABASE_URL", "").strip()
        if not value:
            return f"sqlite:///{data / 'percorso.sqlite3'}"
        if value.startswith("postgresql://"):
            value = "postgresql+psycopg://" + value.removeprefix("postgresql://")
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.faults.append(
                "LMS_DATABASE_URL must begin with sqlite:/// or postgresql:// "
                f"(it begins with '{value.split(':', 1)[0]}:')."
            )
        return value

    def secret(self, data: Path, *, production: bool) -> str:
        value = self.environ.get("LMS_SECRET_KEY", "")
        if not value and not production:
            return _kept_secret(data, "secret-key")
        if _is_weak(value):
            self.faults.append(f"LMS_SECRET_KEY is missing or weak: {_HOW_A_SECRET_IS_MADE}")
        return value

    def encryption_keys(self, data: Path, *, production: bool) -> tuple[str, ...]:
        keys = tuple(self.environ.get("LMS_ENCRYPTION_KEYS", "").replace(",", " ").split())
        if not keys and not production:
            return (_kept_secret(data, "encryption-key"),)
        if not keys:
            self.faults.append(f"LMS_ENCRYPTION_KEYS is missing: {_HOW_A_SECRET_IS_MADE}")
        elif any(_is_weak(key) for key in keys):
            self.faults.append(f"LMS_ENCRYPTION_KEYS holds a weak key: {_HOW_A_SECRET_IS_MADE}")
        elif len(set(keys)) < len(keys) or self.environ.get("LMS_SECRET_KEY") in keys:
            self.faults.append(
                "LMS_ENCRYPTION_KEYS holds a key twice, or the one of LMS_SECRET_KEY: "
                "each must be its own."
            )
        return keys


_HOW_A_SECRET_IS_MADE = (
    f"it must have at least {MINIMUM_SECRET_LENGTH} varied characters. One can be made with: "
    'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
)


def _is_weak(secret: str) -> bool:
    known = secret.lower() in WEAK_SECRETS or len(set(secret)) < 10
    return known or len(secret) < MINIMUM_SECRET_LENGTH


def _kept_secret(data: Path, name: str) -> str:
    """A random secret kept in the data folder, so that a restart signs nobody out."""
    path = data / name
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
