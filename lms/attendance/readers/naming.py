"""Which columns name people, by what they hold: many different words, in one column or in two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.attendance.readers.table import Row
from lms.attendance.readers.vocabulary import folded, meanings

_SAMPLE = 60
_NAMES = frozenset(["name", "first_name", "last_name"])
_SESSION = re.compile(
    r"session|sessio|sesion|sitzung|seance|sessao|meeting|riunione|reunion|reuniao"
)
_ALIKE = 0.7  # of the most different column


def name_columns(
    rows: Sequence[Row], texts: Sequence[int], headings: Sequence[str]
) -> tuple[int, ...]:
    """Return the column of whole names, or those of first and last name; () for none."""
    candidates = _called_names(texts, headings) or list(texts)
    sample = rows[:_SAMPLE]
    different = {at: len({row.cell(at) for row in sample} - {""}) for at in candidates}
    most = max(different.values(), default=0)
    likely = [at for at in candidates if different[at] and different[at] >= _ALIKE * most]
    if not likely:
        return ()
    whole = next((at for at in likely if _of_words(sample, at)), None)
    if whole is not None and not _beside_first_name(whole, headings):
        return (whole,)
    first = likely[0]
    beside = next((at for at in candidates if at == first + 1 and different[at]), None)
    if beside is None:
        return (first,)
    return (beside, first) if _last_before_first(first, beside, headings) else (first, beside)


def _called_names(texts: Sequence[int], headings: Sequence[str]) -> list[int]:
    return [
        at
        for at in texts
        if at < len(headings)
        and meanings(headings[at]) & _NAMES
        and not meanings(headings[at]) & {"topic", "other_thing"}
        and not _SESSION.search(folded(headings[at]))
    ]


def _of_words(rows: Sequence[Row], at: int) -> bool:
    """Whether most cells have several words, as first and last name together have."""
    filled = [cell for row in rows if (cell := row.cell(at))]
    return sum(" " in cell for cell in filled) >= len(filled) / 2


def _beside_first_name(at: int, headings: Sequence[str]) -> bool:
    """Whether the headings tell this column and its neighbour to be the parts of a name."""
    said = [meanings(heading) & _NAMES for heading in headings]
    if at >= len(said) or at + 1 >= len(said):
        return False
    mine, other = said[at], said[at + 1]
    return (
        ("first_name" in mine and "last_name" in other)
        or ("last_name" in mine and bool(other & {"first_name", "name"}))
        or ("first_name" in mine and "name" in other)
        or (mine == {"name"} and "last_name" in other)
    )


def _last_before_first(first: int, beside: int, headings: Sequence[str]) -> bool:
    if beside >= len(headings):
        return False
    return "last_name" in meanings(headings[first]) and "last_name" not in meanings(
        headings[beside]
    )
