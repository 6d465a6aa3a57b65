"""A browser and a network told coarsely: enough to recognise one's own, not to follow anybody.

Pure: text in, text out. Names of products need no translation.
"""

from __future__ import annotations

import ipaddress
import re

# The first that matches; who calls itself by two names stands before the other.
_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/|\bOpera\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bHeadlessChrome/"),
    ("Safari", r"\bVersion/[\d.]+.*\bSafari/"),
)
_SYSTEMS = (
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b|\bMacintosh\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)
_LONGEST_READ = 500
PART = " · "
DEVICE_LENGTH = 60
NETWORK_LENGTH = 60


def device_kind(user_agent: str | None) -> str:
    """Browser and system, as "Firefox · Windows"; empty when neither is recognised."""
    text = (user_agent or "")[:_LONGEST_READ]
    return PART.join(part for part in (_named(text, _BROWSERS), _named(text, _SYSTEMS)) if part)


def _named(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for name, pattern in known if re.search(pattern, text)), "")


def coarse_network(address: str | None) -> str:
    """The network an address belongs to: 256 neighbours of IPv4, a site's /48 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = 24 if isinstance(parsed, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network((parsed, bits), strict=False))
