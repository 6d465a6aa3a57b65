"""The seal: one text of the rows, one hash, whatever order they come in."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.attendance import sealing
from lms.attendance.sealing import Heading, SealedRow

HEADING = Heading(3, "CP1", {"uid": "a@b", "title": "Sì"}, datetime(2026, 5, 12, tzinfo=UTC), 7)
rows = st.lists(
    st.builds(
        SealedRow,
        enrolment=st.integers(1, 10**6),
        name=st.text(max_size=20),
        organisation=st.text(max_size=20),
        mark=st.sampled_from([None, "present", "absent"]),
        minutes=st.integers(0, 1440),
        source=st.sampled_from([None, "trainer"]),
        evidence=st.just("e" * 64),
    ),
    max_size=6,
    unique_by=lambda row: row.enrolment,
)


@given(rows)
def test_the_order_of_rows_does_not_matter_and_they_come_back(found):
    text = sealing.rows_text(HEADING, found)
    assert text == sealing.rows_text(HEADING, reversed(found))
    assert sealing.rows_of(text) == sorted(found, key=lambda row: row.enrolment)


@given(rows, st.text("0123456789abcdef", min_size=64, max_size=64))
def test_the_seal_depends_on_every_row_and_on_the_seal_before(found, previous):
    text = sealing.rows_text(HEADING, found)
    seal = sealing.seal_of(previous, text)
    assert seal != sealing.seal_of("", text)
    one_more = [*found, SealedRow(0, "", "", None, 0, None, "")]
    assert seal != sealing.seal_of(previous, sealing.rows_text(HEADING, one_more))


def test_the_documented_way_gives_the_same_seal():
    """As the module's text says it, with nothing of ours."""
    text = sealing.rows_text(HEADING, [SealedRow(1, "Nuñez Ò", "", "present", 5, "report", "ff")])
    plain = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert plain == text
    assert hashlib.sha256(f"abc\n{plain}".encode()).hexdigest() == sealing.seal_of("abc", text)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"rows": 3}', '{"rows": [{"x": 1}]}', "no"])
def test_what_is_no_sealed_text_is_refused(text):
    with pytest.raises(ValueError):
        sealing.rows_of(text)
