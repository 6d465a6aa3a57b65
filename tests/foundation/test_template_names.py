"""Filters and globals of templates share one name space: no room may take another's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import create_app
from tests.conftest import make_settings


class Names(dict[str, Any]):
    """Remembers which names were given twice, to different things."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.clashes: list[str] = []

    def __setitem__(self, name: str, value: Any) -> None:
        if self.get(name, value) is not value:
            self.clashes.append(f"{name}: {self[name]!r}, then {value!r}")
        super().__setitem__(name, value)


def test_no_room_takes_anothers_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second filter of one name would be used on the first one's pages, and fail there."""
    made = Flask.create_jinja_environment

    def watched(self: Flask) -> Any:
        environment = made(self)
        environment.filters, environment.globals = (
            Names(environment.filters),
            Names(environment.globals),
        )
        return environment

    monkeypatch.setattr(Flask, "create_jinja_environment", watched)
    environment: Any = create_app(make_settings(tmp_path)).jinja_env
    assert environment.filters.clashes == []
    assert environment.globals.clashes == []
    assert "job_standing_in_words" in environment.filters
