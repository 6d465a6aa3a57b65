"""What the source never does, so that nothing typed can make it: run a shell, evaluate, trust HTML.

ASVS 1.2.5 1.3.1; weakness 28. What then comes out is looked at by test_stored_text.py.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lms.config import PROJECT_ROOT

SOURCES = sorted(
    path for room in ("lms", "certificates") for path in (PROJECT_ROOT / room).rglob("*.py")
)
# They start the web server and the workers, by words of their own.
STARTS_PROGRAMS = {"lms/cli/server.py"}
# They build markup: of a fixed pattern whose values are escaped; the QR code that segno draws.
BUILDS_MARKUP = {
    "lms/drawing.py", "lms/pages.py", "lms/attendance/views_screen.py", "certificates/scripts.py"
}  # fmt: skip
RUNNERS = frozenset(
    """
    os.system os.popen os.execv os.execve os.execvp os.spawnl os.spawnv os.posix_spawn pty.spawn
    asyncio.create_subprocess_shell asyncio.create_subprocess_exec eval exec compile __import__
    pickle.loads pickle.load marshal.loads yaml.load
    """.split()  # noqa: SIM905 - a list to be read
)
TEMPLATES = frozenset({"render_template_string", "from_string"})


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT_ROOT))


def test_no_program_is_run_by_what_somebody_typed() -> None:
    """ASVS 1.2.5: two programs are started, as lists of our own words; a shell never."""
    started = {named(path) for path in SOURCES for name, _call in calls(path) if "Popen" in name}
    imported = {
        named(p) for p in SOURCES if re.search(r"^\s*(import|from) subprocess", p.read_text(), re.M)
    }
    assert (started, imported) == (STARTS_PROGRAMS, STARTS_PROGRAMS)
    wrong = [
        f"{named(path)}: {name}"
        for path in SOURCES
        for name, call in calls(path)
        if name in RUNNERS or any(keyword.arg == "shell" for keyword in call.keywords)
    ]
    assert wrong == []


def test_no_text_is_taken_for_markup_or_for_a_template() -> None:
    """ASVS 1.3.1: no field takes HTML, so there is none to be cleaned; weakness 28 likewise.

    ASVS 1.3.7.
    """
    templates = sorted((PROJECT_ROOT / "templates").rglob("*.html"))
    assert len(templates) > 50
    trusting = re.compile(r"\|\s*safe\b|autoescape\s+false|contenteditable", re.I)
    assert [named(page) for page in templates if trusting.search(page.read_text())] == []
    made = {named(path) for path in SOURCES for name, _call in calls(path) if name == "Markup"}
    assert made == BUILDS_MARKUP
    wrong = [
        f"{named(path)}: {name}"
        for path in SOURCES
        for name, _call in calls(path)
        if name.rpartition(".")[2] in TEMPLATES
    ]
    assert wrong == []
