"""Scan the running application as strangers with tools do: `make scan` (docs/security.md).

Starts the demonstration on a free port of loopback, in a folder of its own, and asks it twice over:
by our own list of what scanners of web servers try (`tools/scan_probes.py`), then by wapiti, as a
stranger, as a participant and as an organiser. Wapiti is installed by name into a virtual
environment that is thrown away; with `--wapiti FILE` an installed one is used. Exit status 1 when
something above informational was found.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lms.demo.content import PASSWORD, SIGN_INS
from tools.scan_probes import probe

ROOT = Path(__file__).resolve().parent.parent
SCANNED = ("Participant", "Organiser")
# Those that ask nobody beyond this machine.
MODULES = """
    backup buster cookieflags crlf csp csrf exec file htaccess http_headers ldap methods xss
    permanentxss redirect shellshock spring4shell sql timesql upload brute_login_form
""".split()  # noqa: SIM905
# Explained in docs/security.md.
EXPLAINED = ("X-Frame-Options is not set",)
# What would end the scanner's own session.
LEFT_OUT = ("/esci", "/profilo/sessioni/*", "/profilo/password*", "/static/*")


def main() -> int:
    """Scan; the exit status says whether there is something to look at."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--wapiti", type=Path, help="an installed wapiti")
    parser.add_argument("--minutes", type=int, default=10, help="for each of wapiti's three walks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="percorso-scan-") as name:
        folder = Path(name)
        wapiti = options.wapiti or install(folder / "venv")
        with demonstration(folder) as address:
            cookies = {"": ""} | {role: sign_in(address, role) for role in SCANNED}
            found = [f"probes: {line}" for line in probe(address, cookies["Participant"])]
            for role, cookie in cookies.items():
                who = role.lower() or "stranger"
                print(f"wapiti as {who}, {options.minutes} minutes at most …", flush=True)
                lines = walk(wapiti, address, cookie, folder / who, options.minutes * 60)
                found += [f"wapiti as {who}: {line}" for line in lines]
                if role and not is_in(address, cookie):
                    found.append(f"wapiti as {who}: the session ended before the scan did")
    print("\n".join(found) or "nothing found")
    return int(bool(found))


def install(folder: Path) -> Path:
    """Wapiti, from the registry this machine is set up for."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", "wapiti3"], check=True)
    return folder / "bin" / "wapiti"


@contextmanager
def demonstration(folder: Path) -> Iterator[str]:
    """The application with its fictional people while the block lasts; gives its address."""
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        port = probing.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environ = {
        **os.environ, "LMS_ENV": "development", "LMS_DEMO": "1", "LMS_DATA": str(folder / "data"),
        "LMS_PUBLIC_URL": address,
    }  # fmt: skip
    command = [ROOT / ".venv" / "bin" / "lms", "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_for(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(60)
    faults = (folder / "server.log").read_text(encoding="utf-8").count('"fault"')
    print(f"the server's log holds {faults} faults")


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until the first page answers."""
    for _second in range(300):
        if server.poll() is not None:
            raise SystemExit("the application did not start: see its log")
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own http address
            return
        except OSError:
            time.sleep(1)
    raise SystemExit("the application did not answer in five minutes")


def sign_in(address: str, role: str) -> str:
    """The cookies of a fresh session of the demonstration's `role`, as a header has them."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/accedi").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise SystemExit("the sign-in page has no form")
    typed = {"login": dict(SIGN_INS)[role], "password": PASSWORD, "csrf_token": token.group(1)}
    browser.open(f"{address}/accedi", urllib.parse.urlencode(typed).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def is_in(address: str, cookie: str) -> bool:
    """Whether the session still lives."""
    browser = urllib.request.build_opener()
    browser.addheaders = [("Cookie", cookie)]
    return bool(browser.open(f"{address}/profilo").url.endswith("/profilo"))


def walk(wapiti: Path, address: str, cookie: str, folder: Path, seconds: int) -> list[str]:
    """What wapiti finds: it walks through the pages once, then a process for each kind of attack.

    (When its time is over an attack leaves wapiti's own database locked; the next begins anew.)
    """
    folder.mkdir()
    report = folder / "report.json"
    command: list[str | Path] = [
        "nice", wapiti, "--url", f"{address}/", "--scope", "folder", "--no-bugreport",
        "--verbose", "0", "--format", "json", "--output", report, "--store-session", folder,
    ]  # fmt: skip
    for path in LEFT_OUT:
        command += ["--exclude", address + path]
    if cookie:
        command += ["--header", f"Cookie: {cookie}"]
    subprocess.run(
        [*command, "--module", "", "--max-scan-time", str(seconds // 4)], check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    share = str(seconds * 3 // 4 // len(MODULES))
    found, unfinished = [], []
    for module in MODULES:
        report.unlink(missing_ok=True)
        subprocess.run(
            [*command, "--skip-crawl", "--module", module, "--max-attack-time", share],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if report.exists():
            found += read(report)
        else:
            unfinished.append(module)
    if unfinished:
        print(f"  without a report, its time was over: {', '.join(unfinished)}")
    return list(dict.fromkeys(found))


def read(report: Path) -> list[str]:
    """One line for each thing wapiti found; what it calls additional is informational."""
    told = json.loads(report.read_text(encoding="utf-8"))
    return [
        f"{kind}: {one['method']} {one['path']} {one.get('parameter') or ''}: {one['info']}"
        for group in ("vulnerabilities", "anomalies")
        for kind, ones in told[group].items()
        for one in ones
        if one["info"] not in EXPLAINED
    ]


if __name__ == "__main__":
    raise SystemExit(main())
