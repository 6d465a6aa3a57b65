"""Statuses of all certificates as plain files (`certificates.statuses`), to outlive this site.

Nothing personal goes in: salted digests of codes and of PDFs, statuses, dates of the end.
"""

from __future__ import annotations

import hashlib
import html
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from certificates.statuses import check
from lms.clock import ROME, now
from lms.config import Settings
from lms.errors import UserError
from lms.extensions import db
from lms.issuance.models import Certificate, CertificateDocument, CertificateEvent
from lms.issuance.queries_certificates import ENDS
from lms.issuance.snapshots import canonical
from lms.links import public_root
from lms.pages import local_date
from lms.secretbox import signing_keys

PURPOSE = "status-export"
COPIED = ("check.py", "check.js", "style.css", "README.txt")
MANIFEST = "manifest.json"
Entries = dict[str, dict[str, str]]


def export(folder: Path) -> int:
    """Write or renew the folder; how many certificates it knows.

    `UserError` for a folder that holds something else.
    """
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).is_file())
    ):
        raise UserError("The folder is not empty and is no export of statuses: choose another.")
    salt, instant = salt_of_site(), now()
    shards: dict[str, Entries] = defaultdict(dict)
    count = 0
    for code, sha256, entry in _rows():
        count += 1
        for text in filter(None, (code, sha256)):
            key = check.digest(salt, text)
            shards[check.shard_of(key)][key] = entry
    hashes = {}
    for number in range(16**check.PREFIX):
        name = check.shard_of(f"{number:0{check.PREFIX}x}")
        hashes[name] = _write(folder / name, canonical(shards.get(name, {})).encode())
    _write_rest(folder, salt, instant, count, hashes)
    return count


def salt_of_site() -> str:
    """Always the same while the first encryption key is: an export renewed changes little."""
    return signing_keys(PURPOSE)[0][:16].hex()


def _rows() -> Iterator[tuple[str, str | None, dict[str, str]]]:
    ended = (
        select(CertificateEvent.certificate_id, func.max(CertificateEvent.at).label("at"))
        .where(CertificateEvent.kind.in_(ENDS))
        .group_by(CertificateEvent.certificate_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Certificate.code, CertificateDocument.sha256, Certificate.status, ended.c.at)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .outerjoin(ended, ended.c.certificate_id == Certificate.id)
        .execution_options(yield_per=1000)
    )
    for code, sha256, status, at in rows:
        entry = {"status": status.value}
        if status.value != "valid" and at is not None:
            entry["since"] = at.astimezone(ROME).date().isoformat()
        yield code, sha256, entry


def _write_rest(
    folder: Path, salt: str, instant: datetime, count: int, hashes: dict[str, str]
) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    for name in COPIED:
        _write(folder / name, _ours(name))
    words = {
        "issuer": html.escape(settings.administration), "site": html.escape(public_root()),
        "instant": instant.isoformat(timespec="seconds"), "day": local_date(instant),
        "count": str(count), "salt": salt,
    }  # fmt: skip
    _write(folder / "index.html", Template(_ours("index.html").decode()).substitute(words).encode())
    manifest: dict[str, Any] = {
        "format": check.FORMAT, "algorithm": "sha256", "salt": salt,
        "exported_at": instant.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "issuer": settings.administration, "site": public_root(), "certificates": count,
        "shards": hashes,
    }  # fmt: skip
    _write(folder / MANIFEST, canonical(manifest).encode())


def _ours(name: str) -> bytes:
    return resources.files("certificates.statuses").joinpath(name).read_bytes()


def _write(file: Path, content: bytes) -> str:
    """Whole or not at all; returns the SHA-256. Readable by any web server."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as draft:
        draft.write(content)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(file)
    return hashlib.sha256(content).hexdigest()
