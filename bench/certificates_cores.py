"""Whether more cores make more certificates: one process and two, by the clock.

A press prints one certificate at a time, so work is spread over processes, as workers are.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from certificates.data import CertificateData
from certificates.press import Press

EACH = 3_000
WARM = 200


def spread(people: Sequence[CertificateData], say: Callable[[str], None]) -> None:
    """Print certificates a second by the clock, and how much of two cores a second process adds."""
    one, two = _rate(1, people), _rate(2, people)
    say(
        f"certificates by the clock: {one:.0f} a second in one process, {two:.0f} in two: "
        f"{two / one:.2f}x (2 is all there is to gain; other work on the machine takes from it)"
    )


def _rate(processes: int, people: Sequence[CertificateData]) -> float:
    context = multiprocessing.get_context("fork")
    ready, taken = context.Barrier(processes), context.Queue()
    shares = [people[at::processes][: EACH + WARM] for at in range(processes)]
    started = [context.Process(target=_make, args=(share, ready, taken)) for share in shares]
    for each in started:
        each.start()
    longest = max(taken.get(timeout=300) for _each in started)
    for each in started:
        each.join()
    return processes * EACH / float(longest)


def _make(people: Sequence[CertificateData], ready: Barrier, taken: Any) -> None:
    press = Press()
    for data in people[:WARM]:
        press.render(data)
    ready.wait(timeout=300)
    start = time.monotonic()
    for data in people[WARM:]:
        press.render(data)
    taken.put(time.monotonic() - start)
