"""Dates, durations, pages of a list, addresses of assets and the language of a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask, session
from hypothesis import given
from hypothesis import strategies as st

from lms import pages
from lms.pages import NO_BREAK, Page, minutes_in_words, paginate

AFTERNOON = datetime(2027, 1, 12, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (87, "1 h 27 min"), (1440, "24 h")],
)
def test_minutes_in_words(minutes: int, words: str) -> None:
    assert minutes_in_words(minutes).replace(NO_BREAK, " ") == words


def test_a_number_is_never_parted_from_its_unit() -> None:
    assert minutes_in_words(87) == f"1{NO_BREAK}h 27{NO_BREAK}min"


def test_a_negative_duration_is_a_fault() -> None:
    with pytest.raises(ValueError, match="never negative"):
        minutes_in_words(-1)


@given(st.integers(0, 10**6))
def test_words_hold_every_minute(minutes: int) -> None:
    parts = minutes_in_words(minutes).replace(NO_BREAK, " ").split()
    pairs = dict(zip(parts[1::2], map(int, parts[::2]), strict=True))
    assert pairs.get("h", 0) * 60 + pairs.get("min", 0) == minutes
    assert pairs.get("min", 0) < 60


@pytest.mark.parametrize(
    ("language", "day", "whole"),
    [
        ("it", "12 gennaio 2027", "martedì 12 gennaio 2027, ore 14:30"),
        ("en", "12 January 2027", "Tuesday, 12 January 2027, at 14:30"),
    ],
)
def test_dates_speak_the_language_of_the_page(
    gallery: Flask, language: str, day: str, whole: str
) -> None:
    with gallery.test_request_context(headers={"Accept-Language": language}):
        assert pages.local_date(AFTERNOON) == day
        assert pages.local_date(date(2027, 1, 12)) == day
        assert pages.local_datetime(AFTERNOON) == whole
        assert pages.local_time(AFTERNOON, "America/New_York") == "08:30"


def test_the_day_is_the_one_of_the_place(gallery: Flask) -> None:
    night = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with gallery.test_request_context():
        assert pages.local_date(night) == "1 gennaio 2027"
        assert pages.date_parts(night) == ("ven", "1", "gen")
        with pytest.raises(ValueError, match="aware"):
            pages.local_date(night.replace(tzinfo=None))


@given(st.integers(0, 300), st.integers(-3, 400), st.integers(1, 40))
def test_a_page_is_always_a_part_of_the_list(total: int, number: int, size: int) -> None:
    page = paginate(range(total), number, size)
    assert 1 <= page.number <= page.pages
    assert len(page.items) <= size
    assert list(page.items) == list(range(total))[page.first - 1 : page.last] or total == 0
    assert page.has_next == (page.last < total)


@given(st.integers(1, 40), st.integers(1, 40))
def test_every_page_is_reached_from_the_links(pages_there: int, number: int) -> None:
    number = min(number, pages_there)
    shown = Page([], number, 1, pages_there).window()
    assert {1, number, pages_there} <= set(shown)
    for before, gap, after in zip(shown, shown[1:], shown[2:], strict=False):
        if gap is None:
            assert before is not None
            assert after is not None
            assert after - before > 2


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("page=3", 3),
        ("page=0", 1),
        ("page=-2", 1),
        ("page=x", 1),
        ("page=²", 1),
        ("page=9999999", 1),
        ("page=1e3", 1),
    ],
)
def test_the_page_asked_for(gallery: Flask, query: str, number: int) -> None:
    with gallery.test_request_context(f"/table?{query}"):
        assert pages.page_number() == number


def test_other_pages_keep_the_query(gallery: Flask) -> None:
    with gallery.test_request_context("/table?q=a+b%26c&state=open&state=closed&page=2"):
        page = Page([1], 2, 1, 3)
        assert page.url(3) == "/table?q=a+b%26c&state=open&state=closed&page=3"
        assert page.url(1) == "/table?q=a+b%26c&state=open&state=closed"


def test_an_asset_has_a_new_address_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STATIC_ROOT", tmp_path)
    file = tmp_path / "a b.css"
    file.write_text("p{}")
    first = pages.static_url("a b.css")
    assert first.startswith("/static/a%20b.css?v=")
    file.write_text("p{color:red}")
    assert pages.static_url("a b.css") != first
    with pytest.raises(FileNotFoundError, match="make setup"):
        pages.static_url("none.css")


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [
        (None, None, "it"),
        ("de", None, "it"),
        ("en-GB,en;q=0.9", None, "en"),
        ("en;q=0.3, it;q=0.8", None, "it"),
        ("en", "it", "it"),
        ("en", "xx", "en"),
    ],
)
def test_the_language_is_the_one_chosen_then_the_browsers_then_italian(
    gallery: Flask, header: str | None, chosen: str | None, language: str
) -> None:
    headers = {"Accept-Language": header} if header else {}
    with gallery.test_request_context("/?lang=en", headers=headers):
        if chosen:
            session["language"] = chosen
        assert pages.select_locale() == language


def test_without_a_request_the_language_is_italian(gallery: Flask) -> None:
    with gallery.app_context():
        assert pages.select_locale() == "it"
