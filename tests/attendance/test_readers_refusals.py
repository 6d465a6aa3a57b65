"""What is no readable report is refused with what and where, quickly, whatever the bytes."""

from __future__ import annotations

import json
import random
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.attendance import readers
from lms.attendance.readers import UnreadableReport, messages, read_report, sentence
from lms.cli.report import as_object
from tests.attendance.reading import FIXTURES, HEADINGS, ROME, zoom

ROW = "Ada,,13/04/2026 09:00:00,13/04/2026 10:00:00,60"


def refusal(data: bytes | str) -> UnreadableReport:
    with pytest.raises(UnreadableReport) as found:
        read_report(data if isinstance(data, bytes) else data.encode(), "report.csv", zone=ROME)
    return found.value


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"\r\n \r\n", b",,,\n,,,", b"\xff\xfe", b"\0"]
)
def test_nothing_in_it(data: bytes) -> None:
    assert refusal(data).code in {"empty", "not_text"}


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        (b"PK\x03\x04\x14\0readme.txt", "ZIP"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\n<!DOCTYPE html><html lang=it><title>Accedi</title>", "web page"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (b'{"meetings": []}', "JSON"),
        (bytes(range(256)) * 9, "binary"),
        (b"\x7fELF" + bytes(4000), "binary"),
    ],
)
def test_other_kinds_of_file_are_named(data: bytes, named: str) -> None:
    found = refusal(data)
    assert found.code == "not_text"
    assert named in str(found)


def test_limits_name_the_row() -> None:
    long_row = f"{HEADINGS}\n{ROW}\n" + "x," * 600 + "x\n"
    assert refusal(long_row).params["row"] == 3
    assert refusal(f"{HEADINGS}\n{ROW}\n{'y' * 40_000}").code == "cell_too_long"
    assert refusal(f"{HEADINGS}\n" + f"{ROW}\n" * 200_001).code == "too_many_rows"
    assert refusal(b"x" * (20 * 1024 * 1024 + 1)).code == "too_large"
    many = refusal(("ab," * 400 + "z\n") * 6000)
    assert (many.code, many.params["row"]) == ("too_many_cells", 4988)


def test_a_quotation_mark_nobody_closes_is_named_by_its_row() -> None:
    found = refusal(f'{HEADINGS}\n{ROW}\n"{ROW}\n{ROW}\n{ROW}\n')
    assert (found.code, found.params["row"]) == ("open_quote", 3)
    endless = refusal(f'{HEADINGS}\n"' + f"{ROW}\n" * 5000)
    assert (endless.code, endless.params["row"]) == ("open_quote", 2)


def test_another_table_is_refused_with_what_was_looked_for() -> None:
    found = refusal("Comune;Provincia;Abitanti\nBorgofinto;XX;1200\n")
    assert found.code == "unknown_table"
    assert "Comune, Provincia, Abitanti" in str(found)
    assert "Zoom" in str(found)


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("teams", 'Full Name,User Action,Timestamp\nAda,Joined,"11/4/2020, 9:50:12 AM"\n'),
        (
            "teams",
            "Name;Join Time;Leave Time;Duration;Email;Role\n"
            "Ada;4/13/2022, 7:56:32 AM;4/13/2022, 9:38:51 AM;1h 42m;a@ente.example.it;Organizer\n",
        ),
        (
            "bigbluebutton",
            "Nome,Moderatore,Ingresso,Uscita,Duration\n"
            'Ada,TRUE,"14/4/2026, 09:55:01","14/4/2026, 12:05:44",02:10:43\n',
        ),
        (
            "meet",
            "First name,Last name,Email,Duration,Time joined,Time exited\n"
            "Ada,Finti,,58 min,10:02 AM,11:00 AM\n",
        ),
        (
            "gotowebinar",
            "Attended,Last Name,First Name,Email Address,Join Time,Leave Time,Time in Session\n"
            "Yes,Finti,Ada,a@ente.example.it,04/14/2026 09:58 AM CEST,04/14/2026 11:58 AM CEST,"
            "2 hours\n",
        ),
    ],
)
def test_other_platforms_are_not_taken_for_zoom(platform: str, text: str) -> None:
    assert read_report(text.encode(), "report.csv").platform == platform


def test_times_alone_are_no_platform() -> None:
    text = "Nome,Entrata,Uscita\nAda,13/04/2026 09:00,13/04/2026 10:00\n"
    assert refusal(text).code == "unknown_table"


def test_zoom_without_people() -> None:
    assert refusal(HEADINGS).code == "no_people"
    assert refusal(f"{HEADINGS}\nTotale,0\n").code == "no_people"
    found = refusal(
        "Topic,Meeting ID,Start Time,End Time\n"
        "Bilancio,812 555 1234,13/04/2026 09:00,13/04/2026 10:00\n"
    )
    assert (found.code, found.params["row"]) == ("meetings_only", 1)


