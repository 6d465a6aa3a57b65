"""Where signing in leads: one of our own pages, whatever `next` says."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.links import safe_next

HOSTILE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example", "////evil.example",
    "/%2f%2fevil.example", "/%2fevil.example", "/%5cevil.example", "%2f%2fevil.example",
    "https://evil.example", "HTTPS:evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "data:text/html,x", "evil.example", "./..//evil.example",
    "/..//evil.example", "/.//evil.example",
    "/\tevil.example", "\t//evil.example", " //evil.example", "/\n/evil.example", "/cicli\r\nX: y",
    "/cicli%0d%0aX:%20y/x", "/no-such-page", "/persone/x", "/esci", "/lingua", "?x=1", "#x", "",
    "/@evil.example", "/cicli@evil.example/x", "／／evil.example", "/cicli/../..//evil.example",
    "http:///evil.example", "//", "/\\", "\\", "/cicli\\..\\", "/\0cicli",
    "/persone/999999999999999999x",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_hostile_and_unknown_targets_lead_home(app: Flask, target: str) -> None:
    """Weakness 23."""
    with app.test_request_context("/accedi"):
        assert safe_next(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/cicli", "/cicli?q=a%2Fb&page=2", "/persone/12", "/profilo", "/cicli/ciclo-1"]
)
def test_own_pages_are_kept_with_their_query(app: Flask, target: str) -> None:
    with app.test_request_context("/accedi"):
        assert safe_next(target) == target
    with app.test_request_context("/accedi"):
        assert safe_next(None) == "/"
