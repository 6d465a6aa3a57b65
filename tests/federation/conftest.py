"""One identity provider for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.federation.providing import TestProvider, Traveller, configured


@pytest.fixture(scope="session")
def provider() -> Iterator[TestProvider]:
    made = TestProvider()
    yield made
    made.stop()


@pytest.fixture
def spid(app: Flask, provider: TestProvider) -> Iterator[TestProvider]:
    """The provider, configured in `app` as a SPID broker; Ada signs in there."""
    with configured(app, provider):
        yield provider


@pytest.fixture
def ada(app: Flask, spid: TestProvider) -> Traveller:
    """Ada's browser."""
    return Traveller(app)
