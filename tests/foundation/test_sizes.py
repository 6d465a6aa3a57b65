"""Sizes we like: small files, small functions, no import circles. Prints what it measured."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from lms.config import PROJECT_ROOT

MAXIMUM_FILE, USUAL_FILE = 400, 250
MAXIMUM_FUNCTION, USUAL_FUNCTION = 60, 35
MEDIAN_VIEW = 14

FILES = sorted(
    path for room in ("lms", "certificates") for path in (PROJECT_ROOT / room).rglob("*.py")
)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def test_files_stay_small(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    p95 = percentile(list(lengths.values()), 0.95)
    with capsys.disabled():
        print(f"\n  {len(lengths)} files, p95 {p95} lines, longest {max(lengths.values())}")
    assert [str(p) for p, length in lengths.items() if length > MAXIMUM_FILE] == []
    assert p95 <= USUAL_FILE


def test_functions_stay_small(capsys: pytest.CaptureFixture[str]) -> None:
    lengths = {(path.name, name): n for path in FILES for name, n in functions(path)}
    p95 = percentile(list(lengths.values()), 0.95)
    with capsys.disabled():
        print(f"\n  {len(lengths)} functions, p95 {p95} lines, longest {max(lengths.values())}")
    assert [where for where, length in lengths.items() if length > MAXIMUM_FUNCTION] == []
    assert p95 <= USUAL_FUNCTION


def test_views_stay_thin() -> None:
    views = [path for path in FILES if path.name.startswith("views")]
    lengths = [n for path in views for _name, n in functions(path)]
    assert percentile(lengths, 0.5) <= MEDIAN_VIEW


def test_no_import_circles() -> None:
    graph = grimp.build_graph("lms", "certificates")
    circles = [
        module
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.find_shortest_chain(imported, module) is not None
    ]
    assert circles == []
