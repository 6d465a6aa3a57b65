"""Certificates a second on one core: our warm renderer against plain WeasyPrint, one by one."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from certificates.data import CertificateData
from certificates.render import Renderer

ROUNDS = 12
SAMPLE = Path(__file__).with_name("certificate.json")
NAMES = ("Alice Abete", "Nicolò Dell'Alloro", "Maria Giulia De Pioppi", "Álvaro Ontàno")


def report(say: Callable[[str], None]) -> None:
    """Print both in turn, so that a machine that slows down slows both."""
    sample = CertificateData.from_json(json.loads(SAMPLE.read_text(encoding="utf-8")))
    warm = Renderer()
    warm.render(sample)
    plain_times, warm_times, sizes = [], [], []
    for number in range(ROUNDS):
        data = replace(sample, holder=NAMES[number % len(NAMES)], serial=f"BENCH-{number:05d}")
        plain_times.append(_timed(lambda data=data: Renderer().render(data))[0])
        seconds, size = _timed(lambda data=data: warm.render(data))
        warm_times.append(seconds)
        sizes.append(size)
    plain, ours = statistics.median(plain_times), statistics.median(warm_times)
    say(f"{'certificates, plain WeasyPrint':42} {1 / plain:9.1f} {plain * 1000:10.1f}")
    say(
        f"{'certificates, our renderer kept warm':42} {1 / ours:9.1f} {ours * 1000:10.1f} "
        f"{'':8} {plain / ours:8.2f}x plain, {statistics.mean(sizes) / 1024:.0f} KB each"
    )


def _timed(render: Callable[[], bytes]) -> tuple[float, int]:
    start = time.perf_counter()
    pdf = render()
    return time.perf_counter() - start, len(pdf)
