"""The texts of the privacy notice, one template a version; a published text is never changed."""

from __future__ import annotations

import re

from lms.config import OWN_NOTICE_VERSION, PROJECT_ROOT
from lms.joining.notices import notice_in_force

FOLDER = "privacy/notices"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")


def versions() -> list[str]:
    """Every version whose text is kept here, the latest first."""
    names = (path.stem for path in (PROJECT_ROOT / "templates" / FOLDER).glob("*.html"))
    return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)


def text_of(version: str) -> str:
    """The template with a version's text.

    An administration that publishes its own notice sets its own version (`LMS_PRIVACY_VERSION`):
    beside the link to it stands our latest text.
    """
    return f"{FOLDER}/{version if version in versions() else OWN_NOTICE_VERSION}.html"


def shown_version(asked: str) -> str:
    """The version somebody asks to read, or the one in force."""
    return asked if asked in versions() else notice_in_force()