def test_unreadable_times_name_the_cell() -> None:
    found = refusal(f"{HEADINGS}\nAda,,ieri,oggi,60\n")
    assert found.code == "unreadable_times"
    assert found.params == {"row": 2, "column": "Join Time", "text": "ieri"}


def test_a_hostile_cell_stays_one_sentence() -> None:
    found = str(refusal(f'{HEADINGS}\nAda,,"ieri\n{{0.__class__}} {"z" * 9000}",oggi,60\n'))
    assert "\n" not in found
    assert len(found) < 400


def test_every_code_has_its_sentences_and_every_sentence_its_code() -> None:
    folder = Path(readers.__file__).parent
    source = "\n".join(
        p.read_text() for p in folder.glob("*.py") if not p.name.startswith("messages")
    )
    known = set(messages._SENTENCES)
    words = set(re.findall(r'"([a-z_0-9]+)"', source))
    assert {code for code in known if not code.startswith("ask_")} <= words
    used = set(re.findall(r'(?:Notice|UnreadableReport)\(\s*"([a-z_0-9]+)"', source))
    assert used <= known
    for code, both in messages._SENTENCES.items():
        fields = [set(re.findall(r"\{(\w+)\}", text)) for text in both]
        assert fields[0] == fields[1], code
        assert both[0] != both[1]
        assert all(text.endswith((".", "?")) for text in both)


def test_long_lists_are_shortened() -> None:
    rows = tuple(range(2, 40))
    assert sentence("no_leave", {"rows": rows}).endswith("2, 3, 4, 5, 6 … (+33).")
    assert "riga" not in sentence("no_leave", {"rows": rows})
    assert "nelle righe: 2, 3" in sentence("no_leave", {"rows": rows}, "it")


SAMPLES = sorted(FIXTURES.glob("*.csv"))
SCRAPS = [
    b",", b'"', b"\n", b"\r", b"\t", b";", b"\0", b"\xff", b"08/07/2025", b"AM", b"--", b"NA",
    b"Join Time", b"Name (Original Name)", b"99/99/9999", "\u202e".encode(), b"(", b")",
    b"31/12/2099 23:59:59", b"2026-10-25 02:30:00", b"01/01/1990 00:00:00", b"=cmd", b"\x1a",
]  # fmt: skip


def survives(data: bytes) -> None:
    """Reads or refuses; nothing else, and what was read can be printed in both languages."""
    try:
        report = read_report(data, "report.csv", zone=ROME)
    except UnreadableReport as refused:
        sentence(refused.code, refused.params, "it")
        return
    json.dumps(as_object(report), ensure_ascii=False).encode()
    for notice in report.warnings:
        assert sentence(notice.code, notice.params, "it")
    for meeting in report.meetings:
        for person in meeting.people:
            assert person.name
            assert person.lines


@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00")
@example(b"sep=\n")
@example(b'"')
@settings(max_examples=400, deadline=None)
def test_any_bytes(data: bytes) -> None:
    survives(data)


@given(st.text(st.sampled_from('aé,;\t"\n\r|/:0123456789@() AMJoin'), max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_rows_under_zooms_headings(text: str) -> None:
    survives(f"{HEADINGS}\n{text}".encode())


@pytest.mark.parametrize("seed", range(300))
def test_damaged_reports(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.choice(SAMPLES).read_bytes())
    for _ in range(chance.choice([1, 3, 10, 60])):
        at = chance.randrange(len(data) + 1)
        kind = chance.random()
        if kind < 0.3:
            del data[at : at + chance.randrange(1, 40)]
        elif kind < 0.6:
            data[at:at] = chance.choice(SCRAPS)
        elif kind < 0.8 and at < len(data):
            data[at] = chance.randrange(256)
        else:
            other = chance.choice(SAMPLES).read_bytes()
            start = chance.randrange(len(other))
            data[at:at] = other[start : start + chance.randrange(400)]
    started = time.perf_counter()
    survives(bytes(data))
    assert time.perf_counter() - started < 2


clock = st.integers(0, 23 * 60)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), clock, st.integers(0, 59)), min_size=1, max_size=8)
)
def test_minutes_are_those_of_the_intervals(rows: list[tuple[str, int, int]]) -> None:
    def cell(minute: int) -> str:
        return f"2026-04-13 {minute // 60:02}:{minute % 60:02}:00"

    report = zoom(*[f"{n},,{cell(m)},{cell(m + length)},{length}" for n, m, length in rows])
    for person in report.meetings[0].people:
        spans = person.intervals
        assert spans is not None
        assert all(a.end < b.start for a, b in pairwise(spans))
        total = sum((end - start).total_seconds() for start, end in spans)
        assert person.minutes == total // 60
        own = [length for n, _, length in rows if n == person.name]
        assert person.stated_minutes == sum(own)
        assert max(own) <= person.minutes <= sum(own)
