"""A document on paper, and the pictures its pages ask for."""

from __future__ import annotations

from dataclasses import dataclass

from certificates import drawings
from certificates.fetcher import Resource


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
