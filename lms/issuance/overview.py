"""The organiser's view of a cycle: everybody in one group, the groups counted, one page shown."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from lms.issuance.corrections import NOTHING_KEPT, Kept, to_be_looked_at
from lms.issuance.counting import PlannedLesson, in_time
from lms.issuance.queries import Candidate
from lms.issuance.rules import Changes, Reason, dry_run
from lms.text import search_key


class Group(enum.StrEnum):
    """Where somebody stands; each person is in one of these (the values are those of `?stato=`)."""

    TO_ISSUE = "da-rilasciare"
    ISSUED = "rilasciati"
    OPEN = "registri-aperti"
    LOST = "sotto-soglia"
    WITHDRAWN = "ritirati"
    NOTHING = "nessun-incontro"
    REVOKED = "revocati"


class Extra(enum.StrEnum):
    """Further filters, across the groups."""

    DIFFERS = "da-controllare"
    CHANGES = "cambierebbero"


def group_of(candidate: Candidate) -> Group:
    """The one group somebody belongs to."""
    if candidate.certificate is not None:
        return Group.ISSUED if candidate.issued else Group.REVOKED
    answer = candidate.answer
    if answer.entitled:
        return Group.TO_ISSUE
    if Reason.WITHDRAWN in answer.reasons:
        return Group.WITHDRAWN
    if Reason.NOTHING_DUE in answer.reasons:
        return Group.NOTHING
    return Group.OPEN if answer.reachable else Group.LOST


@dataclass(frozen=True)
class DryRun:
    """What another threshold would do."""

    percent: int
    changes: Changes


@dataclass(frozen=True)
class Overview:
    """Everybody of a cycle, counted. `blocking`: open registers, how many each holds up.

    `differing`: enrolments whose certificate no longer says what the facts say.
    """

    everybody: Sequence[Candidate]
    groups: Mapping[Group, int]
    differing: Set[int]
    blocking: Sequence[tuple[PlannedLesson, int]]

    @property
    def to_issue(self) -> int:
        """How many the next act of issue would serve."""
        return self.groups.get(Group.TO_ISSUE, 0)

    @property
    def issued(self) -> int:
        """How many hold a valid certificate."""
        return self.groups.get(Group.ISSUED, 0)

    @property
    def waiting(self) -> int:
        """How many are neither served nor to be served now."""
        return len(self.everybody) - self.to_issue - self.issued


def overview(everybody: Sequence[Candidate], kept: Kept = NOTHING_KEPT) -> Overview:
    """Count everybody; `kept` are the changes that somebody decided to leave."""
    groups: Counter[Group] = Counter()
    held_up: Counter[int] = Counter()
    lessons: dict[int, PlannedLesson] = {}
    for candidate in everybody:
        group = group_of(candidate)
        groups[group] += 1
        if group is Group.OPEN:
            for lesson in candidate.answer.open_lessons:
                held_up[lesson.id] += 1
                lessons[lesson.id] = lesson
    blocking = [(lesson, held_up[lesson.id]) for lesson in in_time(lessons.values())]
    differing = {each.enrolment_id for each in everybody if to_be_looked_at(each, kept)}
    return Overview(everybody, groups, differing, blocking)


def try_threshold(everybody: Sequence[Candidate], percent: int) -> DryRun:
    """A dry run of another threshold."""
    answers = {each.enrolment_id: each.answer for each in everybody}
    return DryRun(percent, dry_run(answers, percent))


def selected(
    overview: Overview, text: str, which: Group | Extra | None, trial: DryRun | None
) -> list[Candidate]:
    """Those a list shows: every word of `text` in name or organisation, and in the group asked."""
    words = search_key(text).split()
    return [
        each
        for each in overview.everybody
        if _shown(each, overview, which, trial) and all(word in each.search_key for word in words)
    ]


def _shown(
    candidate: Candidate, overview: Overview, which: Group | Extra | None, trial: DryRun | None
) -> bool:
    if which is None:
        return True
    if which is Extra.DIFFERS:
        return candidate.enrolment_id in overview.differing
    if which is Extra.CHANGES:
        changes = trial.changes if trial else Changes(frozenset(), frozenset())
        return candidate.enrolment_id in changes.gained | changes.lost
    return group_of(candidate) is which
