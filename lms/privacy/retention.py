"""Forgetting what is past its time, class by class; nothing on hold. Safe to run again."""

from __future__ import annotations

from lms.clock import now
from lms.extensions import db
from lms.personal import Period, periods
from lms.privacy import personal as _declares_all  # noqa: F401 - every room's declarations
from lms.privacy import queries
from lms.redaction import open_gate


def forget(*, dry_run: bool = False) -> dict[str, int]:
    """Forget every class, each in a transaction of its own; how many rows of each.

    `dry_run`: the same, and nothing is kept of it.
    """
    return {period.name: _forget(period, dry_run=dry_run) for period in periods()}


def _forget(period: Period, *, dry_run: bool) -> int:
    try:
        with open_gate():
            count = period.forget(now() - period.keeps, queries.held())
    except BaseException:
        db.session.rollback()
        raise
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    return count


def as_markdown() -> str:
    """The table of classes and periods, as docs/retention.md holds it."""
    rows = [f"| `{one.name}` | {one.what} | {_days(one)} | {one.since} |" for one in periods()]
    return "\n".join(("| class | what | kept for | after |", "|---|---|---|---|", *rows))


def _days(period: Period) -> str:
    days = period.keeps.days
    if days == 0:
        return "–"
    if days % 365 == 0:
        return f"{days // 365} years" if days > 365 else "1 year"
    return f"{days} days" if days > 1 else "1 day"
