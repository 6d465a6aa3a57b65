"""A file of certificates that may vouch for a server, where they are not the system's."""

from __future__ import annotations

import ssl
from pathlib import Path


def authorities(named: str | None) -> Path | None:
    """The file, tried before anything relies on it; None: the system's."""
    if named is None:
        return None
    try:
        ssl.create_default_context(cafile=named)
    except OSError:
        raise ValueError(f"ca '{named}' is no file of certificates (PEM)") from None
    return Path(named)
