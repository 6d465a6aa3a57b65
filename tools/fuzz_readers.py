"""Throw damaged reports at every reader: `python tools/fuzz_readers.py --minutes 20`.

Seeds are the fixtures of the tests. Each is damaged in its bytes, in its cells, or inside a
workbook made of it, and read, with the questions then answered; what was understood in a new way
(another platform, notice, question or refusal) becomes a seed itself. A refusal is an answer;
anything else that is raised, takes too long or too much memory is a finding, kept as a file beside
its traceback, one for each place. The exit status is 1 where there is one.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lms.attendance.readers import ColumnMapping, Report, UnreadableReport, read_report  # noqa: E402
from lms.attendance.readers.containers import tables_of  # noqa: E402
from lms.attendance.readers.mapping import guessed, heading_rows, under  # noqa: E402
from tests.workbooks import xlsx  # noqa: E402

FIXTURES = ROOT / "tests/attendance/fixtures"
ROME = ZoneInfo("Europe/Rome")
SECONDS, MEGABYTES = 5, 1500
LARGEST_SEED = 20_000
SCRAPS = (
    "", "-", "0", "99", "1e9", "Yes", "No", "TRUE", "=1+1", '="x"', '"', ",", ";", "\t", "\n", "\0",
    "a@b.example", "12/13/2026 10:00", "13/12/2026 10:00", "25/10/2026 02:30:00", "2026-02-30",
    "23:59", "00:00:00", "99:99:99", "2 hours 3 minutes", "1h", "31/12/2099 23:59:59", "9" * 400,
    "01/01/1990 00:00:00", "10:00 AM CEST", "+14:00", "P (2/2)", "RSSMRA80A41H501Z", "\u202e", "١",
    "2026-05-12 10:00:00+99:99", "12 мая 2026 10:00", "(", "x" * 5000, "Name", "Join Time", "٣:٠٠",
)  # fmt: skip
XML_SCRAPS = (
    b"<row/>", b'<c t="s"><v>9</v></c>', b'<c r="ZZZ1"><v>1</v></c>', b"<!DOCTYPE x>", b"&amp;",
    b'<row r="99999999"/>', b"<v>1e308</v>", b"<v>-5</v>", b'<c s="1"><v>46125.4</v></c>',
    b"</row>",
    b'<xf numFmtId="x"/>', b"<v></v>", b'<c t="b"><v>1</v></c>', b"&#0;", b"&x;", b"\xff",
)  # fmt: skip


class _TooLongError(BaseException):
    """An input took too long: nothing may swallow this."""


def _too_long(*_signal: object) -> None:
    raise _TooLongError


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, dropped, doubled or moved."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found) + 1)
        to = min(len(found), at + chance.randint(0, 40))
        what = chance.randrange(5)
        if what == 0 and at < len(found):
            found[at] = chance.randrange(256)
        elif what == 1:
            del found[at:to]
        elif what == 2:
            found[at:at] = found[at:to] * chance.randint(1, 3)
        elif what == 3:
            found[at:at] = chance.choice(SCRAPS).encode()
        else:
            found[at:to] = bytes(reversed(found[at:to]))
    return bytes(found)


def _rows(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    separator = max(",;\t", key=text[:2000].count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=separator))[:200]
    except csv.Error:
        return [[text[:100]]]


def _cells(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """The rows with cells changed, swapped or dropped, rows and columns moved."""
    rows = [list(row) for row in rows] or [[""]]
    for _ in range(chance.randint(1, 6)):
        row = chance.choice(rows)
        at = chance.randrange(len(row)) if row else 0
        what = chance.randrange(6)
        if what == 0 and row:
            row[at] = chance.choice(SCRAPS)
        elif what == 1 and row:
            other = chance.choice(rows)
            row[at] = chance.choice(other) if other else ""
        elif what == 2:
            rows.insert(chance.randrange(len(rows) + 1), list(row))
        elif what == 3 and len(rows) > 1:
            rows.remove(row)
        elif what == 4:
            for each in rows:
                if at < len(each):
                    each.append(each.pop(at))
        elif row:
            del row[at]
    return rows


def _as_text(rows: list[list[str]], chance: random.Random) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=chance.choice(",;\t|")).writerows(rows)
    encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
    return text.getvalue().encode(encoding, errors="replace")


def _as_workbook(rows: list[list[str]], chance: random.Random) -> bytes:
    clean = [["".join(c for c in cell if c.isprintable()) for cell in row] for row in rows]
    book = xlsx({"Foglio": clean, "Altro": clean[: chance.randint(0, 3)]})
    what = chance.randrange(4)
    if what == 0:
        return _bytes(book, chance)
    return book if what == 1 else _parts(book, chance)


def _parts(book: bytes, chance: random.Random) -> bytes:
    """The workbook with one of its parts damaged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim:
                part = bytearray(_bytes(part, chance) if chance.random() < 0.5 else part)
                at = part.find(b">", chance.randrange(len(part) + 1)) + 1
                part[at:at] = chance.choice(XML_SCRAPS)
            new.writestr(name, bytes(part))
    return stream.getvalue()


