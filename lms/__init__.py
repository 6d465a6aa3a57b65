"""Percorso: training tracks, attendance, certificates and calendars for public administrations."""

from __future__ import annotations

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import (
    access,
    errors,
    headers,
    links,
    logs,
    pages,
    permissions,
    transaction,
)
from lms.config import PROJECT_ROOT, Settings
from lms.cookies import CookieSessions
from lms.database import engine_options
from lms.extensions import babel, csrf, db, login_manager, migrate
from lms.transaction import PercorsoApp
from lms.typed import TypedRequest

SESSION_COOKIE_AGE_SECONDS = 12 * 3600
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 # nosec B104 # compared with, never bound


def create_app(settings: Settings | None = None) -> Flask:
    """Configuration, extensions, rooms; nothing else. Settings come from the environment."""
    settings = settings or Settings.from_environ(os.environ)
    app = PercorsoApp(
        "lms", root_path=str(PROJECT_ROOT), static_folder=None, template_folder="templates"
    )
    app.request_class = TypedRequest
    app.session_interface = CookieSessions()
    _configure(app, settings)
    logs.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PROJECT_ROOT / "migrations"))
    babel.init_app(app, locale_selector=pages.select_locale)
    transaction.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    access.init_app(app, permissions.TABLE)
    errors.init_app(app)
    pages.init_app(app)
    links.init_app(app)
    headers.init_app(app)
    _furnish(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]
    headers.serve_static(app)
    return app


def _furnish(app: Flask) -> None:
    from lms import rooms  # noqa: PLC0415 - most of what there is to load, and not every command's

    rooms.init_app(app)


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.public_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        DEBUG=app.debug and not settings.production,  # whatever FLASK_DEBUG says
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        TRUSTED_HOSTS=_trusted_hosts(settings),
        PREFERRED_URL_SCHEME="https" if secure else "http",
        SESSION_COOKIE_NAME="__Host-percorso" if secure else "percorso",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_COOKIE_AGE_SECONDS,
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=2 * 2**20,
        MAX_FORM_PARTS=20_000,
        WTF_CSRF_TIME_LIMIT=None,  # it lives and ends with the session
        BABEL_DEFAULT_LOCALE="it",
        BABEL_DEFAULT_TIMEZONE="Europe/Rome",
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            sorted(str(folder) for folder in (PROJECT_ROOT / "translations").glob("*"))
        ),
        SITE_NAME=settings.site_name,
        ADMINISTRATION=settings.administration,
        DEMO=settings.demo,
        TESTING=settings.environment == "test",
        TEMPLATES_AUTO_RELOAD=settings.environment == "development",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """Hosts we answer to: the public one, and this machine outside production."""
    public = [settings.public_host] if settings.public_host else []
    if settings.production:
        return public
    own = os.environ.get("HOST", "")
    named = [own] if own not in {"", EVERY_ADDRESS, "::"} else []
    return [*public, "localhost", "127.0.0.1", "[::1]", *named]
