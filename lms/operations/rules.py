"""How a job stands, told from its row. Pure."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

# A worker looks every half second: who waits longer than this waits for a worker that is not there.
PATIENCE = timedelta(minutes=2)


class Standing(enum.StrEnum):
    """How a job stands for who looks; the row knows `queued` for the first two."""

    WAITING = "waiting"
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def standing_of(status: str, run_at: datetime, instant: datetime) -> Standing:
    """The standing of a job with this status, to be done at `run_at`, seen at `instant`."""
    if status == "queued":
        return Standing.PLANNED if run_at > instant else Standing.WAITING
    return Standing(status)


def neglected(oldest_due: datetime | None, instant: datetime) -> bool:
    """Whether work that is due has waited for so long that nobody seems to take it."""
    return oldest_due is not None and instant - oldest_due > PATIENCE
