"""A document on paper, and the one press of this process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from certificates import drawings
from certificates.fetcher import Resource

if TYPE_CHECKING:
    from lms.attendance.press import Printer


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and how many pages it has."""

    pdf: bytes
    pages: int


def picture(svg: str) -> Resource:
    """A drawing as a page may ask for it."""
    return Resource(svg.encode(), "image/svg+xml")


def qr_code(address: str) -> Resource:
    """The QR code of an address."""
    return picture(drawings.qr_code(address))


@lru_cache(maxsize=1)
def printer() -> Printer:
    """The one printer of this process."""
    from lms.attendance.press import Printer  # noqa: PLC0415 - only who prints loads Pango

    return Printer()
