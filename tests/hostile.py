"""Text as hostile people type it, and how to see that a page took it for text."""

from __future__ import annotations

# Breaks out of text, of attributes with either quote, of scripts, comments and titles.
POLYGLOT = (
    "'\"></title></textarea></script><!--<x-probe onload=probe()>"
    "<img src=x onerror=probe()>{{7*7}}%s${7*7}"
)
SHORT_POLYGLOT = "\"'><x-probe onload=p()>{{7*7}}"


def assert_harmless(html: str) -> None:
    """No element, attribute or template of the payload came alive; its text may be shown."""
    lowered = html.lower()
    for sign in ("<x-probe", "<img src=x", "{{49", "49}}", "${49}"):
        assert sign not in lowered, sign
