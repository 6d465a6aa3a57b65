"""`make bench`: pages against a bare Flask view on the same server, certificates against plain
WeasyPrint, in one run, as ratios. Figures of one machine at one time: trust the ratios.
"""

from __future__ import annotations

import http.client
import os
import re
import tempfile
import urllib.parse
from collections.abc import Callable
from itertools import count

import flask_migrate

from bench import burst
from bench.certificates import report as certificates_report
from bench.load import Ask, Figure, getting, measure, served
from bench.seed import PEOPLE, Seeded, seed
from lms import create_app
from lms.config import Settings
from lms.extensions import db

SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
FLOOR_PORT, APP_PORT = 8391, 8392


def saving(seeded: Seeded, marks: int) -> Ask:
    """Open the register and save `marks` cells of it, each time with other minutes."""
    path = f"/incontri/{seeded.lesson_id}/registro?all=1"
    numbers = count(1)

    def ask(connection: http.client.HTTPConnection) -> int:
        page, cookie = _page(connection, path, seeded.cookie)
        minutes = next(numbers) % 100 + 1
        fields = {"csrf_token": _value(page, "csrf_token")}
        for found in list(re.finditer(r'name="was-(\d+)"\s+value="([^"]*)"', page))[:marks]:
            number, was = found.groups()
            fields |= {
                f"was-{number}": was, f"mark-{number}": "present", f"minutes-{number}": str(minutes)
            }  # fmt: skip
        connection.request(
            "POST", path, urllib.parse.urlencode(fields),
            {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        response = connection.getresponse()
        response.read()
        if response.status != 303:
            raise RuntimeError(f"saving answered {response.status}")
        return response.status

    return ask


def _page(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[str, str]:
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    fresh = (response.getheader("Set-Cookie") or cookie).split(";", 1)[0]
    return response.read().decode(), fresh


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def scenarios(seeded: Seeded) -> list[tuple[str, Ask, int]]:
    """Name, what is asked, how many clients at once."""
    cookie = {"Cookie": seeded.cookie}
    register = f"/incontri/{seeded.lesson_id}/registro"
    return [
        ("catalogue, list of cycles", getting("/cicli"), 4),
        ("catalogue, a cycle's programme", getting(f"/cicli/{seeded.cycle_slug}"), 4),
        ("check of a certificate", getting(f"/verifica/{seeded.code}"), 4),
        ("calendar feed, whole", getting(f"/calendario/{seeded.feed_token}.ics"), 4),
        (f"register of {PEOPLE}, first page", getting(register, cookie), 4),
        (f"register of {PEOPLE}, all on one page", getting(f"{register}?all=1", cookie), 4),
        ("register, page and 500 marks saved", saving(seeded, 500), 1),
    ]


def pages(environ: dict[str, str], seeded: Seeded, say: Callable[[str], None]) -> None:
    """Each scenario beside the floor, in turn."""
    with (
        served("bench.floor:app", FLOOR_PORT, environ),
        served("wsgi:app", APP_PORT, environ),
    ):
        say(f"{'':42} {'a second':>9} {'median ms':>10} {'p99 ms':>8} {'of floor':>9}")
        for name, ask, clients in scenarios(seeded):
            floor = measure(FLOOR_PORT, getting("/"), SECONDS / 2, clients)
            found = measure(APP_PORT, ask, SECONDS, clients)
            say(_line(name, found, floor))


def _line(name: str, found: Figure, floor: Figure) -> str:
    return (
        f"{name:42} {found.per_second:9.1f} {found.median_ms:10.2f} {found.p99_ms:8.1f} "
        f"{found.per_second / floor.per_second:8.3f}x  (floor {floor.per_second:.0f}/s)"
    )


def main() -> None:
    """Seed, serve, measure, print."""
    with tempfile.TemporaryDirectory(prefix="percorso-bench-") as folder:
        environ = {**os.environ, "LMS_DATA": folder, "LMS_ENV": "test"}
        app = create_app(Settings.from_environ(environ))
        with app.app_context():
            flask_migrate.upgrade()
            seeded = seed(app)
            db.session.remove()
            db.engine.dispose()
        pages(environ, seeded, print)
    burst.both(burst.PEOPLE, burst.SECONDS, burst.KILLS, ("sqlite", "postgresql"))
    certificates_report(print)


if __name__ == "__main__":
    main()
