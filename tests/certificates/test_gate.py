"""What may be printed: each text, number and date is cleaned or refused with its reason."""

import time
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.data import MOST_EMBLEMS, Emblem, InvalidData
from certificates.faces import draws
from certificates.gate import clean_text
from certificates.scripts import without_non_joiners
from tests.certificates.samples import CODE, attempt, filler, modules, sample


def refused(field: str, **changes: object) -> str:
    """Return the message with which a changed sample is refused; it must name the field."""
    with pytest.raises(InvalidData) as caught:
        sample(**changes)
    assert caught.value.field == field
    assert str(caught.value) == f"{field}: {caught.value.message}"
    return caught.value.message


@given(st.text(max_size=80))
def test_text_is_clean_or_refused(text: str) -> None:
    cleaned, error = attempt(lambda: clean_text("holder", text, 60))
    if error:
        assert error.field == "holder"
        assert error.message.isprintable()
        return
    assert clean_text("holder", cleaned, 60) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert 1 <= len(cleaned) <= 60
    assert all(map(draws, without_non_joiners(cleaned)))
    assert "  " not in cleaned
    assert cleaned == cleaned.strip()


def test_names_are_stored_composed_and_with_single_spaces() -> None:
    data = sample(holder="  Jose\u0301\u00a0 \t\n Nin\u0303o ")
    assert data.holder == "José Niño"
    assert data == sample(holder="José Niño")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ann\x00a", "U+0000, a control character"),
        ("Ann\x1ba", "U+001B, a control character"),
        ("Ann\ud800a", "U+D800, half of a surrogate pair"),
        ("Ann\ue000a", "U+E000, a private character"),
        ("Ann\U000e0fffa", "U+E0FFF, an unassigned character"),
        ("Ann\u200ca", "U+200C ZERO WIDTH NON-JOINER, an invisible formatting character"),
        ("\u0645\u200c", "U+200C ZERO WIDTH NON-JOINER, an invisible formatting character"),
        ("Ann\u200ba", "U+200B ZERO WIDTH SPACE, an invisible formatting character"),
        ("Ann\u00ada", "U+00AD SOFT HYPHEN, an invisible formatting character"),
        ("Anna \u202eissoR", "U+202E RIGHT-TO-LEFT OVERRIDE, which changes the direction"),
        ("Anna \u2067issoR", "U+2067 RIGHT-TO-LEFT ISOLATE, which changes the direction"),
        ("Anna\u200f", "U+200F RIGHT-TO-LEFT MARK, which changes the direction"),
        ("ანა", "“ა” (U+10D0 GEORGIAN LETTER AN), which the fonts"),
        ("Anna 🎓", "“🎓” (U+1F393 GRADUATION CAP), which the fonts"),
        ("x\u0332", "U+0332 COMBINING LOW LINE"),
    ],
)
def test_characters_that_cannot_stand_in_a_name_are_named(text: str, reason: str) -> None:
    assert reason in refused("holder", holder=text)


@pytest.mark.parametrize(
    "name",
    ["Zoë Šťastná-Łukaszewicz", "Ġorġ Żammit", "Þór Æðelstan", "Ștefania Țîmpău", "İbrahim Yıldız"],
)
def test_european_names_pass(name: str) -> None:
    assert sample(holder=name).holder == name


@pytest.mark.parametrize(
    ("field", "longest_length"),
    [
        ("holder", 120),
        ("organisation", 200),
        ("track_title", 300),
        ("cycle_title", 300),
        ("rule_text", 400),
        ("issuer_name", 200),
        ("place", 80),
        ("signatory_name", 120),
        ("signatory_role", 160),
        ("funding_statement", 400),
    ],
)
def test_lengths(field: str, longest_length: int) -> None:
    assert len(getattr(sample(**{field: "a" * longest_length}), field)) == longest_length
    message = refused(field, **{field: "a" * (longest_length + 1)})
    assert message == f"has {longest_length + 1} characters; at most {longest_length} fit"


def test_a_megabyte_is_refused_at_once() -> None:
    started = time.process_time()
    refused("holder", holder="a\u0301" * 500_000)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("serial", ""),
        ("serial", "2022 123"),
        ("serial", "<b>1"),
        ("serial", "1" * 41),
        ("code", "abcdefgh"),
        ("code", "ABCDEFG"),
        ("code", "A" * 65),
        ("verify_url", "javascript:alert(1)"),
        ("verify_url", f"https://example.it/{CODE[:-1]}"),
        ("verify_url", f"https://example.it/ {CODE}"),
        ("verify_url", f"https:///{CODE}"),
        ("verify_url", f"https://example.it@evil.example/{CODE}"),
        ("verify_url", f"https://[/{CODE}"),
        ("verify_url", f"https://example.it/{'a' * 200}{CODE}"),
        ("language", "de"),
        ("holder", " \n "),
        ("holder", None),
        ("holder", b"Anna"),
        ("track_title", ""),
        ("minutes_attended", 0),
        ("minutes_attended", 1441),
        ("minutes_attended", True),
        ("minutes_attended", 12.0),
        ("minutes_planned", 100_001),
        ("completed_on", date(2022, 5, 21)),
        ("completed_on", "2022-05-16"),
        ("issued_on", datetime(2022, 5, 20, tzinfo=UTC)),
        ("issued_on", date(1, 1, 1)),
        ("issued_at", datetime(2022, 5, 20, 10, 30)),  # noqa: DTZ001 - the point
        ("issued_at", date(2022, 5, 20)),
        ("layout", "baroque"),
        ("layout_version", 3),
        ("layout_version", True),
        ("fictional", 1),
        ("modules", ()),
        ("modules", modules(31)),
        ("modules", "abc"),
        ("emblems", ("eu",)),
        ("emblems", (Emblem(symbol="none", label="x"),) * (MOST_EMBLEMS + 1)),
    ],
)
def test_values_that_are_refused(field: str, value: object) -> None:
    # Two of them are measured against their neighbour, which is then the one named.
    named = {"completed_on": "issued_on"} if isinstance(value, date) else {}
    if field == "emblems" and value == ("eu",):
        named = {"emblems": "emblems[0]"}
    refused(named.get(field, field), **{field: value})


def test_instants_become_utc_seconds() -> None:
    rome = timezone(timedelta(hours=2))
    data = sample(issued_at=datetime(2022, 5, 20, 12, 30, 5, 999, tzinfo=rome))
    assert data.issued_at == datetime(2022, 5, 20, 10, 30, 5, tzinfo=UTC)
    assert data.to_json()["issued_at"] == "2022-05-20T10:30:05Z"


def test_a_certificate_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        sample().holder = "Altri"  # type: ignore[misc]


def test_filler_is_as_long_as_it_says() -> None:
    assert all(len(filler(length)) == length for length in (2, 100, 300, 400))