def damaged(seeds: list[bytes], chance: random.Random) -> bytes:
    """One damaged input, made of one seed or two."""
    seed = chance.choice(seeds)
    if chance.random() < 0.25 or seed.startswith(b"PK"):
        return _bytes(seed, chance)
    rows = _rows(seed)
    if chance.random() < 0.2:
        rows += _rows(chance.choice(seeds))
    rows = _cells(rows, chance)
    make: Callable[..., bytes] = _as_workbook if chance.random() < 0.3 else _as_text
    return make(rows, chance)


def read(data: bytes, name: str) -> str:
    """Read an input as the product does, answers included; how it was understood, in one line."""
    try:
        report = read_report(data, name)
        shown = _told(report)
        read_report(data, name, zone=ROME, date_order="dmy", fold=0)
        return shown
    except UnreadableReport as error:
        str(error)
        if error.code != "unknown_table":
            return error.code
    return f"mapped {_mapped(data, name)}"


def _told(report: Report) -> str:
    said = sorted({notice.code for notice in report.warnings if notice.text})
    asked = sorted({question.kind for question in report.questions if question.text})
    return " ".join((report.platform, str(min(len(report.meetings), 3)), *said, *asked))


def _mapped(data: bytes, name: str) -> str:
    """An unknown table read by what its columns seem to be."""
    for table in tables_of(data, name)[0]:
        for head in heading_rows(table)[:2]:
            columns = ColumnMapping.of(guessed(head, under(table, head.cells)).stored())
            try:
                return _told(read_report(data, name, columns=columns))
            except UnreadableReport as error:
                return error.code
    return "nothing"


def fuzz(minutes: float, seed: int, out: Path, folders: list[Path]) -> int:
    """Fuzz for so many minutes of CPU; how many findings there are."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, and no secret
    files = [path for folder in (FIXTURES, *folders) for path in sorted(folder.rglob("*.csv"))]
    seeds = [path.read_bytes() for path in files]
    seeds = [each for each in seeds if len(each) <= LARGEST_SEED]
    understood: set[str] = set()
    places: set[str] = set()
    ends = time.process_time() + minutes * 60
    inputs, slowest = 0, 0.0
    while time.process_time() < ends:
        data, started = damaged(seeds, chance), time.process_time()
        inputs += 1
        try:
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            how = read(data, "report.csv")
        except (Exception, _TooLongError) as error:  # noqa: BLE001 - a finding, whatever it is
            signal.setitimer(signal.ITIMER_PROF, 0)
            _keep(error, data, places, out)
            continue
        signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, time.process_time() - started)
        if how not in understood and len(data) <= LARGEST_SEED:
            understood.add(how)
            seeds.append(data)
    print(f"{inputs} inputs, {len(understood)} ways understood, slowest {slowest:.2f} s, "
          f"{len(places)} findings")  # fmt: skip
    return len(places)


def _keep(error: BaseException, data: bytes, places: set[str], out: Path) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    last = next((f for f in reversed(frames) if "/lms/" in f.filename), frames[-1])
    place = f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"
    if place not in places:
        places.add(place)
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{place}.bin").write_bytes(data)
        (out / f"{place}.txt").write_text("".join(traceback.format_exception(error)))
        print(f"finding: {place}", flush=True)


def main() -> None:
    """Read the command line and fuzz."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=1.0, help="of CPU")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--out", type=Path, default=Path("fuzz-findings"))
    options.add_argument("--seeds", type=Path, nargs="*", default=[], help="more folders of .csv")
    given = options.parse_args()
    signal.signal(signal.SIGPROF, _too_long)
    limit = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    sys.exit(1 if fuzz(given.minutes, given.seed, given.out, given.seeds) else 0)


if __name__ == "__main__":
    main()
