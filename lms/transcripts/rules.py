"""Hours by year. Pure: instants and minutes in, totals out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lms.clock import ROME


@dataclass(frozen=True, slots=True)
class YearTotal:
    """Minutes of a year of our calendar."""

    year: int
    minutes: int


def by_year(held: Iterable[tuple[datetime, int]]) -> list[YearTotal]:
    """Totals of lessons given as (start, minutes), the latest year first; years of nothing none."""
    totals: Counter[int] = Counter()
    for start, minutes in held:
        totals[start.astimezone(ROME).year] += minutes
    return [YearTotal(year, totals[year]) for year in sorted(totals, reverse=True) if totals[year]]
