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
    """Print what one process makes and what two make, by the clock and by the processor.

    Other work on the machine takes from the clock's figures. That a certificate costs two processes
    no more than one says that they do not stand in each other's way.
    """
    (one, alone), (two, together) = _rates(1, people), _rates(2, people)
    say(
        f"on two cores, by the clock: {one:.0f} a second in one process, {two:.0f} in two "
        f"({two / one:.2f}x); processor time each: {1000 / alone:.2f} and {1000 / together:.2f} ms"
    )


def _rates(processes: int, people: Sequence[CertificateData]) -> tuple[float, float]:
    """Certificates a second of the clock, and a second of the processor."""
    context = multiprocessing.get_context("fork")
    ready, taken = context.Barrier(processes), context.Queue()
    shares = [people[at::processes][: EACH + WARM] for at in range(processes)]
    started = [context.Process(target=_make, args=(share, ready, taken)) for share in shares]
    for each in started:
        each.start()
    told = [taken.get(timeout=300) for _each in started]
    for each in started:
        each.join()
    clock, processor = max(each[0] for each in told), sum(each[1] for each in told)
    return processes * EACH / clock, processes * EACH / processor


def _make(people: Sequence[CertificateData], ready: Barrier, taken: Any) -> None:
    press = Press()
    for data in people[:WARM]:
        press.render(data)
    ready.wait(timeout=300)
    start, used = time.monotonic(), time.process_time()
    for data in people[WARM:]:
        press.render(data)
    taken.put((time.monotonic() - start, time.process_time() - used))
