"""The life of a cycle, the rule in figures, and what a calendar must be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules import (
    AttendanceRule,
    CycleStatus,
    Denominator,
    EnrolmentMode,
    EnrolmentWindow,
    ExcusedPolicy,
    Missing,
    allowed_changes,
    enrolment_window,
    may_cancel,
    missing_for_publication,
    shows_in_calendars,
)

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDER = list(CycleStatus)


@given(st.sampled_from(CycleStatus), st.booleans())
def test_a_cycle_goes_one_step_at_a_time(status: CycleStatus, in_use: bool) -> None:
    for to in allowed_changes(status, in_use=in_use):
        assert abs(ORDER.index(to) - ORDER.index(status)) == 1


@given(st.lists(st.tuples(st.integers(0, 1), st.booleans())))
def test_people_never_find_their_cycle_a_draft_again(walk: list[tuple[int, bool]]) -> None:
    """However it goes on once somebody enrolled, a published cycle stays public."""
    status, ever_in_use = CycleStatus.PUBLISHED, False
    for choice, in_use in walk:
        ever_in_use |= in_use
        allowed = allowed_changes(status, in_use=ever_in_use)
        status = allowed[choice % len(allowed)]
        assert not (ever_in_use and status is CycleStatus.DRAFT)


def test_every_status_can_be_reached_and_left() -> None:
    reached = {to for status in CycleStatus for to in allowed_changes(status, in_use=False)}
    assert reached == set(CycleStatus)
    assert all(allowed_changes(status, in_use=True) for status in CycleStatus)
    assert CycleStatus.DRAFT in allowed_changes(CycleStatus.PUBLISHED, in_use=False)


@given(st.integers(1, 100), st.integers(0, 100_000))
def test_required_minutes_are_the_least_that_reach_the_percentage(
    percent: int, planned: int
) -> None:
    rule = AttendanceRule(percent, Denominator.WHOLE, ExcusedPolicy.MISSING, planned)
    required = rule.required_minutes
    assert required * 100 >= percent * planned
    assert required == 0 or (required - 1) * 100 < percent * planned
    assert rule.everything == (percent == 100)


@pytest.mark.parametrize(
    ("lessons", "name", "role", "percent", "missing"),
    [
        (1, "Ada", "Dirigente", 80, ()),
        (0, "Ada", "Dirigente", 80, (Missing.LESSON,)),
        (1, "", "Dirigente", 80, (Missing.SIGNATORY,)),
        (1, "Ada", "", 80, (Missing.SIGNATORY,)),
        (1, "Ada", "Dirigente", 0, (Missing.RULE,)),
        (0, "", "", None, (Missing.LESSON, Missing.SIGNATORY, Missing.RULE)),
    ],
)
def test_what_publication_needs(
    lessons: int, name: str, role: str, percent: int | None, missing: tuple[Missing, ...]
) -> None:
    found = missing_for_publication(
        lessons=lessons, signatory_name=name, signatory_role=role, percent=percent
    )
    assert found == missing


@pytest.mark.parametrize(
    ("status", "mode", "opens", "closes", "window"),
    [
        ("draft", "open", None, None, EnrolmentWindow.NOT_OFFERED),
        ("published", "open", None, None, EnrolmentWindow.OPEN),
        ("published", "open", NOON, None, EnrolmentWindow.OPEN),
        ("published", "open", NOON + HOUR, None, EnrolmentWindow.NOT_YET),
        ("published", "open", None, NOON + HOUR, EnrolmentWindow.OPEN),
        ("published", "open", None, NOON, EnrolmentWindow.OVER),
        ("published", "by_organiser", None, None, EnrolmentWindow.BY_ORGANISER),
        ("closed", "open", None, None, EnrolmentWindow.OVER),
        ("archived", "by_organiser", None, None, EnrolmentWindow.OVER),
    ],
)
def test_the_enrolment_window(
    status: str, mode: str, opens: datetime | None, closes: datetime | None, window: EnrolmentWindow
) -> None:
    found = enrolment_window(CycleStatus(status), EnrolmentMode(mode), opens, closes, NOON)
    assert found is window


def test_calendars_are_told_of_what_they_show() -> None:
    for field in (
        "starts_at",
        "ends_at",
        "zone",
        "title",
        "place",
        "join_url",
        "status",
        "summary",
    ):
        assert shows_in_calendars({field: 1})
    assert not shows_in_calendars({"trainers": 1})
    assert not shows_in_calendars({})


def test_a_lesson_that_took_place_cannot_be_cancelled() -> None:
    assert may_cancel(NOON + HOUR, NOON, in_use=True)
    assert may_cancel(NOON - HOUR, NOON, in_use=False)
    assert not may_cancel(NOON, NOON, in_use=True)
