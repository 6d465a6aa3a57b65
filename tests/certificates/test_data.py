"""The data gate: what is accepted comes back as given, what is refused says where and why."""

import json
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.data import OWN_WORDS, CertificateData, Emblem, InvalidData, ModuleLine
from certificates.faces import drawable
from tests.certificates.samples import attempt, longest, sample

LETTERS = sorted(drawable() - {" "})
TEXTS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=60)
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


def refused_json(field: str, **changes: object) -> str:
    with pytest.raises(InvalidData) as caught:
        CertificateData.from_json(sample().to_json() | changes)
    assert caught.value.field == field
    return caught.value.message


def test_json_round_trip_gives_an_equal_certificate() -> None:
    for data in (sample(), longest(), sample(language="en", place="", organisation="")):
        plain = data.to_json()
        assert CertificateData.from_json(json.loads(json.dumps(plain))) == data
        assert list(plain) == list(sample().to_json())
        assert CertificateData.from_json(plain).to_json() == plain


@given(
    holder=TEXTS,
    title=TEXTS,
    symbol=st.sampled_from(["eu", "none"]),
    days=st.lists(DAYS, min_size=4, max_size=4).map(sorted),
    minutes=st.integers(1, 90_000),
    missed=st.integers(0, 9_000),
    instant=st.datetimes(
        datetime(1950, 1, 1),  # noqa: DTZ001 - the zone is drawn
        datetime(2150, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    ),
)
def test_any_valid_certificate_survives_json(
    holder: str, title: str, symbol: str, days: list, minutes: int, missed: int, instant: datetime
) -> None:
    line = ModuleLine(title=title, minutes=minutes, starts_on=days[0], ends_on=days[1])
    data = sample(
        holder=holder,
        modules=(line,),
        emblems=(Emblem(symbol=symbol, label=title),),
        minutes_attended=minutes,
        minutes_planned=minutes + missed,
        completed_on=days[2],
        issued_on=days[3],
        issued_at=instant,
    )
    again = CertificateData.from_json(json.loads(json.dumps(data.to_json())))
    assert again == data
    assert again.to_json() == data.to_json()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.sampled_from(list(sample().to_json())), JSON)
@settings(max_examples=400)
def test_any_json_value_in_any_field_is_read_or_refused(field: str, value: object) -> None:
    data, error = attempt(lambda: CertificateData.from_json(sample().to_json() | {field: value}))
    if error:
        assert error.field.startswith(field) or field in ("completed_on", "code", "minutes_planned")
        return
    assert CertificateData.from_json(data.to_json()) == data


@given(JSON)
def test_any_json_value_instead_of_a_certificate_is_refused(value: object) -> None:
    with pytest.raises(InvalidData):
        CertificateData.from_json(value)  # type: ignore[arg-type]


def test_json_errors_name_the_path() -> None:
    line = sample().to_json()["modules"][0]  # type: ignore[index]
    assert "at most 300" in refused_json(
        "modules[1].title", modules=[line, line | {"title": "a" * 301}]
    )
    assert "2022-05-20" in refused_json(
        "modules[0].ends_on", modules=[line | {"ends_on": "2022-W1"}]
    )
    assert "starts_on" in refused_json(
        "modules[0].ends_on", modules=[line | {"ends_on": "2020-01-01"}]
    )
    assert "missing" in refused_json("modules[0].minutes", modules=[{"title": "a"}])
    assert "one of eu, none" in refused_json(
        "emblems[0].symbol", emblems=[{"symbol": "x", "label": "y"}]
    )
    assert "object" in refused_json(
        "emblems[2]", emblems=[{"symbol": "eu", "label": "y"}] * 2 + [3]
    )
    assert "not a field" in refused_json("colour", colour="blue")
    assert "calendar" in refused_json("issued_on", issued_on="2022-02-30")
    assert "instant" in refused_json("issued_at", issued_at="2022-05-20T10:30:00٠Z")
    assert "time zone" in refused_json("issued_at", issued_at="2022-05-20T10:30:00")


def test_optional_fields_may_be_left_out_and_others_not() -> None:
    optional = {"organisation", "place", "funding_statement", "emblems"}
    optional |= {"layout", "layout_version", "fictional"}
    optional |= {name + of for of in ("", "_other") for name in OWN_WORDS}
    for field in sample().to_json():
        plain = sample().to_json()
        del plain[field]
        if field in optional:
            CertificateData.from_json(plain)
        else:
            with pytest.raises(InvalidData, match=f"^{field}: is missing"):
                CertificateData.from_json(plain)
