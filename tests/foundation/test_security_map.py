"""docs/security.md and the tests name each other: no requirement without a test that says so."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from lms.config import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "security.md"
# OWASP ASVS 5.0.0: what we chose to show, and chapter 10 as far as it asks something of a client.
CHOSEN = frozenset(
    """
    1.2.1 1.2.2 1.2.4 1.2.5 1.2.10 1.3.1 1.3.6 1.3.7 1.3.11 1.5.1 2.2.1 2.2.2 2.3.3 2.3.4 2.4.1
    3.2.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.3 3.7.2 4.1.1 4.1.3 4.1.4
    5.2.1 5.2.2 5.2.3 5.3.2 5.4.1 5.4.2 6.2.1 6.2.3 6.2.4 6.2.5 6.2.9 6.2.12 6.3.1 6.3.8 6.4.1
    6.4.3 7.2.3 7.2.4 7.3.2 7.4.1 7.4.2 7.4.3 7.5.2 8.2.1 8.2.2 8.2.3 8.3.2 8.4.1 9.1.1 9.2.2
    10.1.1 10.1.2 10.2.1 10.2.2 10.2.3 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5
    11.4.2 13.4.2 14.3.2 15.3.3 15.4.2 16.3.2 16.4.1 16.5.1
    """.split()  # noqa: SIM905 - a list to be read and added to
)
WEAKNESSES = frozenset(str(number) for number in range(1, 33))
NOT_YET = "the product has no such part yet"
ABSENT = frozenset({"9", "10.5.5"})
ROW = re.compile(r"^\| (\d+(?:\.\d+\.\d+)?) \| (.+?) \| (.+) \|$", re.M)
SHOWN = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
REQUIREMENT = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.]*\d)")
# "Weakness 24", "Weaknesses 1, 3 and 7"
NUMBERED = re.compile(r"\bweakness(?:es)? (\d+(?:(?:, | and )\d+)*)", re.I)


def rows(page: str) -> list[tuple[str, str]]:
    """Each row's id and what shows it, in the order of the page."""
    return [(found[1], found[3]) for found in ROW.finditer(page)]


@cache
def docstrings(path: str) -> dict[str, str]:
    """What a file of tests says of itself (under the empty name) and of each of its tests."""
    tree = ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"))
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        "": ast.get_docstring(tree) or "",
        **{test.name: ast.get_docstring(test) or "" for test in tests},
    }


def ids_in(text: str) -> set[str]:
    numbers = {
        number for found in NUMBERED.finditer(text) for number in re.findall(r"\d+", found[1])
    }
    return numbers | (set(REQUIREMENT.findall(text)) if "ASVS" in text else set())


def complaints(page: str) -> list[str]:
    """What is wrong with the page, in words; empty when page and tests name each other."""
    found = rows(page)
    names = [row_id for row_id, _shown in found]
    wrong = [f"{row_id} is missing" for row_id in (CHOSEN | WEAKNESSES) - set(names)]
    wrong += [f"{name} stands twice" for name in set(names) if names.count(name) > 1]
    wrong += [f"{name} is none of ours" for name in set(names) - CHOSEN - WEAKNESSES]
    for row_id, shown in found:
        tests = SHOWN.findall(shown)
        if row_id in ABSENT and shown == NOT_YET:
            continue
        if ", ".join(f"`{path}{'::' if test else ''}{test}`" for path, test in tests) != shown:
            wrong.append(f"{row_id}: what is '{shown}'?")
        for path, test in tests:
            wrong += [f"{row_id}: {fault}" for fault in _unshown(row_id, path, test)]
    return sorted(wrong)


def _unshown(row_id: str, path: str, test: str) -> list[str]:
    if not (PROJECT_ROOT / path).is_file():
        return [f"there is no {path}"]
    said = docstrings(path)
    if test not in said:
        return [f"{path} has no {test}"]
    return [] if row_id in ids_in(said[""]) | ids_in(said[test]) else [f"{path}::{test} is silent"]


def test_every_requirement_has_its_test_and_the_test_says_so() -> None:
    assert complaints(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("| 4.1.4 |", "| none |", "4.1.4 is missing"),
        ("| 32 |", "| 31 |", "31 stands twice"),
        ("| 4.1.4 |", "| 4.1.5 |", "4.1.5 is none of ours"),
        ("tests/security/test_searches.py", "tests/no.py", "1.2.4: there is no tests/no.py"),
        (
            "_nobody_declared_do_nothing",
            "_x",
            "tests/security/test_headers.py has no test_methods_x",
        ),
        ("| 7.3.2 |", "| 7.2.3 |", "test_a_session_ends_after_twelve_hours is silent"),
        ("| 1.5.1 | XML is read without entities | `", "| 1.5.1 | x | soon `", "1.5.1: what is"),
    ],
)
def test_it_can_fail(before: str, after: str, told: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert before in page
    assert any(told in fault for fault in complaints(page.replace(before, after)))


def test_readers_find_the_page() -> None:
    for path, link in (
        ("README.md", "(docs/security.md)"),
        ("docs/operations.md", "(security.md)"),
    ):
        assert link in (PROJECT_ROOT / path).read_text(encoding="utf-8"), path
