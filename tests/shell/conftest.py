"""The gallery as a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.browser import serve
from tests.shell.gallery import make_gallery


@pytest.fixture
def gallery(tmp_path: Path) -> Flask:
    """The tiny application that shows every component, as in the demonstration."""
    return make_gallery(tmp_path, LMS_DEMO="1")


@pytest.fixture
def gallery_url(gallery: Flask) -> Iterator[str]:
    """The gallery served on loopback."""
    with serve(gallery) as url:
        yield url
