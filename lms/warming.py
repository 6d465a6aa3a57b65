"""What a web worker knows before its first request.

Templates, translations and statements are made ready when first needed. A worker that replaces one
that died would do all that while thousands wait, so what crowds ask for is made ready in the parent
process (`wsgi.py`), and every worker is born with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import SQLAlchemyError

from lms.database import may_write
from lms.extensions import db
from lms.pages import LANGUAGES

log = logging.getLogger(__name__)
Warmer = Callable[[], object]
_warmers: list[Warmer] = []


def warmed(function: Warmer) -> Warmer:
    """Declare what is to be done once before the first request: nothing but reading.

    It is called in a request's context, signed in as nobody, in each language.
    """
    _warmers.append(function)
    return function


def warm(app: Flask) -> None:
    """Make ready what was declared; leaves no connection behind, so that workers may be forked."""
    allowed = may_write.set(False)
    try:
        for language in LANGUAGES:
            with app.test_request_context("/"), force_locale(language):
                for function in _warmers:
                    function()
    except SQLAlchemyError:
        # no database yet, or an older one: every worker makes ready what it needs, as it goes
        log.warning("not made ready before the first request")
    finally:
        may_write.reset(allowed)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
