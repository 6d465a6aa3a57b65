"""What a scanned file is, told by its first bytes and nothing else."""

from __future__ import annotations

LARGEST_SCAN = 15 * 2**20
MOST_SCANS = 40  # of one register
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
# A PDF's mark may follow some bytes that a scanner put in front.
PDF_MARK_WITHIN = 1024
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


def scan_type(content: bytes) -> str | None:
    """The media type of a scan; None for what is no PDF, JPEG or PNG."""
    if b"%PDF-" in content[:PDF_MARK_WITHIN] and b"%%EOF" in content[-2048:]:
        return PDF
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-64:]:
        return PNG
    return None
