"""Devices and networks told coarsely."""

from __future__ import annotations

import pytest

from lms.accounts.devices import DEVICE_LENGTH, coarse_network, device_kind

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/130.0", "Edge · Windows"),
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
         "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 "
         "Mobile Safari/537.36", "Samsung Internet · Android"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("Firefox/" * 100_000, "Firefox"),
        (None, ""),
    ],
)  # fmt: skip
def test_a_browser_in_two_words(agent: str | None, kind: str) -> None:
    assert device_kind(agent) == kind
    assert len(device_kind(agent)) <= DEVICE_LENGTH


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("nonsense", ""),
        (None, ""),
    ],
)
def test_a_network_not_an_address(address: str | None, network: str) -> None:
    assert coarse_network(address) == network
