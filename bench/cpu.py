"""How much processor time processes took, by the kernel's own count."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def of(process: int) -> float:
    """Seconds taken by a process and its children, dead ones included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(_of_child(int(child)) for child in children)


def _of_child(process: int) -> float:
    try:
        return of(process)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it died meanwhile
