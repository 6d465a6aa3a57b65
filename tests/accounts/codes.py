"""Tax codes for tests: well written, of nobody we know."""

from __future__ import annotations

from stdnum.it import codicefiscale


def code_of(letters: str, born: str = "80A01", place: str = "H501") -> str:
    """A tax code with these six letters and the right last one."""
    start = f"{letters}{born}{place}"
    return start + codicefiscale.calc_check_digit(start)


ROSSI = code_of("RSSMRA")
