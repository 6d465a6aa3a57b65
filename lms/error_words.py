"""What may be kept of an error's words: never what somebody typed, never a person's data.

The log and the page of background jobs keep errors by this; their tracebacks must do for the rest.
"""

from __future__ import annotations

from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError

UNSAFE = "(its words may hold what somebody typed)"
# Their words tell of code, files and services; a ValueError's may be what somebody typed.
_SPEAK_OF_CODE = (
    AttributeError,
    ImportError,
    NameError,
    OSError,
    RuntimeError,
    TemplateError,
    TypeError,
)


def safe_words(error: BaseException) -> str:
    """What an error says, if it is safe to keep.

    A class of our own whose words hold no values says so by `names_no_values`.
    """
    if isinstance(error, DBAPIError):
        return _database_words(error)
    if isinstance(error, _SPEAK_OF_CODE) or getattr(error, "names_no_values", False):
        return str(error)
    return UNSAFE


def _database_words(error: DBAPIError) -> str:
    """SQLite names tables and constraints only; PostgreSQL quotes values, so its code must do."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return str(error.orig)
    named = getattr(error.orig, "diag", None)
    return f"SQLSTATE {state} {getattr(named, 'constraint_name', None) or ''}".rstrip()
