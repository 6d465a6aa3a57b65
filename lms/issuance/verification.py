"""What a code or a file proves: the check behind the public page and the command line."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from certificates.verify import LARGEST, read_identity, sha256
from lms.issuance import queries_certificates as queries
from lms.issuance.models import Certificate
from lms.text import search_key

PDF_MARK = b"%PDF-"
MARK_WITHIN = 1024


class Seen(enum.StrEnum):
    """What the bytes of a file say."""

    INTACT = "intact"  # byte for byte what was issued
    ALTERED = "altered"  # says it is one of ours, but the bytes are others
    UNKNOWN = "unknown"  # nothing we issued
    UNREADABLE = "unreadable"  # not a PDF, or too large


@dataclass(frozen=True)
class FileCheck:
    """The outcome for a file; `certificate` for intact and altered ones."""

    seen: Seen
    certificate: Certificate | None = None


def check_file(content: bytes) -> FileCheck:
    """Compare a file with everything that was issued. Nothing of it is kept."""
    if len(content) > LARGEST:
        return FileCheck(Seen.UNREADABLE)
    certificate = queries.certificate_by_sha256(sha256(content))
    if certificate is not None:
        return FileCheck(Seen.INTACT, certificate)
    identity = read_identity(content)
    certificate = queries.certificate_by_code(identity.code) if identity else None
    if certificate is not None:
        return FileCheck(Seen.ALTERED, certificate)
    is_pdf = PDF_MARK in content[:MARK_WITHIN]
    return FileCheck(Seen.UNKNOWN if is_pdf else Seen.UNREADABLE)


def same_family_name(typed: str, kept: str) -> bool:
    """Whether two family names are the same but for case, accents, apostrophes and spaces."""
    one, other = (search_key(name).replace(" ", "") for name in (typed, kept))
    return bool(one) and one == other
