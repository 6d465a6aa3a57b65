"""Outcomes in words, and the colours of their badges."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.referents.rules import Outcome

WORDS: dict[Outcome, LazyString] = {
    Outcome.NOMINATED: _l("Nominated, to be decided"),
    Outcome.REFUSED: _l("Nomination refused"),
    Outcome.WITHDRAWN: _l("Withdrawn"),
    Outcome.UNDER_WAY: _l("Under way"),
    Outcome.ENTITLED: _l("Completed, certificate to be issued"),
    Outcome.CERTIFIED: _l("Completed, certificate issued"),
    Outcome.NOT_REACHED: _l("Not completed: below the threshold"),
}
TONES: dict[Outcome, str] = {
    Outcome.NOMINATED: "warning",
    Outcome.UNDER_WAY: "info",
    Outcome.ENTITLED: "success",
    Outcome.CERTIFIED: "success",
}


def training_outcome(outcome: Outcome) -> tuple[str, str]:
    """Words and tone."""
    return str(WORDS[outcome]), TONES.get(outcome, "neutral")
