"""Which columns name people: by their headings, else by what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lms.attendance.readers.columns import by_words
from lms.attendance.readers.table import Row
from lms.attendance.readers.vocabulary import folded

_SAMPLE = 60
_NOT_OF_PEOPLE = re.compile(
    r"sess|sitzung|seance|meeting|riunion|reunion|reuniao|besprech|evento?$"
)
_ALIKE = 0.7  # of the most different column


def name_columns(
    rows: Sequence[Row], texts: Sequence[int], headings: Sequence[str]
) -> tuple[int, ...]:
    """Return the column of whole names, or those of first and last name; () for none."""
    sample = [row for row in rows[:_SAMPLE] if row.filled > 1]
    return _by_headings(sample, texts, headings) or _by_shape(sample, texts)


def _by_headings(
    rows: Sequence[Row], texts: Sequence[int], headings: Sequence[str]
) -> tuple[int, ...]:
    asked = [
        heading if at in texts and not _NOT_OF_PEOPLE.search(folded(heading)) else ""
        for at, heading in enumerate(headings)
    ]
    said = by_words(asked, rows)
    if said.name is not None:
        return (said.name,)
    if said.first_name is not None and said.last_name is not None:
        return (said.first_name, said.last_name)
    return ()


def _by_shape(rows: Sequence[Row], texts: Sequence[int]) -> tuple[int, ...]:
    """The leftmost column of many different words; with the next where one word is all it has."""
    wordy = [at for at in texts if not _mostly(rows, at, _has_digits)] or list(texts)
    different = {at: len({row.cell(at) for row in rows} - {""}) for at in wordy}
    most = max(different.values(), default=0)
    likely = [at for at in wordy if different[at] and different[at] >= _ALIKE * most]
    whole = next((at for at in likely if _mostly(rows, at, lambda cell: " " in cell)), None)
    if whole is not None or not likely:
        return () if whole is None else (whole,)
    beside = likely[0] + 1
    return (likely[0], beside) if different.get(beside) else (likely[0],)


def _mostly(rows: Sequence[Row], at: int, shape: Callable[[str], bool]) -> bool:
    filled = [cell for row in rows if (cell := row.cell(at))]
    return sum(map(shape, filled)) >= len(filled) / 2


def _has_digits(cell: str) -> bool:
    return any(ch.isdigit() for ch in cell)
