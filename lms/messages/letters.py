"""A letter as its writer thinks of it: subject, paragraphs, one button. Pure: text in, text out.

Text and HTML are both made from this one source (`lms.messages.rendering`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.text import clean_line

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Button:
    """The one thing to do: a label and a whole http(s) address."""

    label: str
    url: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", clean_line(str(self.label)))
        if not self.url.startswith(("https://", "http://")) or clean_line(self.url) != self.url:
            raise ValueError("a button leads to one whole http(s) address")


@dataclass(frozen=True)
class Letter:
    """What is said to one person, in one language; each paragraph is plain text of one line."""

    subject: str
    paragraphs: tuple[str, ...]
    button: Button | None = None
    closing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Lazy translations become words here, while the letter's language is in force.
        object.__setattr__(self, "subject", clean_line(str(self.subject))[:SUBJECT_LENGTH])
        for name in ("paragraphs", "closing"):
            lines = (clean_line(str(line)) for line in getattr(self, name))
            object.__setattr__(self, name, tuple(line for line in lines if line))
        if not self.subject or not self.paragraphs:
            raise ValueError("a letter has a subject and at least one paragraph")

    def to_json(self) -> dict[str, Any]:
        """As the outbox keeps it."""
        button = {"label": self.button.label, "url": self.button.url} if self.button else None
        return {
            "subject": self.subject,
            "paragraphs": list(self.paragraphs),
            "button": button,
            "closing": list(self.closing),
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Letter:
        """The letter the outbox kept."""
        button = kept["button"]
        return cls(
            subject=kept["subject"],
            paragraphs=tuple(kept["paragraphs"]),
            button=Button(**button) if button else None,
            closing=tuple(kept["closing"]),
        )
