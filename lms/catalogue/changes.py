"""How the actions of this room change a row: held, compared with what was seen, set, noted."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import gettext as _

from lms.catalogue.models import Cycle, Lesson, Module, Track
from lms.errors import UserError
from lms.extensions import db

Versioned = TypeVar("Versioned", Track, Cycle, Module, Lesson)


class StaleError(UserError):
    """Somebody else changed the row since the form was drawn; nothing was saved."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this while you were writing. Compare the two and save again."), 409
        )


def hold(row: Versioned, version: int | None = None) -> Versioned:
    """`row` as it stands now, held until the transaction ends.

    With the `version` a form was drawn from, raises `StaleError` when the row has moved on.
    """
    db.session.flush()  # a refresh forgets what was set and not yet written
    db.session.refresh(row, with_for_update={"of": type(row)})
    if version is not None and row.version != version:
        raise StaleError
    return row


def apply(row: Versioned, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set `values` on `row`; returns what really changed, as the audit keeps it: [old, new]."""
    changed: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            changed[name] = [plain(old), plain(new)]
            setattr(row, name, new)
    return changed


def plain(value: Any) -> Any:
    """`value` as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value
